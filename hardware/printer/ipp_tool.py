"""IPP through CUPS's own `ipptool`: a process a question, so that no printer can hang or crash the kiosk.

The document goes to it in memory (memfd), never through a file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from hardware.device import Fault
from hardware.printer.ipp_answers import Answer, parse_answer

QUESTIONS = Path(__file__).parent / "ipp"


class Ipp(Protocol):
    """A printer, or a print server's queue, that speaks IPP. Every answer comes within a time limit."""

    def printer(self) -> Answer | Fault:
        """Get-Printer-Attributes."""

    def print(self, pdf: bytes, name: str) -> Answer | Fault:
        """Print-Job; the answer holds `job-id`."""

    def job(self, number: int) -> Answer | Fault:
        """Get-Job-Attributes."""

    def cancel(self, number: int) -> Answer | Fault:
        """Cancel-Job."""


class IppTool:
    """The printer at an ipp: or ipps: address; an answer takes up to `answer_timeout_s` seconds, a job's longer."""

    def __init__(self, address: str, *, answer_timeout_s: float = 3.0, send_timeout_s: float = 30.0) -> None:
        self.address = address
        self._answer_timeout_s, self._send_timeout_s = answer_timeout_s, send_timeout_s

    def printer(self) -> Answer | Fault:
        """Get-Printer-Attributes."""
        return self._ask("printer", (), self._answer_timeout_s)

    def print(self, pdf: bytes, name: str) -> Answer | Fault:
        """Print-Job."""
        with _in_memory(pdf) as number:
            document = ("-f", f"/proc/self/fd/{number}", "-d", f"job={name}")
            return self._ask("print", document, self._send_timeout_s, (number,))

    def job(self, number: int) -> Answer | Fault:
        """Get-Job-Attributes."""
        return self._ask("job", ("-d", f"job={number}"), self._answer_timeout_s)

    def cancel(self, number: int) -> Answer | Fault:
        """Cancel-Job."""
        return self._ask("cancel", ("-d", f"job={number}"), self._answer_timeout_s)

    def _ask(
        self, question: str, options: Sequence[str], timeout_s: float, files: Sequence[int] = ()
    ) -> Answer | Fault:
        tool = shutil.which("ipptool")
        if tool is None:
            return Fault("printer_unsupported", retriable=False, detail="ipptool is missing: cups-ipp-utils")
        call = [tool, "-X", "-T", f"{timeout_s:g}", *options, self.address, str(QUESTIONS / f"{question}.test")]
        try:
            done = subprocess.run(
                call, capture_output=True, stdin=subprocess.DEVNULL, pass_fds=files, timeout=timeout_s + 2, check=False
            )
        except subprocess.TimeoutExpired:
            return Fault("printer_silent")
        return parse_answer(done.stdout)


@contextmanager
def _in_memory(pdf: bytes) -> Iterator[int]:
    """A file that exists in memory alone."""
    number = os.memfd_create("document", os.MFD_CLOEXEC)
    try:
        with open(number, "wb", closefd=False) as file:
            file.write(pdf)
        yield number
    finally:
        os.close(number)


def ipp_for(address: str) -> IppTool | Fault:
    """The printer at "ipp://HOST[:PORT]/PATH" or "ipps://…"."""
    scheme, found, rest = address.partition("://")
    if scheme not in ("ipp", "ipps") or not found or not rest.strip("/"):
        return Fault("printer_unsupported", retriable=False, detail="address is not ipp://HOST[:PORT]/PATH")
    return IppTool(address)
