"""The emulated printer draws what a printer would, and breaks when told to."""

import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.printer.emulator import KEPT_PAPERS, EmulatedPrinter
from hardware.printer.faces import NOTO
from hardware.printer.interpreter import Interpreter
from hardware.printer.raster import Raster
from hardware.printer.sensors import Sensors
from hardware.printer.status import is_asb_head, is_realtime, parse_asb, parse_paper, parse_realtime
from hardware.printer.strip import Strip


class Desk:
    """An interpreter with its paper, its answers and a printer that always prints."""

    def __init__(self) -> None:
        self.strip = Strip(576, NOTO)
        self.said = bytearray()
        self.papers: list[Raster] = []
        self.kicks = 0
        self.interpreter = Interpreter(self.strip, self, self.said.extend, lambda _: None)

    def can_print(self) -> bool:
        return True

    def cut(self) -> None:
        paper = self.strip.cut()
        if paper is not None:
            self.papers.append(paper)

    def paper_byte(self) -> int:
        return 0

    def drawer_byte(self) -> int:
        return 0

    def kick(self) -> None:
        self.kicks += 1


def black(paper: Raster) -> Any:
    return np.unpackbits(np.frombuffer(paper.packed, np.uint8).reshape(paper.height, -1), axis=1).astype(bool)


def sheet(job: bytes) -> Any:
    desk = Desk()
    desk.interpreter.feed(job + b"\x1dV\x00")
    return black(desk.papers[0])


def test_chinese_text_is_gb18030_with_hong_kong_characters() -> None:
    text = "收據㗎𨋢 receipt\n"
    assert sheet(text.encode("gb18030")).sum() > sheet(b"receipt\n").sum() + 200


def test_a_character_cut_by_the_line_is_drawn_once_it_is_whole() -> None:
    coded = "收據\n".encode("gb18030")
    desk = Desk()
    for byte in coded + b"\x1dV\x00":
        desk.interpreter.feed(bytes((byte,)))
    assert np.array_equal(black(desk.papers[0]), sheet(coded))


def test_a_native_qr_code_can_be_read() -> None:
    data = b"https://kiosk.example/s/1"
    store = b"\x1d(k" + bytes((len(data) + 3, 0)) + b"1P0" + data
    dots = sheet(b"\x1d(k\x03\x001C\x06" + store + b"\x1d(k\x03\x001Q0" + b"\n")
    picture = np.pad(np.where(dots, 0, 255).astype(np.uint8), 40, constant_values=255)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [data.decode()]


def test_text_size_and_alignment_change_the_paper() -> None:
    plain, large = sheet(b"A\n"), sheet(b"\x1d!\x11A\n")
    assert large.sum() > 3 * plain.sum()
    assert np.flatnonzero(sheet(b"\x1ba\x02A\n").any(axis=0))[0] > 500


def test_python_escpos_prints_on_it() -> None:
    from escpos.printer import Dummy

    escpos = Dummy()
    escpos.image(Image.new("1", (100, 40), 0), impl="bitImageRaster")
    escpos.image(Image.new("1", (96, 48), 0), impl="bitImageColumn")
    escpos.text("hello 收據\n")
    escpos.qr("https://kiosk.example", native=True, size=6)
    escpos.barcode("123456", "CODE39")
    escpos.cut()
    desk = Desk()
    desk.interpreter.feed(escpos.output)
    assert len(desk.papers) == 1
    assert black(desk.papers[0])[:40, :100].all()
    assert desk.interpreter.waiting == 0


def test_the_end_mark_is_answered_in_print_order() -> None:
    desk = Desk()
    desk.interpreter.feed(b"\x1dv0\x00\x01\x00\x02\x00\xff")
    desk.interpreter.feed(b"\x1dr\x01")
    assert desk.said == b""  # two of its three bytes went into the picture that was not complete
    desk.interpreter.feed(b"\x1dr\x01")
    assert desk.said == b"\x00"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=60) | st.sampled_from([b"\x1b@", b"\x1d(k\x04\x001P0", b"\x1dv0\x00", b"\x1b*!"])))
def test_any_bytes_leave_it_alive_and_its_paper_bounded(parts: list[bytes]) -> None:
    desk = Desk()
    for part in parts:
        desk.interpreter.feed(part)
    assert desk.strip.rows <= 40_000


@given(st.builds(Sensors, *[st.booleans()] * 6))
def test_its_status_bytes_are_read_as_what_they_say(sensors: Sensors) -> None:
    answers = [sensors.realtime(query) for query in (1, 2, 3, 4)]
    assert all(map(is_realtime, answers))
    status = parse_realtime((answers[0], answers[1], answers[2], answers[3]))
    assert is_asb_head(sensors.asb()[0])
    assert status == parse_asb(sensors.asb())
    assert status.paper is parse_paper(sensors.paper())
    assert status.cover_open == sensors.cover_open
    assert (status.fault is None) == (not sensors.blocked())


def test_real_time_queries_are_answered_while_paper_is_out_and_across_packets() -> None:
    with EmulatedPrinter() as printer:
        printer.out_of_paper()
        with socket.create_connection((printer.host, printer.port), 2) as line:
            line.settimeout(20)
            for part in (b"some text\x10", b"\x04", b"\x04"):
                line.sendall(part)
            assert line.recv(1)[0] & 0x60
    assert printer.papers == []


@pytest.mark.parametrize(
    "parts",
    [
        (b"\x1bp\x00\x19\xfa",),  # ESC p, in print order
        (b"\x1b", b"p\x01", b"\x19\xfa"),
        (b"\x10\x14\x01\x00\x01",),  # DLE DC4, at once
        (b"text\x10", b"\x14\x01", b"\x01", b"\x08"),
    ],
)
def test_the_drawer_is_kicked_once_and_said_to_be_open(parts: tuple[bytes, ...]) -> None:
    with EmulatedPrinter() as printer, socket.create_connection((printer.host, printer.port), 2) as line:
        line.settimeout(20)
        for part in parts:
            line.sendall(part)
        line.sendall(b"\x1dr\x02")
        assert line.recv(1) == b"\x01"
        assert printer.drawer_kicks == 1
        line.sendall(b"\x10\x04\x01")
        assert line.recv(1)[0] & 0x04
        printer.restore()
        line.sendall(b"\x1dr\x02")
        assert line.recv(1) == b"\x00"


def test_a_real_time_kick_needs_no_paper_and_one_in_print_order_waits_for_it() -> None:
    with EmulatedPrinter() as printer, socket.create_connection((printer.host, printer.port), 2) as line:
        line.settimeout(20)
        printer.out_of_paper()
        line.sendall(b"\x1bp\x00\x19\xfa\x10\x14\x01\x00\x01\x10\x04\x01")
        assert line.recv(1)[0] & 0x04
        assert printer.drawer_kicks == 1
        printer.restore()
        assert printer.drawer_kicks == 2


def test_python_escpos_opens_the_drawer() -> None:
    from escpos.printer import Dummy

    escpos = Dummy()
    escpos.cashdraw(2)
    desk = Desk()
    desk.interpreter.feed(escpos.output)
    assert desk.kicks == 1


def test_watching_connections_hear_of_changes_unasked() -> None:
    with EmulatedPrinter() as printer, socket.create_connection((printer.host, printer.port), 2) as line:
        line.settimeout(20)
        line.sendall(b"\x1da\xff")
        assert parse_asb(line.recv(4)).fault is None
        printer.open_cover()
        assert parse_asb(line.recv(4)).cover_open


def test_papers_are_written_as_pictures(tmp_path: Path) -> None:
    with EmulatedPrinter(out_dir=tmp_path) as printer, socket.create_connection((printer.host, printer.port)) as line:
        line.sendall(b"hello\n\x1dV\x00")
        assert printer.wait_for_papers(1, 3)
    with Image.open(tmp_path / "slip-0001.png") as picture:
        assert picture.size[0] == 576


def test_it_listens_on_the_same_port_after_a_power_cut() -> None:
    with EmulatedPrinter() as printer:
        port = printer.port
        printer.power_off()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((printer.host, port), 2)
        printer.power_on()
        socket.create_connection((printer.host, port), 2).close()
        assert printer.port == port


def test_an_unknown_fault_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no such fault"):
        EmulatedPrinter().at_byte(1, "explode")


def test_it_keeps_the_newest_papers_only() -> None:
    with EmulatedPrinter() as printer, socket.create_connection((printer.host, printer.port)) as line:
        for length in range(1, KEPT_PAPERS + 4):
            line.sendall(b"X\n" * length + b"\x1dV\x00")
        assert printer.wait_for_papers(KEPT_PAPERS + 3, 20)
        heights = [paper.height for paper in printer.papers]
    assert len(heights) == KEPT_PAPERS
    assert heights == sorted(set(heights)), "the oldest three are gone, the others in order"
