"""The demo card's file, whole and broken; and the emulated card, which is strict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards import demo_card, people, tlv
from hardware.cards.documents import KINDS, IdentityDocument
from hardware.cards.faults import CardError
from hardware.cards.sim.demo_card import DemoCard, OtherCard

ELDER = people.ELDER.document()
FILE = demo_card.encode(ELDER)
NAMES = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), max_size=demo_card.MAX_TEXT_CHARS)
DOCUMENTS = st.builds(
    IdentityDocument,
    st.sampled_from(KINDS),
    st.text("ABCHM0123456789()", max_size=18),
    NAMES,
    NAMES,
    st.dates(date(1800, 1, 1)),
    st.sampled_from(["M", "F", ""]),
    st.one_of(st.none(), st.binary(max_size=900).map(lambda data: b"\xff\xd8\xff" + data)),
)


class Contact:
    """A card in the hand."""

    def __init__(self, card: DemoCard | OtherCard) -> None:
        self.card = card
        self.transmit = card.respond


@given(DOCUMENTS)
def test_a_document_comes_back_as_it_was(document: IdentityDocument) -> None:
    assert demo_card.decode(demo_card.encode(document)) == document


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_one_wrong_byte_gives_a_document_or_a_typed_fault(position: int, flip: int) -> None:
    broken = bytearray(FILE)
    broken[position] ^= flip
    try:
        demo_card.decode(bytes(broken))
    except CardError as error:
        assert error.fault.code == "card_invalid"  # noqa: PT017 - either outcome is right


@given(st.integers(0, len(FILE) - 1))
def test_a_cut_file_is_a_typed_fault(length: int) -> None:
    with pytest.raises(CardError, match="card_invalid"):
        demo_card.decode(FILE[:length])


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (demo_card.KIND, b"library_card"),
        (demo_card.NUMBER, b"\xff"),
        (demo_card.NAME_EN, b"x" * 121),
        (demo_card.NAME_EN, b"CHAN\nTai Man"),
        (demo_card.BIRTH_DATE, b"19510229"),
        (demo_card.BIRTH_DATE, b"1951-3-8"),
        (demo_card.BIRTH_DATE, "１９５１０３０８".encode()),
        (demo_card.SEX, b"9"),
        (demo_card.PORTRAIT, b"GIF89a"),
    ],
)
def test_a_value_outside_its_format_is_refused(tag: int, value: bytes) -> None:
    objects = tlv.parse(tlv.unwrap(FILE, demo_card.TEMPLATE)) | {tag: value}
    broken = tlv.encode(demo_card.TEMPLATE, b"".join(tlv.encode(*item) for item in objects.items()))
    with pytest.raises(CardError, match="card_invalid"):
        demo_card.decode(broken)


@pytest.mark.parametrize("extended", [None, 256, 1000, 4096, 60_000])
def test_it_is_read_with_short_and_extended_commands(extended: int | None) -> None:
    steps: list[tuple[int, int]] = []
    assert demo_card.read(Contact(DemoCard(ELDER, extended=extended)), lambda *step: steps.append(step)) == ELDER
    assert steps[-1] == (len(FILE), len(FILE))


def test_a_card_without_a_photo_is_read_in_one_go() -> None:
    plain = replace(ELDER, photo_jpeg=None)
    assert demo_card.read(Contact(DemoCard(plain)), lambda *step: None) == plain


def test_a_card_that_claims_to_be_huge_is_refused() -> None:
    card = DemoCard(ELDER)
    card.file = bytes.fromhex("7f4e847fffffff") + bytes(600)
    with pytest.raises(CardError, match="card_invalid"):
        demo_card.read(Contact(card), lambda *step: None)


def test_a_card_that_ends_early_is_refused() -> None:
    card = DemoCard(ELDER)
    card.file = card.file[:-100]
    with pytest.raises(CardError, match="card_invalid"):
        demo_card.read(Contact(card), lambda *step: None)


def test_a_card_of_another_kind_is_unknown() -> None:
    with pytest.raises(CardError, match="card_unknown"):
        demo_card.read(Contact(OtherCard()), lambda *step: None)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00b0000000", "6986"),
        ("00a4040001a0", "6a82"),
        ("80b0000000", "6e00"),
        ("0020000000", "6d00"),
        ("00", "6700"),
        ("00b00000001000", "6700"),
    ],
)
def test_the_emulated_card_is_strict(command: str, status: str) -> None:
    assert DemoCard(ELDER).respond(bytes.fromhex(command)).hex() == status


def test_a_reset_forgets_the_selection() -> None:
    card = DemoCard(ELDER)
    card.respond(bytes.fromhex("00a40400") + bytes((len(demo_card.AID),)) + demo_card.AID)
    assert card.respond(bytes.fromhex("00b0000001"))[-2:].hex() == "9000"
    assert card.respond(bytes.fromhex("00b07fff01"))[-2:].hex() == "6b00"
    card.reset()
    assert card.respond(bytes.fromhex("00b0000001")).hex() == "6986"
