"""Commands in all their forms, and exchanges that end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.apdu import Answer, Command, decode_command, exchange, read_binary, select_application
from hardware.cards.faults import CardError

BYTE = st.integers(0, 255)
COMMANDS = st.builds(
    Command,
    BYTE,
    BYTE,
    BYTE,
    BYTE,
    st.binary(max_size=600),
    st.one_of(st.none(), st.integers(1, 65536)),
)


class Card:
    """Answers from a list and keeps what it was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = [bytes.fromhex(answer) for answer in answers]
        self.asked: list[str] = []

    def transmit(self, command: bytes) -> bytes:
        self.asked.append(command.hex())
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@given(COMMANDS)
def test_a_command_comes_back_as_it_was(command: Command) -> None:
    assert decode_command(command.encode()) == command


@given(st.binary(max_size=300))
def test_any_bytes_are_a_command_or_none(raw: bytes) -> None:
    command = decode_command(raw)
    assert command is None or len(command.data) <= len(raw)


@pytest.mark.parametrize(
    ("command", "wire"),
    [
        (Command(0, 0xA4, 4, 0x0C), "00a4040c"),
        (Command(0, 0xB0, 0, 0, le=256), "00b0000000"),
        (Command(0, 0xB0, 0, 0, le=4), "00b0000004"),
        (Command(0, 0xB0, 0, 0, le=65536), "00b00000000000"),
        (Command(0, 0xB0, 0, 0, le=4096), "00b00000001000"),
        (Command(0, 0xA4, 4, 0, b"\1\2", 256), "00a4040002010200"),
        (Command(0, 0xA4, 4, 0, b"\1\2", 257), "00a40400000002 01020101".replace(" ", "")),
        (read_binary(0x7FFF, 10), "00b07fff0a"),
        (read_binary(0x8000, 10), "00b1000004540280000a"),
        (select_application(b"\xa0"), "00a4040001a000"),
    ],
)
def test_the_bytes_on_the_wire_are_those_of_the_standard(command: Command, wire: str) -> None:
    assert command.encode().hex() == wire


def test_more_data_is_fetched() -> None:
    card = Card("01026103", "0304056101", "069000")
    assert exchange(card, Command(0, 0xB0, le=256)) == Answer(bytes.fromhex("010203040506"), 0x9000)
    assert card.asked == ["00b0000000", "00c0000003", "00c0000001"]


def test_another_length_is_tried_once() -> None:
    card = Card("6c05", "01020304059000")
    assert exchange(card, Command(0, 0xB0, le=256)).data == bytes.fromhex("0102030405")
    assert card.asked == ["00b0000000", "00b0000005"]


def test_an_endless_answer_ends() -> None:
    with pytest.raises(CardError) as caught:
        exchange(Card("016101"), Command(0, 0xB0, le=256))
    assert caught.value.fault.code == "card_invalid"


@pytest.mark.parametrize(("answer", "code"), [("", "card_removed"), ("90", "card_invalid")])
def test_an_answer_without_a_status_is_a_fault(answer: str, code: str) -> None:
    with pytest.raises(CardError) as caught:
        exchange(Card(answer), Command(0, 0xB0, le=256))
    assert caught.value.fault.code == code


def test_an_answer_does_not_show_its_data() -> None:
    assert repr(Answer(b"CHAN", 0x9000)) == "Answer(4 bytes, sw=9000)"


def test_an_unexpected_status_names_the_step() -> None:
    with pytest.raises(CardError) as caught:
        Answer(b"", 0x6982).expect("EF.COM")
    assert caught.value.fault.detail == "EF.COM: 6982"
