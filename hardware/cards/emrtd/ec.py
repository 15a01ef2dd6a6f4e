"""Points on elliptic curves: what PACE's mapping and curves with explicit parameters need and libraries do not offer.

The arithmetic is not constant in time. That is acceptable here: a terminal's keys live for one document, and the
signatures it checks are public.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec as library

from hardware.cards.emrtd.curves import BY_NAME, Curve
from hardware.cards.faults import CardError

Jacobian = tuple[int, int, int]
INFINITY: Jacobian = (1, 1, 0)
LIBRARY_CURVES: dict[str, library.EllipticCurve] = {
    "secp192r1": library.SECP192R1(),
    "secp224r1": library.SECP224R1(),
    "secp256r1": library.SECP256R1(),
    "secp384r1": library.SECP384R1(),
    "secp521r1": library.SECP521R1(),
    "brainpoolP256r1": library.BrainpoolP256R1(),
    "brainpoolP384r1": library.BrainpoolP384R1(),
    "brainpoolP512r1": library.BrainpoolP512R1(),
}
"""The curves the library knows by name; it multiplies their own generators, and checks signatures, much faster."""


@dataclass(frozen=True)
class Point:
    """A point other than infinity, in affine coordinates."""

    x: int
    y: int


def generator(curve: Curve) -> Point:
    """The curve's own generator."""
    return Point(curve.gx, curve.gy)


def on_curve(curve: Curve, point: Point) -> bool:
    """Whether this is a point of the curve with coordinates in the field."""
    x, y = point.x, point.y
    in_field = 0 <= x < curve.p and 0 <= y < curve.p
    return in_field and (y * y - x * x * x - curve.a * x - curve.b) % curve.p == 0


def encode(curve: Curve, point: Point) -> bytes:
    """The uncompressed form (SEC 1 §2.3.3)."""
    return b"\x04" + point.x.to_bytes(curve.size, "big") + point.y.to_bytes(curve.size, "big")


def decode(curve: Curve, data: bytes) -> Point:
    """The point of an uncompressed form; raises CardError("card_invalid") for anything that is not on the curve."""
    size = curve.size
    if len(data) != 1 + 2 * size or data[0] != 4:
        raise CardError("card_invalid", "point of another form")
    point = Point(int.from_bytes(data[1 : 1 + size], "big"), int.from_bytes(data[1 + size :], "big"))
    if not on_curve(curve, point):
        raise CardError("card_invalid", "point not on its curve")
    return point


def multiply(curve: Curve, scalar: int, point: Point) -> Point:
    """scalar · point; raises CardError when that is the point at infinity."""
    known = BY_NAME.get(curve.name)
    if known == curve and point == generator(curve) and 0 < scalar < curve.n and curve.name in LIBRARY_CURVES:
        numbers = library.derive_private_key(scalar, LIBRARY_CURVES[curve.name]).public_key().public_numbers()
        return Point(numbers.x, numbers.y)
    return _affine(curve, _multiply(curve, scalar, (point.x, point.y, 1)))


def add(curve: Curve, one: Point, other: Point) -> Point:
    """one + other; raises CardError when that is the point at infinity."""
    return _affine(curve, _add(curve, (one.x, one.y, 1), (other.x, other.y, 1)))


def verify(curve: Curve, public: Point, digest: bytes, r: int, s: int) -> bool:
    """Whether (r, s) is public's ECDSA signature of this digest (FIPS 186-4 §6.4)."""
    n = curve.n
    if not (0 < r < n and 0 < s < n):
        return False
    value = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
    inverse = pow(s, -1, n)
    left = _multiply(curve, value * inverse % n, (curve.gx, curve.gy, 1))
    right = _multiply(curve, r * inverse % n, (public.x, public.y, 1))
    total = _add(curve, left, right)
    return total[2] != 0 and _affine(curve, total).x % n == r


def _affine(curve: Curve, point: Jacobian) -> Point:
    x, y, z = point
    if z == 0:
        raise CardError("card_invalid", "point at infinity")
    inverse = pow(z, -1, curve.p)
    square = inverse * inverse % curve.p
    return Point(x * square % curve.p, y * square * inverse % curve.p)


def _multiply(curve: Curve, scalar: int, point: Jacobian) -> Jacobian:
    """Left to right, four bits at a time."""
    table = [INFINITY, point]
    for _ in range(14):
        table.append(_add(curve, table[-1], point))
    result = INFINITY
    for digit in f"{scalar:x}":
        for _ in range(4):
            result = _double(curve, result)
        result = _add(curve, result, table[int(digit, 16)])
    return result


def _double(curve: Curve, point: Jacobian) -> Jacobian:
    x, y, z = point
    p = curve.p
    if z == 0 or y == 0:
        return INFINITY
    yy = y * y % p
    s = 4 * x * yy % p
    zz = z * z % p
    m = (3 * x * x + curve.a * zz * zz) % p
    new_x = (m * m - 2 * s) % p
    return new_x, (m * (s - new_x) - 8 * yy * yy) % p, 2 * y * z % p


def _add(curve: Curve, one: Jacobian, other: Jacobian) -> Jacobian:
    x1, y1, z1 = one
    x2, y2, z2 = other
    p = curve.p
    if z1 == 0:
        return other
    if z2 == 0:
        return one
    zz1, zz2 = z1 * z1 % p, z2 * z2 % p
    u1, s1 = x1 * zz2 % p, y1 * zz2 * z2 % p
    h, r = (x2 * zz1 - u1) % p, (y2 * zz1 * z1 - s1) % p
    if h == 0:
        return _double(curve, one) if r == 0 else INFINITY
    hh = h * h % p
    hhh, v = h * hh % p, u1 * hh % p
    x3 = (r * r - hhh - 2 * v) % p
    return x3, (r * (v - x3) - s1 * hhh) % p, h * z1 * z2 % p
