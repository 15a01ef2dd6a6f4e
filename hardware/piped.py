"""A process spoken to over two pipes: begun, told in time, heard line by line in time, ended whatever it is at."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

ROOT: Final = Path(__file__).resolve().parents[1]
Payload: TypeAlias = bytes | bytearray | memoryview
Trouble = Literal["late", "gone"]
"""The time was over, or the process had ended."""


def line_of(message: Mapping[str, Any], payload: Payload = b"") -> bytes:
    """A message as it goes over the pipe: one line of JSON, which says how many bytes follow it."""
    return json.dumps({**message, "bytes": len(payload)}).encode() + b"\n"


class Piped:
    """One process; one thread hears it, one at a time tells it something, any may kill it.

    Begins it; OSError when that cannot be done. It is apart from the terminal, computes on one thread, and finds our
    modules; `pass_fds` stay open in it.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        pass_fds: Sequence[int] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        environment = dict(os.environ, OMP_NUM_THREADS="1", PYTHONPATH=str(ROOT))
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
            env=environment, cwd=ROOT, start_new_session=True, pass_fds=pass_fds,
        )  # fmt: skip
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("both pipes were asked for")
        self._to, self._from = self._process.stdin, self._process.stdout
        os.set_blocking(self._to.fileno(), False)
        self._rest = b""

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def tell(self, part: Payload, deadline_s: float) -> Trouble | None:
        """Write it all until the monotonic `deadline_s`: a process that hangs does not read, a pipe holds 64 KiB."""
        left = memoryview(part)
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._to, selectors.EVENT_WRITE)
            while left:
                patience_s = deadline_s - self._monotonic()
                if patience_s <= 0 or not waiting.select(patience_s):
                    return "late"
                try:
                    left = left[os.write(self._to.fileno(), left) :]
                except BlockingIOError:
                    continue
                except OSError:
                    return "gone"
        return None

    def line(self, patience_s: float) -> bytes | Trouble:
        """Its next line, without the end of it."""
        deadline_s = self._monotonic() + patience_s
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._from, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                left_s = deadline_s - self._monotonic()
                if left_s <= 0 or not waiting.select(left_s):
                    return "late"
                more = os.read(self._from.fileno(), 1 << 16)
                if not more:
                    return "gone"
                self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def kill(self) -> None:
        """Kill it, so that whoever waits for it goes on; `end` is still owed."""
        if self.running:
            self._process.kill()

    def end(self) -> None:
        """Kill it and let its pipes go."""
        self._process.kill()
        for pipe in (self._to, self._from):
            with suppress(OSError):  # what was still to be written has nobody to read it
                pipe.close()
        self._process.wait()
