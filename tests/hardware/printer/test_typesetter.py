"""Documents are set in a process of its own, which is gone with each, and whose end is a fault."""

from __future__ import annotations

import io
import subprocess
import sys

import pypdf

from hardware.device import Fault
from hardware.printer.document import Sheet
from hardware.printer.layout import Text
from hardware.printer.typesetter import Typesetter

SHEET = Sheet("Sample 樣本", "zh_Hant")


def test_a_document_is_set_and_nothing_of_it_goes_on_living() -> None:
    typesetter = Typesetter()
    for word in ("first", "second"):
        pdf = typesetter.document([Text(word)], SHEET)
        assert not typesetter.running
        assert isinstance(pdf, bytes)
        assert word in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "weasyprint" not in _modules_after_setting()


def _modules_after_setting() -> str:
    """What a process that has a document set has loaded itself."""
    program = (
        "import sys; from hardware.printer.typesetter import Typesetter; from hardware.printer.document import Sheet\n"
        "assert isinstance(Typesetter().document([], Sheet('Sample', 'en')), bytes); print(*sys.modules)"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_a_process_that_ends_is_a_fault_of_the_printer() -> None:
    dies = Typesetter((sys.executable, "-c", "print('{}', flush=True); input()"))
    assert dies.document([Text("lost")], SHEET) == Fault("printer_error", detail="typesetter_unavailable")
