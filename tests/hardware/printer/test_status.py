"""Status bytes: every byte is read, silence and noise are never "all is well"."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.printer.status import (
    FAULT_CODES,
    SILENT,
    Debounce,
    Ear,
    Heard,
    Paper,
    is_asb_head,
    is_plain,
    is_realtime,
    parse_asb,
    parse_paper,
    parse_realtime,
)

WELL = (0x12, 0x12, 0x12, 0x12)
byte = st.integers(0, 255)


def test_a_well_printer_is_online_with_paper() -> None:
    status = parse_realtime(WELL)
    assert (status.online, status.paper, status.cover_open, status.fault) == (True, Paper.OK, False, None)


def test_each_trouble_has_its_name() -> None:
    for answers, code in (
        ((0x1A, 0x16, 0x12, 0x12), "cover_open"),
        ((0x1A, 0x32, 0x12, 0x7E), "paper_out"),
        ((0x1A, 0x52, 0x1A, 0x12), "cutter_jam"),
        ((0x1A, 0x52, 0x32, 0x12), "printer_error"),
        ((0x1A, 0x52, 0x52, 0x12), "printer_hot"),
        ((0x1A, 0x12, 0x12, 0x12), "printer_offline"),
    ):
        fault = parse_realtime(answers).fault
        assert fault is not None
        assert fault.code == code


def test_a_low_roll_is_a_notice_and_not_a_fault() -> None:
    status = parse_realtime((0x12, 0x12, 0x12, 0x1E))
    assert status.paper is Paper.LOW
    assert status.fault is None
    assert status.notice is not None
    assert status.notice.code == "paper_low"


def test_an_open_cover_hides_the_paper_sensor() -> None:
    status = parse_realtime((0x1A, 0x36, 0x12, 0x7E))
    assert status.fault is not None
    assert status.fault.code == "cover_open"


def test_silence_is_not_ready() -> None:
    assert not SILENT.online
    assert SILENT.paper is Paper.UNKNOWN
    assert SILENT.fault is not None


@given(st.tuples(byte, byte, byte, byte))
def test_any_four_answers_give_a_status_and_only_known_codes(answers: tuple[int, int, int, int]) -> None:
    status = parse_realtime(answers)
    if not all(map(is_realtime, answers)):
        assert status.fault is not None
        assert not status.online
    if status.notice is not None:
        assert status.notice.code in FAULT_CODES


@given(st.binary(max_size=8))
def test_any_frame_gives_a_status(frame: bytes) -> None:
    status = parse_asb(frame)
    if len(frame) != 4:
        assert status.fault is not None
    if status.fault is None:
        assert status.paper is not Paper.OUT


@given(byte)
def test_the_shapes_of_status_bytes_exclude_each_other(value: int) -> None:
    assert is_realtime(value) + is_asb_head(value) + is_plain(value) <= 1


@given(byte)
def test_a_paper_answer_without_its_fixed_bits_is_unknown(value: int) -> None:
    assert (parse_paper(value) is Paper.UNKNOWN) == (not is_plain(value))


@given(st.binary(max_size=200), st.integers(0, 200))
def test_hearing_does_not_depend_on_how_the_line_cuts_the_bytes(said: bytes, cut: int) -> None:
    whole, halves = Ear(), Ear()
    assert whole.hear(said) == halves.hear(said[:cut]) + halves.hear(said[cut:])


def test_frames_answers_tokens_and_flow_control_are_told_apart() -> None:
    heard = Ear().hear(b"\x12" + b"\x18\x00\x0c\x00" + b"\x13\x11" + b"\x0f" + b"\x37\x220001\x00" + b"\xff")
    assert heard == Heard((0x12,), (0x0F,), (b"\x18\x00\x0c\x00",), (b"0001",), 1)


def test_a_real_time_answer_inside_a_frame_is_no_paper_answer() -> None:
    heard = Ear().hear(b"\x10\x00\x12\x00\x00")
    assert heard.realtime == (0x12,)
    assert heard.frames == (b"\x10\x00\x00\x00",)
    assert heard.plain == ()


def test_a_flicker_is_not_told() -> None:
    debounce: Debounce[str] = Debounce(2)
    assert [debounce.settle(value) for value in "aabaabbb"] == list("aaaaaabb")


@given(st.lists(st.sampled_from("abc"), min_size=1))
def test_what_is_told_was_seen_twice_in_a_row_or_first(values: list[str]) -> None:
    debounce: Debounce[str] = Debounce(2)
    told = [debounce.settle(value) for value in values]
    assert told[0] == values[0]
    for at in range(1, len(values)):
        if told[at] != told[at - 1]:
            assert values[at] == values[at - 1] == told[at]
