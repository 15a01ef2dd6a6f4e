"""What the kiosk keeps in memory: at the first screen, and after many visits in three languages.

The target is for the kiosk's own process, which must not fall; what its cameras' processes need besides is said too.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.row import Row

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 120.0
VISITS = 36  # as the row says
SERVICES = ("HK-WEL-01", "HK-WEL-07", "HK-COM-07", "GD-HPF-01", "HK-VOT-02", "HK-TAX-13")
CONFIG = (
    '[screen]\nfullscreen = false\n[queue]\nfolder = "queue"\n[portal]\npublic_file = "portal/portal-public.json"\n'
)


def run() -> list[Row]:
    """Both, some minutes."""
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        _at_first_screen(Path(folder))  # the first start of all makes the queue, with what the next ones do without
        alone, together = _at_first_screen(Path(folder))
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        visits(folder, 0)
        after, helped = visits(folder, VISITS)
    return [
        Row("resident memory of `kiosk run` at the first screen", alone, "MB", "<= 250"),
        Row("the same with the processes of its cameras, what they share counted once", together, "MB", "-"),
        Row("the same after 36 visits in three languages", after, "MB", "<= 200"),
        Row("the same with the processes of its cameras, what they share counted once", helped, "MB", "-"),
    ]


def resident_mb(process: int) -> float:
    """VmRSS of a process in MB (2**20 bytes), whatever it shares with others included."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else 0.0


def with_helpers_mb(process: int) -> float:
    """Proportional set size in MB of a kiosk and of the processes of its devices."""
    children = Path(f"/proc/{process}/task").glob("*/children")
    helpers = [pid for each in children for pid in each.read_text(encoding="ascii").split() if _is_device(pid)]
    return sum(_proportional_mb(each) for each in (str(process), *helpers))


def _is_device(process: str) -> bool:
    return b"hardware." in Path(f"/proc/{process}/cmdline").read_bytes()


def _proportional_mb(process: str) -> float:
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def visits(folder: str, number: int) -> tuple[float, float]:
    """MB after so many visits in a process of their own, on the queue that is there or is made: alone, with helpers."""
    command = [sys.executable, "-m", "benchmarks.bench_memory", folder, str(number)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    alone, together = map(float, done.stdout.split())
    return alone, together


def _at_first_screen(folder: Path) -> tuple[float, float]:
    """The kiosk as technicians start it, told by itself that it is ready, and given the time to settle."""
    from screens.main import SETTLED_MS

    (folder / "kiosk.toml").write_text(CONFIG, encoding="utf-8")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        (folder / "notify").unlink(missing_ok=True)
        listener.bind(str(folder / "notify"))
        listener.settimeout(PATIENCE_S)
        environment = {**os.environ, "NOTIFY_SOCKET": str(folder / "notify"), "QT_QPA_PLATFORM": "offscreen"}
        command = [
            sys.executable,
            "-m",
            "kiosk",
            "run",
            "--config",
            str(folder / "kiosk.toml"),
            "--windowed",
            "1080x1920",
        ]
        kiosk = subprocess.Popen(command, cwd=ROOT, env=environment)
        listener.recv(64)
        time.sleep(SETTLED_MS / 1000 + 3.0)
        found = resident_mb(kiosk.pid), with_helpers_mb(kiosk.pid)
        kiosk.send_signal(signal.SIGTERM)
        kiosk.wait()
    return found


def _visit_after_visit(folder: Path, number: int) -> tuple[float, float]:
    """Residents touch their way through every service in turn, each in the next language; then nobody is there."""
    from dataclasses import replace

    from kiosk.catalogue import LANGUAGES
    from kiosk.config import load_config
    from kiosk.memory import settle
    from kiosk.simulation import simulated
    from screens.glass import wait_until
    from screens.main import GIVE_BACK_MS, SETTLED_MS
    from screens.play import opened
    from screens.rehearsal import Resident

    config = simulated(load_config(ROOT / "kiosk.toml"), folder)
    config = replace(config, visit=replace(config.visit, idle_s=600.0), screen=replace(config.screen, motion=False))
    with opened(config) as (_, stage, screens):
        wait_until(lambda: False, SETTLED_MS / 1000)
        settle()
        for place in range(number):
            service, language = SERVICES[place % len(SERVICES)], LANGUAGES[place // len(SERVICES) % len(LANGUAGES)]
            resident = Resident(screens, stage, service=service, language=language)
            resident.visit()
            resident.finish()
        wait_until(lambda: False, 4 * GIVE_BACK_MS / 1000)
        return resident_mb(os.getpid()), with_helpers_mb(os.getpid())


if __name__ == "__main__":
    print(*_visit_after_visit(Path(sys.argv[1]), int(sys.argv[2])))
