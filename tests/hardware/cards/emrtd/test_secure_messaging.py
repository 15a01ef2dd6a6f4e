"""Secure messaging from both ends, over every suite and every shape of command."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.apdu import Command, decode_command, read_binary, split_answer
from hardware.cards.emrtd.secure_messaging import Keys, SecureChannel, protect, reveal
from hardware.cards.emrtd.suites import AES_128, AES_192, AES_256, TRIPLE_DES, Suite, pad, unpad
from hardware.cards.faults import CardError
from hardware.cards.sim.emrtd import cover, uncover

SUITES: list[Suite] = [TRIPLE_DES, AES_128, AES_192, AES_256]
SUITE = st.sampled_from(SUITES)
LENGTHS = st.one_of(st.none(), st.integers(1, 256), st.just(65536), st.integers(257, 65535))


def pair(suite: Suite) -> tuple[Keys, Keys]:
    """The terminal's and the chip's view of one session."""
    enc, mac = suite.derive(b"shared secret", 1), suite.derive(b"shared secret", 2)
    return Keys(suite, enc, mac, 41), Keys(suite, enc, mac, 41)


@given(SUITE, st.sampled_from([0xA4, 0xB0, 0xB1, 0x86]), st.binary(max_size=500), LENGTHS)
def test_a_command_arrives_as_it_was_sent(suite: Suite, ins: int, data: bytes, le: int | None) -> None:
    terminal, chip = pair(suite)
    command = Command(0x00, ins, 1, 2, data, le)
    wire = decode_command(protect(terminal, command))
    assert wire is not None
    arrived = uncover(chip, wire)
    assert isinstance(arrived, Command)
    if le is not None and command.extended:
        assert arrived == command
    else:
        assert arrived == replace(command, le=le if le != 65536 else 256)
    assert chip.ssc == terminal.ssc


@given(SUITE, st.binary(max_size=700), st.booleans(), st.sampled_from([0x9000, 0x6282, 0x6A82]))
def test_an_answer_arrives_as_it_was_sent(suite: Suite, data: bytes, odd: bool, sw: int) -> None:
    terminal, chip = pair(suite)
    answer = split_answer(cover(chip, data, sw, odd=odd))
    assert reveal(terminal, answer.data, answer.sw) == data + sw.to_bytes(2, "big")


@given(SUITE, st.binary(min_size=1, max_size=200), st.data())
def test_any_flipped_bit_of_an_answer_is_noticed(suite: Suite, data: bytes, draw: st.DataObject) -> None:
    terminal, chip = pair(suite)
    raw = bytearray(cover(chip, data, 0x9000, odd=False))
    raw[draw.draw(st.integers(0, len(raw) - 1))] ^= 1 << draw.draw(st.integers(0, 7))
    answer = split_answer(bytes(raw))
    with pytest.raises(CardError, match=r"card_channel_broken|card_invalid"):
        reveal(terminal, answer.data, answer.sw)


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_an_answer_played_again_is_noticed(suite: Suite) -> None:
    terminal, chip = pair(suite)
    answer = split_answer(cover(chip, b"data", 0x9000, odd=False))
    reveal(terminal, answer.data, answer.sw)
    with pytest.raises(CardError, match="card_channel_broken"):
        reveal(terminal, answer.data, answer.sw)


class Chip:
    """The other end of a channel: answers the nth command with its offset, or with what `instead` has for n."""

    def __init__(self, keys: Keys, instead: dict[int, bytes] | None = None) -> None:
        self.keys = keys
        self.instead = instead or {}
        self.count = 0

    def transmit(self, command: bytes) -> bytes:
        wire = decode_command(command)
        assert wire is not None
        plain = uncover(self.keys, wire)
        assert isinstance(plain, Command)
        answer = cover(self.keys, bytes((plain.p1, plain.p2)), 0x9000, odd=False)
        self.count += 1
        return self.instead.get(self.count, answer)


READS = [read_binary(offset, 100).encode() for offset in range(0, 900, 100)]


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_many_commands_in_one_go_are_as_many_one_by_one(suite: Suite) -> None:
    one, many = (SecureChannel(Chip(chip), terminal) for terminal, chip in (pair(suite), pair(suite)))
    arrived: list[int] = []
    assert many.transmit_all(READS, arrived.append) == [one.transmit(command) for command in READS]
    assert arrived == list(range(1, 10))
    assert many.transmit(READS[0]) == one.transmit(READS[0]), "the counters go on together"
    assert many.transmit_all([], arrived.append) == []


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
@pytest.mark.parametrize("at", [1, 5, 9])
def test_a_forged_answer_among_many_closes_the_channel_and_gives_nothing(suite: Suite, at: int) -> None:
    terminal, chip = pair(suite)
    elsewhere = cover(pair(suite)[1], b"elsewhere", 0x9000, odd=False)
    channel = SecureChannel(Chip(chip, {at: elsewhere[:-3] + bytes((elsewhere[-3] ^ 1,)) + elsewhere[-2:]}), terminal)
    with pytest.raises(CardError, match="card_channel_broken"):
        channel.transmit_all(READS, lambda _count: None)
    for again in (lambda: channel.transmit(READS[0]), lambda: channel.transmit_all(READS, lambda _count: None)):
        with pytest.raises(CardError, match="card_channel_broken"):
            again()


@pytest.mark.parametrize(
    ("status", "code"), [("6982", "card_channel_broken"), ("6700", "card_invalid"), ("", "card_removed")]
)
def test_the_first_answer_without_protection_ends_the_sending(status: str, code: str) -> None:
    terminal, keys = pair(AES_128)
    chip = Chip(keys, {3: bytes.fromhex(status)})
    with pytest.raises(CardError, match=code):
        SecureChannel(chip, terminal).transmit_all(READS, lambda _count: None)
    assert chip.count == 3


@given(SUITE, st.binary(max_size=300))
def test_any_answer_is_revealed_or_a_typed_fault(suite: Suite, data: bytes) -> None:
    with pytest.raises(CardError):
        reveal(pair(suite)[0], data, 0x9000)


@given(SUITE, st.binary(max_size=300))
def test_padding_comes_off_again(suite: Suite, message: bytes) -> None:
    padded = pad(message, suite.block)
    assert len(padded) % suite.block == 0
    assert unpad(padded) == message


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_the_longest_short_answer_fits_256_bytes_and_the_next_does_not(suite: Suite) -> None:
    from hardware.cards.emrtd.lds import SHORT_PLAIN

    longest = SHORT_PLAIN[suite.name]
    assert len(cover(pair(suite)[1], os.urandom(longest), 0x9000, odd=False)) <= 258
    assert len(cover(pair(suite)[1], os.urandom(longest + 1), 0x9000, odd=False)) > 258
