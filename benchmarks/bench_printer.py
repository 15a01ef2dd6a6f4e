"""Building and sending a slip of twenty Chinese lines and a QR code, beside python-escpos's own image path."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from benchmarks.row import Row
from hardware.printer.emulator import EmulatedPrinter
from hardware.printer.faces import NOTO, face_index
from hardware.printer.layout import WIDTH_80_MM, Block, Code, Text, render
from hardware.printer.slip_printer import SlipPrinter
from hardware.printer.transport import TcpTransport

LINES = tuple(f"第 {number:02} 行：香港社會福利署已收到這份長者卡申請" for number in range(20))
LINK = "https://kiosk.example/s/TB1-2611-0457-K?d=8f3a2b1c9d4e5f60718293a4b5c6d7e8"
ROUNDS = 15


def ours() -> bytes:
    """Our layout, packed by our own GS v 0 writer."""
    blocks: list[Block] = [*(Text(line) for line in LINES), Code(LINK)]
    return render(blocks, width_dots=WIDTH_80_MM, fonts=NOTO, language="zh_Hant").job()


def theirs() -> bytes:
    """The same lines drawn with Pillow and sent through python-escpos's `image` and its raster `qr`."""
    from escpos.printer import Dummy
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(NOTO.regular, 26, index=face_index(NOTO.regular, "Noto Sans CJK HK"))
    picture = Image.new("1", (WIDTH_80_MM, 35 * len(LINES)), 1)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(LINES):
        pen.text((8, 35 * number), line, fill=0, font=font)
    printer = Dummy(profile="TM-P80")
    printer.image(picture, center=False)
    printer.qr(LINK, size=8, center=False)
    printer.cut()
    return bytes(printer.output)


def interleaved_ms(*works: Callable[[], bytes]) -> list[float]:
    """Median milliseconds of each work, taken in turns so that a slow moment hits all of them."""
    for work in works:
        work()  # imports and fonts
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for times, work in zip(taken, works, strict=True):
            began_s = time.perf_counter()
            work()
            times.append((time.perf_counter() - began_s) * 1000)
    return [statistics.median(times) for times in taken]


def proof_ms() -> float:
    """From the call to "printed" with proof, on the emulated printer over loopback."""
    raster = render([Text(line) for line in LINES], fonts=NOTO, language="zh_Hant")
    with EmulatedPrinter() as emulated:
        printer = SlipPrinter(TcpTransport(emulated.host, emulated.port))
        printer.open()
        times = []
        for number in range(ROUNDS):
            began_s = time.perf_counter()
            printer.print_slip(raster, str(number))
            times.append((time.perf_counter() - began_s) * 1000)
        printer.close()
    return statistics.median(times)


def run() -> list[Row]:
    """Every figure of this part, measured in one run."""
    own_ms, escpos_ms = interleaved_ms(ours, theirs)
    own_bytes, escpos_bytes = len(ours()), len(theirs())
    return [
        Row("slip build, 20 Chinese lines + QR", own_ms, "ms", "<= 18"),
        Row("the same slip through python-escpos's image path", escpos_ms, "ms", ""),
        Row("slip build, times faster", escpos_ms / own_ms, "x", ">= 1.3"),
        Row("slip bytes beside python-escpos", own_bytes / escpos_bytes, "x", "<= 1"),
        Row("slip bytes", own_bytes, "bytes", ""),
        Row("print with proof, emulated printer", proof_ms(), "ms", ""),
    ]


if __name__ == "__main__":
    for row in run():
        print(row)
