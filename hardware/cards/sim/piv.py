"""An emulated PIV card (NIST SP 800-73-4) for staff logins: made-up staff, strict PIN counting, OpenSC accepts it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import NameOID

from hardware.cards import tlv
from hardware.cards.apdu import Command, decode_command
from hardware.cards.faults import CardError
from hardware.cards.sim.demo_card import answer_to_reset
from hardware.cards.staff import AID, ECC_P256, ECC_P384, PIN_REFERENCE, RSA_2048, SLOT_9A

FULL_AID = AID + bytes.fromhex("000010000100")
NOT_FOUND, WRONG_DATA, NEEDS_PIN, BLOCKED = 0x6A82, 0x6A80, 0x6982, 0x6983
UNKNOWN_INSTRUCTION, WRONG_LENGTH, OK = 0x6D00, 0x6700, 0x9000
CERTIFICATE, CAPABILITIES, HOLDER, DISCOVERY = b"\x5f\xc1\x05", b"\x5f\xc1\x07", b"\x5f\xc1\x02", b"\x7e"
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
MADE_UP_PIN = "246810"


@dataclass
class StaffOffice:
    """A made-up authority that certifies staff cards."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    name: str = "Made-up kiosk staff"

    @property
    def root(self) -> bytes:
        """Its own certificate in DER: what a kiosk trusts."""
        return self._certify(self.key.public_key(), [(NameOID.COMMON_NAME, self.name)], timedelta(days=3650))

    def certify(self, key: PrivateKey, name: str, role: str, *, lasts: timedelta = timedelta(days=365)) -> bytes:
        """A staff member's certificate in DER, valid from a day before now for as long as `lasts`."""
        subject = [(NameOID.COMMON_NAME, name), (NameOID.ORGANIZATIONAL_UNIT_NAME, role)]
        return self._certify(key.public_key(), subject, lasts)

    def card(self, name: str = "LEE, Made Up", role: str = "technician", *, key: PrivateKey | None = None) -> PivCard:
        """A staff member's card; its PIN is MADE_UP_PIN."""
        own = key or ec.generate_private_key(ec.SECP256R1())
        return PivCard(self.certify(own, name, role), own)

    def _certify(
        self,
        public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        subject: list[tuple[x509.ObjectIdentifier, str]],
        lasts: timedelta,
    ) -> bytes:
        start = datetime.now(UTC) - timedelta(days=1)
        builder = x509.CertificateBuilder(
            subject_name=x509.Name([x509.NameAttribute(oid, value) for oid, value in subject]),
            issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)]),
            public_key=public,
            serial_number=x509.random_serial_number(),
            not_valid_before=start,
            not_valid_after=start + lasts,
        )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@dataclass
class PivCard:
    """One staff card: a certificate, its key (or, as a clone, another), a PIN and its tries."""

    certificate: bytes
    key: PrivateKey
    pin: str = MADE_UP_PIN
    tries: int = 3
    atr: bytes = field(default=answer_to_reset(b"STAFF"), init=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the selection, the PIN's success, and what waits to be fetched; the tries stay."""
        self._selected = self._verified = False
        self._waiting = b""
        self._chain = b""

    def respond(self, command: bytes) -> bytes:
        """The answer to one short command; longer data is fetched by GET RESPONSE."""
        parsed = decode_command(command)
        if parsed is None or parsed.extended:
            return WRONG_LENGTH.to_bytes(2, "big")
        if parsed.cla & 0x10:
            self._chain += parsed.data
            return OK.to_bytes(2, "big")
        parsed = Command(parsed.cla, parsed.ins, parsed.p1, parsed.p2, self._chain + parsed.data, parsed.le)
        self._chain = b""
        try:
            return self._obey(parsed)
        except CardError:
            return WRONG_DATA.to_bytes(2, "big")

    def _obey(self, command: Command) -> bytes:
        if command.ins == 0xC0:
            return self._portion(self._waiting, command.le or 256)
        verbs = {0xA4: self._select, 0xCB: self._get_data, 0x20: self._verify, 0x87: self._authenticate}
        verb = verbs.get(command.ins)
        if verb is None or (not self._selected and command.ins != 0xA4):
            return UNKNOWN_INSTRUCTION.to_bytes(2, "big")
        data, sw = verb(command)
        return self._portion(data, command.le or 256) if sw == OK else sw.to_bytes(2, "big")

    def _portion(self, data: bytes, length: int) -> bytes:
        piece, self._waiting = data[:length], data[length:]
        left = len(self._waiting)
        return piece + (bytes((0x61, left if left < 256 else 0)) if left else OK.to_bytes(2, "big"))

    def _select(self, command: Command) -> tuple[bytes, int]:
        self._selected = command.p1 == 0x04 and command.data != b"" and FULL_AID.startswith(command.data)
        if not self._selected:
            return b"", NOT_FOUND
        authority = tlv.encode(0x79, tlv.encode(0x4F, AID))
        return tlv.encode(0x61, tlv.encode(0x4F, FULL_AID[5:]) + authority), OK

    def _get_data(self, command: Command) -> tuple[bytes, int]:
        wanted = tlv.unwrap(command.data, 0x5C)
        if wanted == DISCOVERY:
            return tlv.encode(0x7E, tlv.encode(0x4F, FULL_AID) + tlv.encode(0x5F2F, b"\x40\x00")), OK
        objects = {CERTIFICATE: self._certificate(), HOLDER: _holder(), CAPABILITIES: _capabilities()}
        return (tlv.encode(0x53, objects[wanted]), OK) if wanted in objects else (b"", NOT_FOUND)

    def _certificate(self) -> bytes:
        return tlv.encode(0x70, self.certificate) + tlv.encode(0x71, b"\x00") + tlv.encode(0xFE, b"")

    def _verify(self, command: Command) -> tuple[bytes, int]:
        if command.p2 != PIN_REFERENCE:
            return b"", 0x6A88
        if not command.data:
            return b"", OK if self._verified else self._left()
        if len(command.data) != 8:
            return b"", WRONG_DATA
        if self.tries == 0:
            return b"", BLOCKED
        self._verified = command.data == self.pin.encode("ascii").ljust(8, b"\xff")
        self.tries = 3 if self._verified else self.tries - 1
        return b"", OK if self._verified else self._left()

    def _left(self) -> int:
        return 0x63C0 | self.tries if self.tries else BLOCKED

    def _authenticate(self, command: Command) -> tuple[bytes, int]:
        value = tlv.parse(tlv.unwrap(command.data, 0x7C)).get(0x81, b"")
        if command.p2 != SLOT_9A or command.p1 != self._algorithm():
            return b"", 0x6A86
        if not self._verified:
            return b"", NEEDS_PIN
        return tlv.encode(0x7C, tlv.encode(0x82, self._sign(value))), OK

    def _algorithm(self) -> int:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return RSA_2048
        return {256: ECC_P256, 384: ECC_P384}[self.key.curve.key_size]

    def _sign(self, value: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            numbers = self.key.private_numbers()
            plain = pow(int.from_bytes(value, "big"), numbers.d, numbers.public_numbers.n)
            return plain.to_bytes(256, "big")
        digest = hashes.SHA256() if self.key.curve.key_size == 256 else hashes.SHA384()
        return self.key.sign(value, ec.ECDSA(Prehashed(digest)))


def _holder() -> bytes:
    """The card holder unique identifier, all of it made up (SP 800-73-4 part 1 §3.1.2)."""
    return b"".join(
        tlv.encode(tag, value)
        for tag, value in ((0x30, bytes(25)), (0x34, bytes(range(16))), (0x35, b"20451231"), (0x3E, b""), (0xFE, b""))
    )


def _capabilities() -> bytes:
    """The card capability container (part 1 §3.1.1)."""
    identifier = AID + b"\x02\x01" + bytes(14)
    plain = ((0xF0, identifier), (0xF1, b"\x21"), (0xF2, b"\x21"), (0xF3, b""), (0xF4, b"\x00"), (0xF5, b"\x10"))
    empty = ((tag, b"") for tag in (0xF6, 0xF7, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE))
    return b"".join(tlv.encode(tag, value) for tag, value in (*plain, *empty))
