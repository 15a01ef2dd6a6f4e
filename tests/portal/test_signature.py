"""An envelope's signature is looked at twice as fast, and no answer is another one for it."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_queue.envelope import StatementKey, envelope_message, verify_envelope_signature
from portal import signature
from portal.signature import device_signed

# Edwards25519 (RFC 8032, section 5.1), to make what no honest device makes.
P: Final = 2**255 - 19
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
D: Final = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def _on_curve(y: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (min(x, P - x), y) if x * x % P == square else None


def _sum(a: Point, b: Point) -> Point:
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def _times(n: int, point: Point) -> Point:
    found = (0, 1)
    for bit in bin(n)[2:]:
        found = _sum(found, found)
        if bit == "1":
            found = _sum(found, point)
    return found


def _encoded(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def _base() -> Point:
    found = _on_curve(4 * pow(5, -1, P) % P)
    assert found is not None
    return found if found[0] % 2 == 0 else (P - found[0], found[1])


def _small_order() -> list[Point]:
    """The eight points of an order that divides eight."""
    for y in range(2, 100):
        point = _on_curve(y)
        if point is not None and _times(4 * ORDER, point) != (0, 1):
            return [_times(n, _times(ORDER, point)) for n in range(8)]
    raise AssertionError("no point of order eight")


BASE: Final = _base()
SMALL: Final = _small_order()
OTHERWISE: Final = [  # points of small order in spellings that are not theirs
    *((y + P | sign << 255).to_bytes(32, "little") for y in (0, 1) for sign in (0, 1)),
    *((y | 1 << 255).to_bytes(32, "little") for y in (1, P - 1)),
]
SECRET: Final = 2**200 + 12345
DIGESTS: Final = [hashlib.sha256(bytes([n])).digest() for n in range(8)]
Case = tuple[bytes, bytes, bytes]
"""Key, digest, signature."""


def _signed(key: bytes, first: bytes, nonce: int, digest: bytes) -> int:
    return (nonce + _hash(first, key, envelope_message(digest)) * SECRET) % ORDER


def _of_small_keys() -> Iterator[Case]:
    spellings = [*map(_encoded, SMALL), *OTHERWISE]
    for key, first, digest in product(spellings, spellings, DIGESTS[:3]):
        yield key, digest, first + bytes(32)


def _of_small_firsts() -> Iterator[Case]:
    key = _encoded(_times(SECRET, BASE))
    for first, digest in product([*map(_encoded, SMALL), *OTHERWISE], DIGESTS):
        yield key, digest, first + _signed(key, first, 0, digest).to_bytes(32, "little")


def _of_mixed_keys() -> Iterator[Case]:
    first = _encoded(_times(777, BASE))
    for small, digest in product(SMALL, DIGESTS):
        key = _encoded(_sum(_times(SECRET, BASE), small))
        yield key, digest, first + _signed(key, first, 777, digest).to_bytes(32, "little")


def _of_large_numbers() -> Iterator[Case]:
    key, first = _encoded(_times(SECRET, BASE)), _encoded(_times(777, BASE))
    for digest, more in product(DIGESTS, range(15)):
        number = _signed(key, first, 777, digest) + more * ORDER
        yield key, digest, first + number.to_bytes(32, "little")


FAMILIES: Final = {
    "keys of small order": (_of_small_keys, True),
    "first halves of small order": (_of_small_firsts, True),
    "keys of mixed order": (_of_mixed_keys, False),
    "second halves that are not reduced": (_of_large_numbers, False),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_no_honest_device_makes_is_taken_or_refused_as_everywhere_else(family: str) -> None:
    cases, libraries_differ = FAMILIES[family]
    seen: Counter[tuple[bool, bool]] = Counter()
    for case in cases():
        wanted = verify_envelope_signature(*case)
        assert device_signed(*case) is wanted, (family, case)
        seen[wanted, signature._known_soon(*case)] += 1
    assert seen[False, True] == 0, "the quick way takes what is not taken elsewhere"
    assert seen[False, False] > 0
    assert (seen[True, False] > 0) is libraries_differ
    assert seen[True, False] + seen[True, True] > 0


DEVICE: Final = StatementKey.generate()
GENUINE: Final = DEVICE.sign(envelope_message(DIGESTS[0]))


def test_a_genuine_one_is_known_at_the_first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "verify_envelope_signature", None)
    assert device_signed(DEVICE.public_bytes, DIGESTS[0], GENUINE)


@given(st.integers(0, 767), st.integers(0, 2))
def test_one_changed_bit_is_seen(bit: int, part: int) -> None:
    parts = [bytearray(DEVICE.public_bytes), bytearray(DIGESTS[0]), bytearray(GENUINE)]
    chosen = parts[part]
    chosen[bit // 8 % len(chosen)] ^= 1 << bit % 8
    assert not device_signed(bytes(parts[0]), bytes(parts[1]), bytes(parts[2]))


@pytest.mark.parametrize(
    "short",
    [b"", b"no key", bytes(31), bytes(33), bytes(63), bytes(65), GENUINE[:-1], GENUINE + b"x"],
    ids=["nothing", "words", "31 zeros", "33 zeros", "63 zeros", "65 zeros", "cut", "too long"],
)
def test_what_is_no_key_or_no_signature_is_refused(short: bytes) -> None:
    assert not device_signed(DEVICE.public_bytes, DIGESTS[0], short)
    assert not device_signed(short, DIGESTS[0], GENUINE)
