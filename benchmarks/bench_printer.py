"""Building and sending a slip of twenty Chinese lines and a QR code, beside python-escpos's own image path."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable

from benchmarks.row import Row
from hardware.printer.document import Sheet, document
from hardware.printer.emulator import EmulatedPrinter
from hardware.printer.faces import NOTO, face_index
from hardware.printer.layout import WIDTH_80_MM, Block, Code, Text, render
from hardware.printer.raster import RESET, Raster
from hardware.printer.slip_printer import SlipPrinter
from hardware.printer.transport import TcpTransport

LINES = tuple(f"第 {number:02} 行：香港社會福利署已收到這份長者卡申請" for number in range(20))
LINK = "https://kiosk.example/s/TB1-2611-0457-K?d=8f3a2b1c9d4e5f60718293a4b5c6d7e8"
ROUNDS = 15


def ours() -> bytes:
    """Our layout, packed by our own GS v 0 writer."""
    return _slip().job()


def _slip() -> Raster:
    blocks: list[Block] = [*(Text(line) for line in LINES), Code(LINK)]
    return render(blocks, width_dots=WIDTH_80_MM, fonts=NOTO, language="zh_Hant")


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


class FirstByte(TcpTransport):
    """Notes when the first byte of a job, not of a question, left."""

    left_s = 0.0

    def write(self, part: bytes, deadline_s: float) -> int:
        """Send, and note the moment."""
        sent = super().write(part, deadline_s)
        if part.startswith(RESET):
            self.left_s = time.perf_counter()
        return sent


def first_byte_ms() -> float:
    """From the touch of Print to the first byte of the slip on the line: layout, journal and status included."""
    with EmulatedPrinter() as emulated:
        line = FirstByte(emulated.host, emulated.port)
        printer = SlipPrinter(line)
        printer.open()
        times = []
        for number in range(ROUNDS):
            began_s = time.perf_counter()
            printer.print_slip(_slip(), str(number))
            times.append((line.left_s - began_s) * 1000)
        printer.close()
    return statistics.median(times)


def longest_pause_ms(beside: Callable[[], object] | None) -> float:
    """The longest a thread that wants to draw every 2 ms is kept from it while `beside` runs in another."""
    worker = threading.Thread(target=beside or (lambda: time.sleep(0.2)))
    worker.start()
    longest_s, last_s = 0.0, time.perf_counter()
    while worker.is_alive():
        time.sleep(0.002)
        now_s = time.perf_counter()
        longest_s, last_s = max(longest_s, now_s - last_s), now_s
    return longest_s * 1000


def a4_ms() -> float:
    """A page of the same lines and code as a tagged PDF."""
    times = []
    for _ in range(5):
        began_s = time.perf_counter()
        document([*(Text(line) for line in LINES), Code(LINK)], Sheet("bench", "zh_Hant"))
        times.append((time.perf_counter() - began_s) * 1000)
    return statistics.median(times)


def run() -> list[Row]:
    """Every figure of this part, measured in one run."""
    own_ms, escpos_ms = interleaved_ms(ours, theirs)
    pause_ms = statistics.median(longest_pause_ms(lambda: [ours() for _ in range(10)]) for _ in range(5))
    own_bytes, escpos_bytes = len(ours()), len(theirs())
    return [
        Row("slip build, 20 Chinese lines + QR", own_ms, "ms", "<= 18"),
        Row("the same slip through python-escpos's image path", escpos_ms, "ms", ""),
        Row("slip build, times faster", escpos_ms / own_ms, "x", ">= 1.3"),
        Row("slip bytes beside python-escpos", own_bytes / escpos_bytes, "x", "<= 1"),
        Row("slip bytes", own_bytes, "bytes", ""),
        Row("print with proof, emulated printer", proof_ms(), "ms", ""),
        Row("touch to the slip's first byte, emulated printer", first_byte_ms(), "ms", ""),
        Row("longest pause of a drawing thread while ten slips are built beside it", pause_ms, "ms", "<= 60"),
        Row("the same with nothing beside it", longest_pause_ms(None), "ms", ""),
        Row("the same page as a tagged A4 PDF", a4_ms(), "ms", ""),
    ]


if __name__ == "__main__":
    for row in run():
        print(row)
