"""How PACE turns its nonce into a generator: generic mapping, and integrated mapping (ICAO 9303-11 §4.4.3.3).

Chip authentication mapping maps like the generic one; what the chip adds to it is in `pace`.
"""

from __future__ import annotations

from hardware.cards.emrtd import ec
from hardware.cards.emrtd.curves import Curve
from hardware.cards.emrtd.suites import Suite
from hardware.cards.faults import CardError

SPARE_BITS = 64  # of pseudo-random output beyond the field, so that the rest modulo p is even
# The constants of the pseudo-random function by the bits of its output block (§4.4.3.3.2).
CONSTANTS = {
    128: (bytes.fromhex("a668892a7c41e3ca739f40b057d85904"), bytes.fromhex("a4e136ac725f738b01c1f60217c188ad")),
    256: (
        bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
        bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
    ),
}


def with_generator(curve: Curve, point: ec.Point) -> Curve:
    """The same curve with another generator."""
    return Curve(curve.name, curve.oid, curve.p, curve.a, curve.b, point.x, point.y, curve.n)


def generic(curve: Curve, nonce: bytes, shared: ec.Point) -> Curve:
    """The curve with the generator nonce · G + H, H being what both sides agreed on (§4.4.3.3.1)."""
    start = ec.multiply(curve, int.from_bytes(nonce, "big"), ec.generator(curve))
    return with_generator(curve, ec.add(curve, start, shared))


def can_integrate(curve: Curve) -> bool:
    """Whether the point encoding works on this curve: its field needs p = 3 modulo 4."""
    return curve.p % 4 == 3


def integrated(curve: Curve, suite: Suite, nonce: bytes, terminal_nonce: bytes) -> Curve:
    """The curve with the generator encoded from both nonces (§4.4.3.3.2)."""
    mapped = encode_point(curve, pseudo_random(curve, suite, nonce, terminal_nonce))
    return with_generator(curve, mapped)


def nonce_bytes(suite: Suite) -> int:
    """The bytes of the chip's nonce with integrated mapping: whole blocks, at least as long as the suite's key."""
    return 16 if key_bytes(suite) == 16 else 32


def key_bytes(suite: Suite) -> int:
    """The bytes of the terminal's nonce, which is a key of the suite's cipher."""
    return len(suite.derive(b"", 1))


def pseudo_random(curve: Curve, suite: Suite, nonce: bytes, terminal_nonce: bytes) -> int:
    """R_p(s, t): a cascade of encryptions under the terminal's nonce, taken modulo p."""
    first, second = CONSTANTS[8 * len(nonce)]
    key = suite.encrypt(terminal_nonce, nonce)
    output = b""
    while 8 * len(output) < curve.p.bit_length() + SPARE_BITS:
        key = key[: len(terminal_nonce)]
        output += suite.encrypt(key, second)
        key = suite.encrypt(key, first)
    return int.from_bytes(output, "big") % curve.p


def encode_point(curve: Curve, t: int) -> ec.Point:
    """A point of the curve from a number of its field (§4.4.3.3.2 and appendix B.2); raises CardError for a bad one."""
    p, a, b = curve.p, curve.a, curve.b
    alpha = -t * t % p
    if t == 0 or (alpha + alpha * alpha) % p == 0:
        raise CardError("card_invalid", "PACE nonce maps to no point")
    x2 = -b * pow(a, -1, p) * (1 + pow(alpha + alpha * alpha, -1, p)) % p
    x3 = alpha * x2 % p
    h2 = (pow(x2, 3, p) + a * x2 + b) % p
    u = pow(t, 3, p) * h2 % p
    root = pow(h2, p - 1 - (p + 1) // 4, p)
    point = ec.Point(x2, root * h2 % p) if root * root * h2 % p == 1 else ec.Point(x3, root * u % p)
    if not ec.on_curve(curve, point):
        raise CardError("card_invalid", "PACE nonce maps to no point")
    return point
