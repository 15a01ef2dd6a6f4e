"""A real portal in a process of its own, for tests."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offline_queue.envelope import Signer
from offline_queue.trust import PortalTrust


def portal_command(*arguments: str, **environment: str) -> str:
    """Run one portal command to its end; its standard output."""
    command = [sys.executable, "-m", "portal", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class PortalProcess:
    """`python -m portal serve` on a data folder; `stop` and `start` again keep the port."""

    folder: Path
    port: int = 0
    process: "subprocess.Popen[str] | None" = None
    options: tuple[str, ...] = ()
    database: str = ""
    objects: str = ""

    @classmethod
    def make(cls, folder: Path, *options: str, database: str = "", objects: str = "") -> "PortalProcess":
        made = cls(folder, options=options, database=database, objects=objects)
        made.command("init")
        return made

    def command(self, verb: str, *arguments: str) -> str:
        """One command on this portal, to its end."""
        return portal_command(verb, "--data", str(self.folder), *arguments, **self.environment)

    @property
    def environment(self) -> dict[str, str]:
        return {"PORTAL_DATABASE": self.database, "PORTAL_OBJECTS": self.objects}

    def enrol(self, kiosk_id: str, key: Signer) -> None:
        self.command("enrol", "--kiosk-id", kiosk_id, "--public-key", key.public_bytes.hex())

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
        self.process = subprocess.Popen(
            [*command, *self.options], stdout=subprocess.PIPE, text=True, env={**os.environ, **self.environment}
        )
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
        self.command("worker", "--once")
        listed: list[dict[str, Any]] = json.loads(self.command("received", "--json"))
        return listed
