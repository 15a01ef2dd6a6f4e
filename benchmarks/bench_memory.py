"""What the kiosk's own process keeps in memory: at the first screen, and after many visits in three languages."""

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
SERVICES = ("HK-WEL-01", "HK-WEL-07", "HK-COM-07", "GD-HPF-01", "HK-VOT-02", "HK-IDD-03")
CONFIG = (
    '[screen]\nfullscreen = false\n[queue]\nfolder = "queue"\n[portal]\npublic_file = "portal/portal-public.json"\n'
)


def run() -> list[Row]:
    """Both, some minutes."""
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        rows = [
            Row("resident memory of `kiosk run` at the first screen", _at_first_screen(Path(folder)), "MB", "<= 250")
        ]
    command = [sys.executable, "-m", "benchmarks.bench_memory"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [*rows, Row("the same after 36 visits in three languages", float(done.stdout), "MB", "<= 200")]


def resident_mb(process: int | str) -> float:
    """VmRSS of a process in MB (2**20 bytes), whatever it shares with others included."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else 0.0


def _at_first_screen(folder: Path) -> float:
    """The kiosk as technicians start it, told by itself that it is ready, and given the time to settle."""
    from screens.main import SETTLED_MS

    (folder / "kiosk.toml").write_text(CONFIG, encoding="utf-8")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
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
        found = resident_mb(kiosk.pid)
        kiosk.send_signal(signal.SIGTERM)
        kiosk.wait()
    return found


def _visit_after_visit(folder: Path) -> float:
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
        for number in range(VISITS):
            service, language = SERVICES[number % len(SERVICES)], LANGUAGES[number // len(SERVICES) % len(LANGUAGES)]
            resident = Resident(screens, stage, service=service, language=language)
            resident.visit()
            resident.finish()
        wait_until(lambda: False, 4 * GIVE_BACK_MS / 1000)
        return resident_mb("self")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as kept:
        print(_visit_after_visit(Path(kept)))
