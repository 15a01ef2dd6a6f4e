"""Slip printers: the real one, the emulated one, and the layout of what they print."""

from hardware.printer.document_printer import DocumentPrinter
from hardware.printer.faces import NOTO, Fonts, Language, forget_faces
from hardware.printer.journal import Consumption, JobJournal
from hardware.printer.layout import (
    WIDTH_58_MM,
    WIDTH_80_MM,
    Block,
    Code,
    CodeTooLongError,
    Pair,
    Rule,
    Space,
    Text,
    copy_of,
    render,
)
from hardware.printer.outcome import PrintOutcome, Result
from hardware.printer.raster import Raster
from hardware.printer.slip_printer import BACKOFF_S, SlipPrinter
from hardware.printer.status import FAULT_CODES, Paper, PrinterStatus
from hardware.printer.transport import Transport, transport_for

__all__ = [
    "BACKOFF_S",
    "FAULT_CODES",
    "NOTO",
    "WIDTH_58_MM",
    "WIDTH_80_MM",
    "Block",
    "Code",
    "CodeTooLongError",
    "Consumption",
    "DocumentPrinter",
    "Fonts",
    "JobJournal",
    "Language",
    "Pair",
    "Paper",
    "PrintOutcome",
    "PrinterStatus",
    "Raster",
    "Result",
    "Rule",
    "SlipPrinter",
    "Space",
    "Text",
    "Transport",
    "copy_of",
    "forget_faces",
    "render",
    "transport_for",
]
