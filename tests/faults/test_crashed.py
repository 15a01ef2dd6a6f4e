"""Real processes that hold applications in clear are ended by a defect (SIGABRT): no picture of their memory stays.

systemd's watchdog ends a hung kiosk in just this way.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.app import ROOT
from tests.offline_queue.samples import eventually
from tests.portal.process import portal_command

WAIT_S = 60.0


def begin(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """A Python program that may write a core file of any size into `folder`."""

    def allow() -> None:
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.PIPE,
        preexec_fn=allow,
    )


def dumped(process: subprocess.Popen[bytes]) -> bool:
    """Whether the kernel wrote a core when the process was ended by SIGABRT."""
    process.send_signal(signal.SIGABRT)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -os.WTERMSIG(status)
    assert process.stdin is not None
    process.stdin.close()
    assert os.WTERMSIG(status) == signal.SIGABRT
    return os.WCOREDUMP(status)


@pytest.fixture
def crashes(tmp_path: Path) -> Path:
    """A folder in which a program without protection leaves a core: otherwise nothing is shown here."""
    folder = tmp_path / "crashes"
    folder.mkdir()
    plain = begin(folder, "-c", "open('on', 'w').close(); input()")
    eventually((folder / "on").exists, within_s=WAIT_S)
    if not dumped(plain):
        pytest.skip("this system writes no core dumps at all")
    for core in folder.glob("core*"):
        core.unlink()
    return folder


def test_a_kiosk_that_crashes_leaves_no_core(tmp_path: Path, crashes: Path) -> None:
    (tmp_path / "kiosk.toml").write_text("[screen]\nfullscreen = false\n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(WAIT_S)
        kiosk = begin(
            crashes,
            *("-m", "kiosk", "run", "--config", str(tmp_path / "kiosk.toml"), "--windowed", "540x960"),
            NOTIFY_SOCKET=str(tmp_path / "notify"),
            QT_QPA_PLATFORM="offscreen",
        )
        assert listener.recv(64) == b"READY=1"
        assert not dumped(kiosk)
    assert not list(crashes.glob("core*"))


def test_a_portals_worker_that_crashes_leaves_no_core(tmp_path: Path, crashes: Path) -> None:
    data = tmp_path / "portal"
    portal_command("init", "--data", str(data))
    before = {path.name for path in data.iterdir()}
    worker = begin(crashes, "-m", "portal", "worker", "--data", str(data), "--until-input-ends")
    eventually(lambda: {path.name for path in data.iterdir()} > before, within_s=WAIT_S)  # it has opened its database
    assert not dumped(worker)
    assert not list(crashes.glob("core*"))
