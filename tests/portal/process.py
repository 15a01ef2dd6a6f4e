"""A real portal in a process of its own, for tests."""

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offline_queue.envelope import Signer
from offline_queue.trust import PortalTrust


def portal_command(*arguments: str) -> str:
    """Run one portal command to its end; its standard output."""
    done = subprocess.run([sys.executable, "-m", "portal", *arguments], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class PortalProcess:
    """`python -m portal serve` on a data folder; `stop` and `start` again keep the port."""

    folder: Path
    port: int = 0
    process: "subprocess.Popen[str] | None" = None
    options: tuple[str, ...] = ()

    @classmethod
    def make(cls, folder: Path, *options: str) -> "PortalProcess":
        portal_command("init", "--data", str(folder))
        return cls(folder, options=options)

    def enrol(self, kiosk_id: str, key: Signer) -> None:
        arguments = ("--kiosk-id", kiosk_id, "--public-key", key.public_bytes.hex())
        portal_command("enrol", "--data", str(self.folder), *arguments)

    @property
    def trust(self) -> PortalTrust:
        found = PortalTrust.load(self.folder / "portal-public.json")
        assert isinstance(found, PortalTrust)
        return found

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "PortalProcess":
        command = [sys.executable, "-m", "portal", "serve", "--data", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen([*command, *self.options], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = json.loads(self.process.stdout.readline())["port"]
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return code

    def received(self) -> list[dict[str, Any]]:
        """What the departments got, after delivering what is there."""
        portal_command("worker", "--data", str(self.folder), "--once")
        listed: list[dict[str, Any]] = json.loads(portal_command("received", "--data", str(self.folder), "--json"))
        return listed
