"""An emulated electronic travel document, strict where real chips are: BAC, PACE-GM, secure messaging, file access.

It refuses what the standards refuse (reading before access, a wrong MAC, a counter out of step, a length it cannot
answer) and forgets its session after the first error inside it. Its holder and issuer are made up.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from asn1crypto import core  # type: ignore[import-untyped]

from hardware.cards import tlv
from hardware.cards.apdu import Command, decode_command
from hardware.cards.emrtd import bac, ec, mapping, pace
from hardware.cards.emrtd.chip import ChipKey, session_keys
from hardware.cards.emrtd.curves import Curve
from hardware.cards.emrtd.lds import AID, CARD_ACCESS, CARD_SECURITY, CHIP_INFO, MASTER_FILE
from hardware.cards.emrtd.mrz import AccessKey, Can, MrzKey
from hardware.cards.emrtd.secure_messaging import ENCRYPTED, ENCRYPTED_ODD, LENGTH, MAC, STATUS, Keys
from hardware.cards.emrtd.suites import MAC_BYTES, TRIPLE_DES, pad, unpad
from hardware.cards.faults import CardError
from hardware.cards.sim.demo_card import answer_to_reset

OK, END_OF_FILE = 0x9000, 0x6282
DENIED, NO_ACCESS, NO_FILE_SELECTED = 0x6300, 0x6982, 0x6986
BAD_SM, MISSING_SM = 0x6988, 0x6987
WRONG_LENGTH, WRONG_OFFSET, WRONG_DATA, NOT_FOUND = 0x6700, 0x6B00, 0x6A80, 0x6A82
NO_INSTRUCTION = 0x6D00

Reply = tuple[bytes, int]


def card_access(info: pace.PaceInfo) -> bytes:
    """EF.CardAccess with one offer."""
    version = core.Integer(2).dump()
    parts = core.ObjectIdentifier(info.oid).dump() + version + core.Integer(info.parameter_id).dump()
    return tlv.encode(0x31, tlv.encode(0x30, parts))


def chip_info(longest: int) -> bytes:
    """EF.ATR/INFO that admits to extended lengths."""
    size = core.Integer(longest).dump()
    return tlv.encode(0x7F66, size + size)


@dataclass
class _Exchange:
    """How far a PACE exchange has come."""

    password: AccessKey
    nonce: bytes = b""
    mapped: Curve | None = None
    terminal_public: ec.Point | None = None
    chip_public: ec.Point | None = None
    keys: Keys | None = None
    mapping_secret: int = 0


@dataclass
class EmrtdCard:
    """One document: the files of its application by identifier, and what opens it.

    `offer` is its PACE (None: BAC only), `bac` whether it still takes BAC, `extended` its longest answer beyond 256
    bytes (None: short only). `card_security` and `mapping_key` answer chip authentication mapping, `chip_key` and
    `chip_secret` chip authentication, `sign` active authentication. A chip that promises too much refuses answers
    above `refuses_above` bytes, inside its channel or, with `refuses_in_plain`, by dropping it. A chip of small buffers
    `gives_at_most` so many bytes, whatever it was asked for; one that is `mute_above` some length says nothing at all.
    `tries` counts the refused keys.
    """

    files: Mapping[int, bytes]
    key: MrzKey
    can: Can | None = None
    offer: pace.PaceInfo | None = None
    bac: bool = True
    extended: int | None = None
    random: Callable[[int], bytes] = os.urandom
    chip_key: ChipKey | None = None
    chip_secret: int = 0
    sign: Callable[[bytes], bytes] | None = None
    card_security: bytes = b""
    mapping_key: int = 1
    refuses_above: int | None = None
    refuses_in_plain: bool = False
    gives_at_most: int | None = None
    mute_above: int | None = None
    tries: int = 0
    atr: bytes = field(default=answer_to_reset(b"\x80\x31eMRTD"), init=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the session, the selection and every exchange under way."""
        self._keys: Keys | None = None
        self._in_application = False
        self._file: bytes | None = None
        self._challenge = b""
        self._exchange: _Exchange | None = None
        self._next_keys: Keys | None = None
        self._chip_chosen = False

    def respond(self, command: bytes) -> bytes:
        """The answer to one command, protected while a session lasts."""
        parsed = decode_command(command)
        if parsed is None or (parsed.extended and self.extended is None):
            return _raw(b"", WRONG_LENGTH)
        if self.mute_above is not None and (parsed.le or 0) > self.mute_above:
            return b""
        if self._keys is None:
            return _raw(*self._obey(parsed)) if parsed.cla & 0x0C == 0 else _raw(b"", 0x6882)
        return self._secured(self._keys, parsed)

    def _secured(self, keys: Keys, command: Command) -> bytes:
        plain = uncover(keys, command) if command.cla & 0x0C == 0x0C else MISSING_SM
        if isinstance(plain, int):
            self.reset()
            return _raw(b"", plain)
        if self.refuses_above is not None and plain.ins in (0xB0, 0xB1) and (plain.le or 0) > self.refuses_above:
            if self.refuses_in_plain:
                self.reset()
                return _raw(b"", WRONG_LENGTH)
            return cover(keys, b"", WRONG_LENGTH, odd=False)
        data, sw = self._obey(plain)
        answer = cover(keys, data, sw, odd=bool(plain.ins & 1))
        if self._next_keys is not None:  # the answer itself still goes under the old keys
            self._keys, self._next_keys = self._next_keys, None
        if not command.extended and len(answer) > 258:
            self.reset()
            return _raw(b"", WRONG_LENGTH)
        return answer

    def _obey(self, command: Command) -> Reply:
        verbs = {
            0xA4: self._select,
            0xB0: self._read,
            0xB1: self._read_odd,
            0x84: self._give_challenge,
            0x82: self._authenticate,
            0x22: self._prepare,
            0x86: self._do_pace,
            0x88: self._sign,
        }
        verb = verbs.get(command.ins)
        try:
            return verb(command) if verb else (b"", NO_INSTRUCTION)
        except CardError:
            return b"", WRONG_DATA

    # -- files

    def _select(self, command: Command) -> Reply:
        self._file = None
        if command.p1 == 0x04:
            self._in_application = command.data == AID
            return b"", OK if self._in_application else NOT_FOUND
        identifier = int.from_bytes(command.data, "big")
        if command.p1 == 0x00 and identifier in (0, MASTER_FILE):
            self._in_application = False
            return b"", OK
        return self._open(identifier)

    def _open(self, identifier: int) -> Reply:
        found = self._visible().get(identifier)
        if found is None:
            return b"", NOT_FOUND
        if self._in_application and self._keys is None:
            return b"", NO_ACCESS
        self._file = found
        return b"", OK

    def _visible(self) -> Mapping[int, bytes]:
        if self._in_application:
            return self.files
        master = {} if self.offer is None else {CARD_ACCESS: card_access(self.offer)}
        if self.card_security and self._keys is not None:
            master[CARD_SECURITY] = self.card_security
        return master if self.extended is None else master | {CHIP_INFO: chip_info(self.extended)}

    def _read(self, command: Command) -> Reply:
        offset = command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            if command.p1 & 0x60:
                return b"", WRONG_OFFSET
            sw = self._open_short(command.p1 & 0x1F)
            if sw != OK:
                return b"", sw
            offset = command.p2
        return self._piece(offset, command.le or 0)

    def _open_short(self, short: int) -> int:
        prefix = 0x0100 if self._in_application or short in (CARD_ACCESS & 0x1F, CARD_SECURITY & 0x1F) else 0x2F00
        return self._open(prefix | short)[1]

    def _read_odd(self, command: Command) -> Reply:
        offset = int.from_bytes(tlv.unwrap(command.data, 0x54), "big")
        data, sw = self._piece(offset, max(0, (command.le or 0) - 5))
        return (tlv.encode(0x53, data), sw) if data else (data, sw)

    def _piece(self, offset: int, length: int) -> Reply:
        if self._file is None:
            return b"", NO_FILE_SELECTED if self._keys or not self._in_application else NO_ACCESS
        if offset >= len(self._file):
            return b"", WRONG_OFFSET
        piece = self._file[offset : offset + min(length, self.gives_at_most or length)]
        return piece, OK if len(piece) == length or length == 256 else END_OF_FILE

    # -- basic access control

    def _give_challenge(self, command: Command) -> Reply:
        if not self.bac or command.le != 8:
            return b"", NO_ACCESS
        self._challenge = self.random(8)
        return self._challenge, OK

    def _authenticate(self, command: Command) -> Reply:
        challenge, self._challenge = self._challenge, b""
        enc, mac = bac.access_keys(self.key)
        secret, signature = command.data[:32], command.data[32:]
        if not challenge or len(command.data) != 40 or not self._in_application:
            return b"", NO_ACCESS
        plain = TRIPLE_DES.decrypt(enc, secret)
        right = hmac.compare_digest(TRIPLE_DES.mac(mac, pad(secret, 8)), signature)
        if not right or plain[8:16] != challenge:
            self.tries += 1
            return b"", DENIED
        half = self.random(16)
        answer = TRIPLE_DES.encrypt(enc, challenge + plain[:8] + half)
        self._keys = bac.session_keys(plain[16:], half, challenge, plain[:8])
        return answer + TRIPLE_DES.mac(mac, pad(answer, 8)), OK

    # -- chip authentication and active authentication

    def _prepare(self, command: Command) -> Reply:
        if command.p1 == 0xC1:
            return self._prepare_pace(command)
        key = self.chip_key
        if key is None or self._keys is None or command.p1 != 0x41:
            return b"", NO_INSTRUCTION
        objects = tlv.parse(command.data)
        reference = None if key.reference is None else core.Integer(key.reference).contents
        if objects.get(0x84) != reference:
            return b"", WRONG_DATA
        if key.suite == TRIPLE_DES:
            return self._agree_on_chip(key, objects.get(0x91, b"")) if command.p2 == 0xA6 else (b"", WRONG_DATA)
        self._chip_chosen = command.p2 == 0xA4 and objects.get(0x80) == core.ObjectIdentifier(key.oid).contents
        return b"", OK if self._chip_chosen else WRONG_DATA

    def _agree_on_chip(self, key: ChipKey, public: bytes) -> Reply:
        shared = ec.multiply(key.curve, self.chip_secret, ec.decode(key.curve, public))
        self._next_keys = session_keys(key, shared)
        return b"", OK

    def _sign(self, command: Command) -> Reply:
        if self.sign is None or self._keys is None or len(command.data) != 8:
            return b"", NO_INSTRUCTION
        return self.sign(command.data), OK

    # -- PACE

    def _prepare_pace(self, command: Command) -> Reply:
        if self.offer is None or (command.p1, command.p2) != (0xC1, 0xA4):
            return b"", NO_INSTRUCTION
        objects = tlv.parse(command.data)
        password = {b"\x01": self.key, b"\x02": self.can}.get(objects.get(0x83, b""))
        if objects.get(0x80) != core.ObjectIdentifier(self.offer.oid).contents or password is None:
            return b"", WRONG_DATA
        if objects.get(0x84, bytes((self.offer.parameter_id,))) != bytes((self.offer.parameter_id,)):
            return b"", WRONG_DATA
        self._exchange = _Exchange(password)
        return b"", OK

    def _do_pace(self, command: Command) -> Reply:
        """One step of the chain; whatever goes wrong ends the exchange. Inside a session it is chip authentication."""
        if self._chip_chosen and self.chip_key is not None:
            self._chip_chosen = False
            public = tlv.parse(tlv.unwrap(command.data, 0x7C)).get(0x80, b"")
            return tlv.encode(0x7C, b""), self._agree_on_chip(self.chip_key, public)[1]
        exchange, self._exchange = self._exchange, None
        if exchange is None or self.offer is None:
            return b"", NO_ACCESS
        objects = tlv.parse(tlv.unwrap(command.data, 0x7C))
        if exchange.keys is not None:
            return self._finish(exchange, exchange.keys, self.offer, objects.get(0x85, b""))
        if command.cla != 0x10:
            return b"", WRONG_DATA
        answer = self._advance(exchange, self.offer, objects)
        self._exchange = exchange
        return tlv.encode(0x7C, answer), OK

    def _advance(self, exchange: _Exchange, offer: pace.PaceInfo, objects: Mapping[int, bytes]) -> bytes:
        if not exchange.nonce:
            exchange.nonce = self.random(offer.nonce_bytes)
            key = pace.password_key(offer.suite, exchange.password)
            return tlv.encode(0x80, offer.suite.encrypt(key, exchange.nonce))
        if exchange.mapped is None and offer.family == pace.ECDH_IM:
            exchange.mapped = mapping.integrated(offer.curve, offer.suite, exchange.nonce, objects.get(0x81, b""))
            return tlv.encode(0x82, b"")
        if exchange.mapped is None:
            public, shared, _ = self._agree(offer.curve, objects.get(0x81, b""), exchange)
            exchange.mapped = mapping.generic(offer.curve, exchange.nonce, shared)
            return tlv.encode(0x82, ec.encode(offer.curve, public))
        public, shared, theirs = self._agree(exchange.mapped, objects.get(0x83, b""))
        exchange.keys = pace.session_keys(offer, shared)
        exchange.chip_public, exchange.terminal_public = public, theirs
        return tlv.encode(0x84, ec.encode(offer.curve, public))

    def _agree(
        self, curve: Curve, data: bytes, mapping_of: _Exchange | None = None
    ) -> tuple[ec.Point, ec.Point, ec.Point]:
        theirs = ec.decode(curve, data)
        private = pace.private_key(curve, self.random)
        if mapping_of is not None:
            mapping_of.mapping_secret = private
        return ec.multiply(curve, private, ec.generator(curve)), ec.multiply(curve, private, theirs), theirs

    def _finish(self, exchange: _Exchange, keys: Keys, offer: pace.PaceInfo, theirs: bytes) -> Reply:
        if exchange.chip_public is None or exchange.terminal_public is None:
            return b"", WRONG_DATA
        if not hmac.compare_digest(pace.token(offer, keys.mac, exchange.chip_public), theirs):
            self.tries += 1
            return b"", DENIED
        self._keys, self._in_application = keys, False
        answer = tlv.encode(0x86, pace.token(offer, keys.mac, exchange.terminal_public))
        if offer.family == pace.ECDH_CAM:
            answer += tlv.encode(0x8A, self._prove_by_mapping(offer.curve, keys, exchange.mapping_secret))
        return tlv.encode(0x7C, answer), OK

    def _prove_by_mapping(self, curve: Curve, keys: Keys, mapping_secret: int) -> bytes:
        """The encrypted chip authentication data (9303-11 §4.4.3.5)."""
        scalar = pow(self.mapping_key, -1, curve.n) * mapping_secret % curve.n
        plain = pad(scalar.to_bytes((curve.n.bit_length() + 7) // 8, "big"), keys.suite.block)
        return keys.suite.encrypt(keys.enc, plain, b"\xff" * keys.suite.block)


def _raw(data: bytes, sw: int) -> bytes:
    return data + sw.to_bytes(2, "big")


def uncover(keys: Keys, command: Command) -> Command | int:
    """The plain command in a protected one, or the status that says why it is none; steps the counter."""
    ssc = keys.step()
    try:
        objects = tlv.parse(command.data)
    except CardError:
        return BAD_SM
    signature = objects.get(MAC)
    if signature is None or len(signature) != MAC_BYTES:
        return MISSING_SM
    head = bytes((command.cla, command.ins, command.p1, command.p2))
    body = command.data[: -2 - MAC_BYTES]
    signed = pad(head, keys.suite.block) + body if body else head
    if not hmac.compare_digest(keys.sign(ssc, signed), signature):
        return BAD_SM
    data = _plain_data(keys, objects, ssc)
    if data is None:
        return BAD_SM
    le = _plain_le(objects.get(LENGTH))
    return Command(command.cla & ~0x0C, command.ins, command.p1, command.p2, data, le)


def _plain_data(keys: Keys, objects: Mapping[int, bytes], ssc: bytes) -> bytes | None:
    secret = objects.get(ENCRYPTED_ODD, objects.get(ENCRYPTED, b"\x01")[1:])
    if len(secret) % keys.suite.block:
        return None
    return unpad(keys.suite.decrypt(keys.enc, secret, ssc)) if secret else b""


def _plain_le(value: bytes | None) -> int | None:
    if value is None:
        return None
    return int.from_bytes(value, "big") or (256 if len(value) == 1 else 65536)


def cover(keys: Keys, data: bytes, sw: int, *, odd: bool) -> bytes:
    """The protected form of an answer; steps the counter."""
    ssc = keys.step()
    body = b""
    if data:
        secret = keys.suite.encrypt(keys.enc, pad(data, keys.suite.block), ssc)
        body = tlv.encode(ENCRYPTED_ODD, secret) if odd else tlv.encode(ENCRYPTED, b"\x01" + secret)
    body += tlv.encode(STATUS, sw.to_bytes(2, "big"))
    return _raw(body + tlv.encode(MAC, keys.sign(ssc, body)), sw)
