"""What a printer says over IPP, read into the same named states as a slip printer's bytes. Pure.

States and reasons are RFC 8011 (5.4.11, 5.4.12; jobs 5.3.7, 5.3.8) and PWG 5100.9; a reason may end in -report,
-warning or -error, and no suffix is an error.
"""

from __future__ import annotations

import plistlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from xml.parsers.expat import ExpatError

from hardware.device import Fault
from hardware.printer.status import Paper, PrinterStatus

PDF = "application/pdf"
LONGEST_ANSWER = 1_000_000  # bytes of an answer that are looked at
_SUFFIXES = ("-report", "-warning", "-error")

REASONS: Mapping[str, str] = {
    "cover-open": "cover_open",
    "door-open": "cover_open",
    "interlock-open": "cover_open",
    "media-jam": "paper_jam",
    "media-empty": "paper_out",
    "media-needed": "paper_out",
    "input-tray-missing": "paper_out",
    "toner-empty": "toner_out",
    "marker-supply-empty": "toner_out",
    "developer-empty": "toner_out",
    "marker-waste-full": "printer_error",
    "output-area-full": "printer_error",
    "output-tray-missing": "printer_error",
    "fuser-over-temp": "printer_hot",
    "opc-life-over": "printer_error",
    "interpreter-resource-unavailable": "printer_error",
    "shutdown": "printer_offline",
    "offline": "printer_offline",
    "timed-out": "printer_offline",
    "paused": "printer_offline",
    "moving-to-paused": "printer_offline",
    "stopped-partly": "printer_error",
    "stopping": "printer_error",
    "other": "printer_error",
}
"""What stops a printer, the first that a person should deal with standing first."""

NOTICES: Mapping[str, str] = {
    "media-low": "paper_low",
    "toner-low": "toner_low",
    "marker-supply-low": "toner_low",
}
"""What staff should know while printing goes on."""

REPORTED_ONLY = frozenset({"other", "stopping", "paused", "moving-to-paused", "offline"})
"""Reasons that printers also give as a mere report or warning, where they stop nothing."""


class PrinterState(IntEnum):
    """RFC 8011, 5.4.11."""

    IDLE = 3
    PROCESSING = 4
    STOPPED = 5


class JobState(IntEnum):
    """RFC 8011, 5.3.7."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


@dataclass(frozen=True)
class Answer:
    """One answer: its status word ("successful-ok", "client-error-not-found") and what it named."""

    status: str
    attributes: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether the printer did what it was asked, if with other settings."""
        return self.status.startswith("successful-")


def parse_answer(plist: bytes) -> Answer | Fault:
    """Read what `ipptool -X` wrote; never raises.

    Faults: `printer_offline` when nobody took the connection, `printer_silent` when somebody did and said nothing,
    `printer_garbled` for anything else. ipptool gives a mute printer the status "successful-ok": only an answer that
    names its charset, as every one must (RFC 8011, 4.1.4), is taken for one.
    """
    try:
        report = plistlib.loads(plist[:LONGEST_ANSWER], fmt=plistlib.FMT_XML)
        if not report["Tests"]:
            return Fault("printer_offline")
        status, groups = report["Tests"][0]["StatusCode"], report["Tests"][0]["ResponseAttributes"]
        merged = {str(name): value for group in groups for name, value in group.items()}
        if "attributes-charset" not in merged:
            return Fault("printer_silent")
        return Answer(status, merged) if isinstance(status, str) else Fault("printer_garbled")
    except (ExpatError, LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return Fault("printer_garbled")


def parse_printer(answer: Answer) -> PrinterStatus:
    """How the printer is; an answer without a state is `printer_garbled`, one that refuses is `printer_error`.

    A queue of CUPS (only these have a `printer-type`) hears its printer while it prints and repeats the last of it for
    ever after: what an idle one says of paper and cover is old, and to believe it would mean never to print again.
    """
    if not answer.ok:
        return _trouble("printer_offline" if "not-accepting" in answer.status else "printer_error", answer.status)
    found = answer.attributes
    if found.get("printer-state") not in tuple(PrinterState):
        return _trouble("printer_garbled")
    remembered = found["printer-state"] == PrinterState.IDLE and "printer-type" in found
    reasons = [] if remembered else [_split(reason) for reason in words(found.get("printer-state-reasons"))]
    code = next((REASONS[name] for name in REASONS if _stops(name, reasons)), None)
    if code is None and found.get("printer-is-accepting-jobs") is False:
        code = "printer_offline"
    if code is None and found["printer-state"] == PrinterState.STOPPED:
        code = "printer_error"
    low = next((NOTICES[name] for name in NOTICES if name in [known for known, _ in reasons]), None)
    paper = Paper.OUT if code == "paper_out" else Paper.LOW if low == "paper_low" else Paper.OK
    detail = " ".join(name for name, _ in reasons if name != "none")
    fault = Fault(code, detail=detail) if code else None
    extra = Fault("toner_low") if low == "toner_low" else None
    return PrinterStatus(code != "printer_offline", paper, code == "cover_open", fault, extra)


def takes_pdf(answer: Answer) -> bool:
    """Whether the printer says it takes PDF; one that does not say is believed to."""
    formats = words(answer.attributes.get("document-format-supported"))
    return not formats or PDF in formats


def words(value: object) -> Sequence[str]:
    """A keyword attribute's values: plists write a single one without a list."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _split(reason: str) -> tuple[str, str]:
    """A reason and its severity."""
    for suffix in _SUFFIXES:
        if reason.endswith(suffix):
            return reason.removesuffix(suffix), suffix[1:]
    return reason, "error"


def _stops(name: str, reasons: Sequence[tuple[str, str]]) -> bool:
    return any(name == known and (severity == "error" or name not in REPORTED_ONLY) for known, severity in reasons)


def _trouble(code: str, detail: str = "") -> PrinterStatus:
    return PrinterStatus(False, Paper.UNKNOWN, False, Fault(code, detail=detail))
