"""Files read in pieces, many in one go, from chips that give less than they are asked for now and then."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards import tlv
from hardware.cards.apdu import decode_command
from hardware.cards.emrtd import lds
from hardware.cards.emrtd.lds import FileReader
from hardware.cards.faults import CardError

FILE = tlv.encode(0x75, bytes(range(256)) * 150)


class Chip:
    """A channel's other end, in plain: at the nth command it gives at most `short[n]` bytes; `sent` counts them."""

    def __init__(self, short: dict[int, int] | None = None, status: dict[int, bytes] | None = None) -> None:
        self.short = short or {}
        self.status = status or {}
        self.sent = 0

    def transmit(self, raw: bytes) -> bytes:
        self.sent += 1
        command = decode_command(raw)
        assert command is not None
        wide = command.ins == 0xB1
        at = command.p1 << 8 | command.p2 if not command.p1 & 0x80 else command.p2
        at = int.from_bytes(tlv.unwrap(command.data, 0x54), "big") if wide else at
        length = (command.le or 0) - (5 if wide else 0)
        piece = FILE[at : at + min(length, self.short.get(self.sent, length))]
        return (tlv.encode(0x53, piece) if wide else piece) + self.status.get(self.sent, b"\x90\x00")

    def transmit_all(self, commands: Sequence[bytes], arrived: Callable[[int], None]) -> list[bytes]:
        answers = []
        for command in commands:
            answers.append(self.transmit(command))
            arrived(len(answers))
        return answers


def read(chip: Chip, chunk: int = 231) -> tuple[bytes, list[int]]:
    steps: list[int] = []
    reader = FileReader(chip, chunk)  # type: ignore[arg-type]
    return reader.read(lds.DG2, lambda done, _total: steps.append(done)), steps


@given(st.dictionaries(st.integers(2, 170), st.integers(1, 230), max_size=6), st.sampled_from([112, 231, 1000, 4000]))
def test_a_piece_that_comes_short_is_gone_on_behind(short: dict[int, int], chunk: int) -> None:
    assert read(Chip(short), chunk)[0] == FILE


def test_progress_ends_at_the_whole_file() -> None:
    chip = Chip()
    _, steps = read(chip)
    assert steps[-1] == len(FILE)
    assert steps == sorted(steps)
    assert len(steps) == chip.sent


def test_a_piece_to_be_asked_for_with_another_length_is_asked_for_again() -> None:
    assert read(Chip({5: 0}, {5: b"\x6c\x64"}))[0] == FILE


def test_a_piece_with_nothing_in_it_is_a_fault() -> None:
    with pytest.raises(CardError, match="card_invalid"):
        read(Chip({5: 0}))
