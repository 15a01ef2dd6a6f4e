"""Staff login by a PIV card (NIST SP 800-73-4): certificate of slot 9A, PIN, and a signed challenge.

Any PIV card works, a YubiKey's PIV applet among them. The certificate is checked before the PIN is asked for, so
that nobody types a PIN into a stranger's card; the PIN is sent once, is never kept, and never logged.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from hardware.cards import tlv
from hardware.cards.apdu import NOT_FOUND, OK, Answer, Command, Transport, exchange, select_application
from hardware.cards.documents import Pin, Staff
from hardware.cards.faults import CardError
from hardware.cards.identify import KeyNeededError

AID = bytes.fromhex("A000000308")
CERTIFICATE_9A = bytes.fromhex("5FC105")
SLOT_9A, PIN_REFERENCE = 0x9A, 0x80
MAX_CERTIFICATE_BYTES = 16_384
BLOCKED = 0x6983
RSA_2048, ECC_P256, ECC_P384 = 0x07, 0x11, 0x14
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # DigestInfo of RFC 8017 §9.2
CHALLENGE_BYTES = 32
DIGESTS: dict[int, hashes.HashAlgorithm] = {
    RSA_2048: hashes.SHA256(),
    ECC_P256: hashes.SHA256(),
    ECC_P384: hashes.SHA384(),
}


@dataclass(frozen=True)
class StaffTrust:
    """Who may log in: the roots that certify staff cards, in DER, and the roles the kiosk knows."""

    roots: tuple[bytes, ...]
    roles: tuple[str, ...]


def log_in(
    transport: Transport, pin: Pin | None, trust: StaffTrust, now: datetime, random: Callable[[int], bytes] = os.urandom
) -> Staff:
    """Who holds this card, proved by certificate, PIN and signature; raises CardError.

    Without a PIN it raises KeyNeededError(("pin",)) once the card is known to be one of ours.
    """
    if exchange(transport, select_application(AID)).sw != OK:
        raise CardError("card_unknown")
    certificate = read_certificate(transport)
    staff = check_certificate(certificate, trust, now)
    if pin is None:
        raise KeyNeededError(("pin",))
    verify_pin(transport, pin)
    prove_key(transport, certificate, random(CHALLENGE_BYTES))
    return staff


def read_certificate(transport: Transport) -> x509.Certificate:
    """The certificate of slot 9A (SP 800-73-4 part 1, appendix A)."""
    answer = exchange(transport, Command(0x00, 0xCB, 0x3F, 0xFF, tlv.encode(0x5C, CERTIFICATE_9A), 256))
    if answer.sw == NOT_FOUND:
        raise CardError("staff_card_foreign", "no certificate")
    objects = tlv.parse(tlv.unwrap(answer.expect("GET DATA"), 0x53))
    der = objects.get(0x70, b"")
    if objects.get(0x71, b"\0") != b"\0":
        der = _inflate(der)
    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, UnsupportedAlgorithm):
        raise CardError("card_invalid", "certificate") from None


def _inflate(data: bytes) -> bytes:
    worker = zlib.decompressobj(wbits=31)
    try:
        return worker.decompress(data, MAX_CERTIFICATE_BYTES)
    except zlib.error:
        raise CardError("card_invalid", "compressed certificate") from None


def check_certificate(certificate: x509.Certificate, trust: StaffTrust, now: datetime) -> Staff:
    """The member of staff a certificate of ours names; raises CardError for a foreign, expired or role-less one."""
    if not any(_issued_by(certificate, root) for root in trust.roots):
        raise CardError("staff_card_foreign", "issuer", retriable=False)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise CardError("staff_card_expired", retriable=False)
    role = next((unit for unit in _values(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME) if unit in trust.roles), None)
    if role is None:
        raise CardError("staff_card_foreign", "no role of this kiosk", retriable=False)
    name = next(iter(_values(certificate, NameOID.COMMON_NAME)), "")
    return Staff(name, role, f"{certificate.serial_number:X}", certificate.not_valid_after_utc)


def _values(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> list[str]:
    return [str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(oid)]


def _issued_by(certificate: x509.Certificate, root: bytes) -> bool:
    try:
        certificate.verify_directly_issued_by(x509.load_der_x509_certificate(root))
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def verify_pin(transport: Transport, pin: Pin) -> None:
    """VERIFY (SP 800-73-4 part 2 §3.2.1); raises CardError with the tries left in its detail."""
    if not (6 <= len(pin.digits) <= 8 and pin.digits.isascii()):
        raise CardError("pin_wrong", "length")  # never sent: it would cost a try
    padded = pin.digits.encode("ascii").ljust(8, b"\xff")
    answer = exchange(transport, Command(0x00, 0x20, 0x00, PIN_REFERENCE, padded))
    if answer.sw >> 4 == 0x63C:
        raise _refused(answer.sw & 0x0F)
    if answer.sw == BLOCKED:
        raise CardError("pin_blocked", retriable=False)
    answer.expect("VERIFY")


def _refused(tries: int) -> CardError:
    if tries == 0:
        return CardError("pin_blocked", retriable=False)
    return CardError("pin_last_try" if tries == 1 else "pin_wrong", f"{tries} tries left")


def prove_key(transport: Transport, certificate: x509.Certificate, challenge: bytes) -> None:
    """Have the card sign a fresh challenge; raises CardError("staff_card_cloned") if it cannot."""
    public = certificate.public_key()
    algorithm = _algorithm(public)
    digest = hashes.Hash(DIGESTS[algorithm])
    digest.update(challenge)
    value = digest.finalize()
    if isinstance(public, rsa.RSAPublicKey):
        value = b"\x00\x01" + b"\xff" * (253 - len(SHA256_INFO) - len(value)) + b"\x00" + SHA256_INFO + value
    template = tlv.encode(0x7C, tlv.encode(0x82, b"") + tlv.encode(0x81, value))
    answer = chained(transport, Command(0x00, 0x87, algorithm, SLOT_9A, template, 256))
    if answer.sw != OK:
        raise CardError("staff_card_cloned", f"GENERAL AUTHENTICATE: {answer.sw:04X}", retriable=False)
    signature = tlv.parse(tlv.unwrap(answer.data, 0x7C)).get(0x82, b"")
    if not _signed(public, signature, challenge, DIGESTS[algorithm]):
        raise CardError("staff_card_cloned", "signature", retriable=False)


def _algorithm(public: object) -> int:
    if isinstance(public, ec.EllipticCurvePublicKey):
        by_name = {"secp256r1": ECC_P256, "secp384r1": ECC_P384}
        if public.curve.name in by_name:
            return by_name[public.curve.name]
    elif isinstance(public, rsa.RSAPublicKey) and public.key_size == 2048:
        return RSA_2048
    raise CardError("staff_card_foreign", "key type", retriable=False)


def _signed(public: object, signature: bytes, challenge: bytes, digest: hashes.HashAlgorithm) -> bool:
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, challenge, padding.PKCS1v15(), digest)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, challenge, ec.ECDSA(digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def chained(transport: Transport, command: Command) -> Answer:
    """Send a command whose data may exceed 255 bytes in a chain of short ones (ISO/IEC 7816-4 §5.3.3)."""
    pieces = [command.data[at : at + 255] for at in range(0, len(command.data), 255)] or [b""]
    for piece in pieces[:-1]:
        link = Command(command.cla | 0x10, command.ins, command.p1, command.p2, piece)
        exchange(transport, link).expect("chaining")
    last = Command(command.cla, command.ins, command.p1, command.p2, pieces[-1], command.le)
    return exchange(transport, last)
