"""The lab says what it lacks, and leaves nothing behind."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from hardware.cards.sim import lab as lab_module
from hardware.cards.sim.lab import SOCKET_VARIABLE, CardLab, LabError

ROOT = Path(__file__).parents[4]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lab_module, "VPCD_DRIVER", tmp_path / "libifdvpcd.so")
    with pytest.raises(LabError, match="install the package vsmartcard-vpcd"), CardLab():
        pass


def test_the_lab_of_another_process_ends_with_it(tmp_path: Path) -> None:
    program = (
        "import os, sys; from hardware.cards.sim.lab import CardLab; lab = CardLab(); lab.__enter__();"
        "print(lab._keeper.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", program]
    environment = os.environ | {"TMPDIR": str(tmp_path)}  # a killed lab cannot remove its folder
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == -9
    with suppress(ProcessLookupError):
        keeper = os.pidfd_open(int(done.stdout))
        ended, _, _ = select.select([keeper], [], [], 4)
        os.close(keeper)
        assert ended


def test_the_environment_is_put_back() -> None:
    program = (
        "import os; from hardware.cards.sim.lab import CardLab\n"
        f"with CardLab() as lab: assert os.environ['{SOCKET_VARIABLE}'] == lab.environment['{SOCKET_VARIABLE}']\n"
        f"assert '{SOCKET_VARIABLE}' not in os.environ"
    )
    environment = {name: value for name, value in os.environ.items() if name != SOCKET_VARIABLE}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True)
