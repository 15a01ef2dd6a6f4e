"""A kiosk under systemd: says when it is ready, pings from its event loop, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from kiosk.app import ROOT

WAIT_S = 60.0


def test_a_kiosk_says_ready_pings_and_ends_on_sigterm(tmp_path: Path) -> None:
    address = tmp_path / "notify"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(address))
    listener.settimeout(WAIT_S)
    (tmp_path / "kiosk.toml").write_text("[screen]\nfullscreen = false\n")
    environment = {
        **os.environ,
        "NOTIFY_SOCKET": str(address),
        "WATCHDOG_USEC": "600000",
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, "-m", "kiosk", "run", "--config", str(tmp_path / "kiosk.toml"), "--windowed", "540x960"]
    kiosk = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        assert listener.recv(64) == b"READY=1"
        assert listener.recv(64) == b"WATCHDOG=1"
        begun_with = Path(f"/proc/{kiosk.pid}/environ").read_bytes()
        assert b"glibc.malloc.tcache_count=0" in begun_with, "no thread keeps what it freed (test_walk_away.py)"
        kiosk.send_signal(signal.SIGTERM)
        assert kiosk.wait(timeout=WAIT_S) == 0
    finally:
        kiosk.kill()
        kiosk.wait()
        listener.close()


def test_a_kiosk_that_is_told_to_end_before_its_loop_runs_ends() -> None:
    program = (
        "import os, signal; from screens.main import _quit_on_signals, application\n"
        "app = application(); beat = _quit_on_signals(app); os.kill(os.getpid(), signal.SIGTERM); print(app.exec())"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=WAIT_S
    )
    assert done.stdout.strip() == "0", done.stderr
