"""A portal of its own for demonstrations and tests: a real portal process on loopback, told apart by nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent


class EmbeddedPortal:
    """Makes a portal in `folder`, serves it on a free port; `offline` and `online` cut and mend the line.

    Slips that are sent go to its simulated mailbox and telephone, a page of its own.
    Use it in a `with`. The process ends with `close`, and by itself when this process dies.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._portal("init")

    @property
    def public_file(self) -> Path:
        """What a kiosk loads to trust this portal."""
        return self.folder / "portal-public.json"

    @property
    def url(self) -> str:
        """Its address; the port stays the same over `offline` and `online`."""
        return f"http://127.0.0.1:{self.port}"

    def enrol(self, kiosk_id: str, public_key: bytes) -> None:
        """Let a kiosk's device key speak."""
        self._portal("enrol", "--kiosk-id", kiosk_id, "--public-key", public_key.hex())

    def online(self) -> None:
        """Serve; returns when the portal can be called."""
        if self._process is not None:
            return
        options = ("--host", "127.0.0.1", "--until-input-ends", "--simulated-messages")
        command = self._command("serve", "--port", str(self.port), *options)
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError("the embedded portal did not start; its own message stands above")
        self.port = int(json.loads(line)["port"])

    def offline(self) -> None:
        """Stop serving: to the kiosk the line is down."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def received(self) -> list[dict[str, object]]:
        """What each department got, opened by the portal's worker."""
        found: list[dict[str, object]] = json.loads(self._portal("received", "--json"))
        return found

    def close(self) -> None:
        """End the process."""
        self.offline()

    def __enter__(self) -> Self:
        self.online()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _command(self, verb: str, *more: str) -> list[str]:
        return [sys.executable, "-m", "portal", verb, "--data", str(self.folder), *more]

    def _portal(self, verb: str, *more: str) -> str:
        done = subprocess.run(self._command(verb, *more), check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        return done.stdout
