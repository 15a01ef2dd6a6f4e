"""Pseudo-APDUs for Mainland cards: the command a site sets, pages of either form, and cards of other kinds."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards import people
from hardware.cards.apdu import Transport
from hardware.cards.documents import IdentityDocument, Pin
from hardware.cards.faults import CardError
from hardware.cards.identify import card_reading
from hardware.cards.mainland.pages import COMMAND, page_command, read, with_mainland
from hardware.cards.sim.demo_card import BankCard, DemoCard, OtherCard
from hardware.cards.sim.mainland_pages import MainlandPages
from hardware.cards.sim.sam import MAINLANDERS, PHOTO
from hardware.cards.sim.vpcd import EmulatedCard

RESIDENT = MAINLANDERS["resident"]
ECHO = (
    sys.executable,
    "-c",
    "import sys; from PIL import Image\n"
    "image = Image.frombytes('L', (32, 32), sys.stdin.buffer.read()); image.save(sys.stdout.buffer, 'BMP')",
)


class Wire:
    """A card in memory; `alter` changes its answers."""

    def __init__(self, card: EmulatedCard, alter: Callable[[bytes, bytes], bytes] = lambda _, answer: answer) -> None:
        self.card = card
        self.alter = alter
        self.sent: list[bytes] = []

    def transmit(self, command: bytes) -> bytes:
        self.sent.append(command)
        return self.alter(command, self.card.respond(command))


def read_from(wire: Transport, decoder: tuple[str, ...] = ()) -> IdentityDocument:
    return read(wire, page_command(COMMAND), lambda _done, _total: None, decoder)


@pytest.mark.parametrize("led", [True, False])
def test_pages_are_read_with_and_without_the_sizes_before_them(led: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    given_photos: list[bytes] = []
    monkeypatch.setattr("hardware.cards.mainland.photo.decode", lambda _program, data: given_photos.append(data))
    document = read_from(Wire(MainlandPages(RESIDENT, led=led)), ECHO)
    assert (document.number, document.name_zh) == (RESIDENT.number, RESIDENT.name_zh)
    assert given_photos == [PHOTO]


def test_without_a_decoder_the_photo_is_not_even_asked_for() -> None:
    wire = Wire(MainlandPages(RESIDENT))
    assert read_from(wire).photo_jpeg is None
    assert wire.sent == [bytes.fromhex("FFB0000000")]


def test_a_reader_that_refuses_the_photo_leaves_the_identity() -> None:
    def refuse(command: bytes, answer: bytes) -> bytes:
        return b"\x6a\x81" if command[2] == 3 else answer

    document = read_from(Wire(MainlandPages(RESIDENT), refuse), ECHO)
    assert (document.number, document.photo_jpeg) == (RESIDENT.number, None)


def test_the_command_is_the_sites_to_set() -> None:
    assert page_command("FF B0 nn 00 00").of(3) == bytes.fromhex("FFB0030000")
    assert page_command("FFCA00nn00").of(5) == bytes.fromhex("FFCA000500")
    for wrong in ("", "FF B0 00 00 00", "nn B0 00 00 00", "FF B0 nn", "FF B0 nn 00 zz", "FF B0 00 00 nn", "FF nn nn"):
        with pytest.raises(ValueError, match=r".*"):
            page_command(wrong)


@pytest.mark.parametrize(("card", "code", "most"), [(BankCard(), "card_payment", 7), (OtherCard(), "card_unknown", 7)])
def test_other_cards_are_told_as_ever_with_one_command_more(card: OtherCard, code: str, most: int) -> None:
    with pytest.raises(CardError) as caught:
        with_mainland(card_reading(), page_command(COMMAND))(Wire(card), None, lambda _event: None)
    assert caught.value.fault.code == code
    assert card.commands <= most


def test_a_reader_of_both_kinds_reads_the_other_cards_too() -> None:
    reading = with_mainland(card_reading(), page_command(COMMAND))
    found = reading(Wire(DemoCard(people.RARE.document())), None, lambda _event: None)
    assert found == people.RARE.document()


def test_a_pin_goes_to_the_staff_card_alone() -> None:
    wire = Wire(OtherCard())
    with pytest.raises(CardError):
        with_mainland(card_reading(), page_command(COMMAND))(wire, Pin("123456"), lambda _event: None)
    assert not [command for command in wire.sent if command[0] == 0xFF]


def test_sizes_of_another_kind_are_refused() -> None:
    with pytest.raises(CardError, match="card_unreadable"):
        read_from(Wire(MainlandPages(RESIDENT), lambda _command, answer: b"\xff" + answer[1:]))


def test_a_whole_page_under_another_status_is_no_page() -> None:
    with pytest.raises(CardError, match="card_unknown"):
        read_from(Wire(MainlandPages(RESIDENT), lambda _command, answer: answer[:-2] + b"\x62\x81"))


@given(st.binary(max_size=300), st.integers(0, 5))
def test_any_answer_is_a_card_or_a_typed_fault(answer: bytes, page: int) -> None:
    wire = Wire(MainlandPages(RESIDENT), lambda command, right: answer if command[2] == page else right)
    try:
        read_from(wire, ("/no/such/decoder",))
    except CardError as error:
        assert error.fault.code in ("card_unknown", "card_invalid", "card_unreadable", "card_removed")  # noqa: PT017


@given(st.integers(0, 261), st.integers(1, 255))
def test_one_wrong_byte_in_the_text_is_a_card_or_a_typed_fault(at: int, flip: int) -> None:
    def flipped(_command: bytes, answer: bytes) -> bytes:
        return answer[:at] + bytes((answer[at] ^ flip,)) + answer[at + 1 :]

    try:
        read_from(Wire(MainlandPages(RESIDENT), flipped))
    except CardError as error:
        assert error.fault.code in ("card_unknown", "card_invalid", "card_unreadable")  # noqa: PT017
