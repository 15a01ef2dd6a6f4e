"""The contract's calls from the kiosk's side. Only an answer that the portal signed for this very call counts."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from offline_queue.envelope import (
    ANSWER_HEADER,
    ENVELOPE_MEDIA_TYPE,
    NONCE_HEADER,
    Json,
    Packet,
    SealedEnvelope,
    answer_message,
    chunk_digests,
    chunks_of,
    sign_statement,
    verify_answer,
)
from offline_queue.http import Caller, NoReply, Reply, TlsFiles
from offline_queue.sealing import DeviceKey
from offline_queue.slip_message import Progress, Way

INLINE_BYTES: Final = 64 * 1024
_SLOWEST_BYTES_PER_S: Final = 8 * 1024


class Kind(StrEnum):
    """What a failed call says about what to do next."""

    OFFLINE = "offline"  # no answer of the portal's: the line; keep everything, probe again
    UNTRUSTED = "untrusted"  # TLS failed: perhaps somebody in between; keep, alarm, probe again
    BUSY = "busy"  # the portal answers but cannot take it now; keep, wait
    REFUSED = "refused"  # the portal does not know this kiosk; keep everything, stop sending, alarm
    POISON = "poison"  # the portal will never take this envelope; set it aside


@dataclass(frozen=True)
class Trouble:
    """A call without success; `code` is the portal's own or the transport's, `retry_after_s` what the portal asks."""

    kind: Kind
    code: str
    retry_after_s: float | None = None


@dataclass(frozen=True)
class Delivered:
    """The portal's receipt, still to be checked against what the outbox holds."""

    receipt: str = field(repr=False)


@dataclass(frozen=True)
class Hello:
    """The portal is there: its time (RFC 3339), the limits it announces, and how it sends slips."""

    time: datetime
    inline_bytes: int
    slip_by: frozenset[Way] = frozenset()
    slip_simulated: bool = False


@dataclass(frozen=True)
class _Answer:
    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Deadlines:
    """Seconds: for a call without a body, added to the time its bytes take on the slowest line worth using."""

    call_s: float = 10.0
    bytes_per_s: float = _SLOWEST_BYTES_PER_S
    connect_s: float = 5.0

    def for_bytes(self, size: int) -> float:
        """The total deadline of a call with a body of `size`."""
        return self.call_s + size / self.bytes_per_s


class PortalClient:
    """One connection to the portal; `another` gives a second one for a second sender."""

    def __init__(
        self,
        base_url: str,
        *,
        receipt_keys: Mapping[str, bytes],
        tls: TlsFiles | None = None,
        deadlines: Deadlines | None = None,
    ) -> None:
        self._base_url = base_url
        self._receipt_keys = receipt_keys
        self._tls = tls
        self._deadlines = deadlines or Deadlines()
        self._inline_bytes = INLINE_BYTES
        self._caller = Caller(base_url, tls=tls, connect_timeout_s=self._deadlines.connect_s)

    def another(self) -> "PortalClient":
        """A client like this one with a connection of its own."""
        return PortalClient(self._base_url, receipt_keys=self._receipt_keys, tls=self._tls, deadlines=self._deadlines)

    def without_certificate(self) -> "PortalClient":
        """A client that shows none: for the calls that fetch one, which must work when the old one has run out."""
        tls = TlsFiles(ca=self._tls.ca) if self._tls else None
        return PortalClient(self._base_url, receipt_keys=self._receipt_keys, tls=tls, deadlines=self._deadlines)

    def close(self) -> None:
        """Close the connection."""
        self._caller.close()

    def interrupt(self) -> None:
        """End a call in another thread at once, and every later one before it begins."""
        self._caller.interrupt()

    def lease_s(self, size: int = 1024 * 1024) -> float:
        """How long a delivery of `size` bytes may take with every call at its deadline, twice over."""
        return 2 * (self._deadlines.for_bytes(size) + 4 * self._deadlines.call_s)

    def hello(self) -> Hello | Trouble:
        """Whether the portal itself is at the other end: the connectivity probe."""
        answer = self._call("GET", "/v1/hello")
        if isinstance(answer, Trouble):
            return answer
        try:
            limits = answer.body["limits"]
            announced = answer.body.get("slip_by", ())
            ways = frozenset(way for way in Way if way in announced)
            simulated = answer.body.get("slip_simulated") is True
            return Hello(datetime.fromisoformat(answer.body["time"]), int(limits["inline_bytes"]), ways, simulated)
        except (KeyError, TypeError, ValueError):
            return Trouble(Kind.OFFLINE, "unreadable")

    def fleet(self) -> str | Trouble:
        """The keys of all kiosks as the portal's statement; `read_fleet` opens it."""
        answer = self._call("GET", "/v1/fleet")
        if isinstance(answer, Trouble):
            return answer
        text = answer.body.get("fleet")
        return text if isinstance(text, str) else Trouble(Kind.OFFLINE, "unreadable")

    def heartbeat(self, body: Mapping[str, Json], key: DeviceKey) -> Trouble | None:
        """Report this kiosk's health, signed; `body` must hold "kiosk_id"."""
        statement = sign_statement("heartbeat", body, key).encode("utf-8")
        answer = self._call("POST", "/v1/heartbeat", statement, "application/json")
        return answer if isinstance(answer, Trouble) else None

    def ask(self, kind: str, body: Mapping[str, Json], key: DeviceKey) -> Mapping[str, Any] | Trouble:
        """Hand in a statement of this kind (`enrol`, `renew`), signed by the device key; the portal's answer."""
        statement = sign_statement(kind, body, key).encode("utf-8")
        answer = self._call("POST", f"/v1/{kind}", statement, "application/json")
        return answer if isinstance(answer, Trouble) else answer.body

    def enquire(self, envelope: SealedEnvelope) -> Trouble | None:
        """Hand a sealed question to its department; `enquiry_answer` fetches what it says."""
        return self._hand_in("/v1/enquiry", envelope)

    def send_slip(self, envelope: SealedEnvelope) -> Trouble | None:
        """Hand a sealed slip in for a mailbox or a telephone; `slip_progress` tells what became of it."""
        return self._hand_in("/v1/slip_message", envelope)

    def _hand_in(self, path: str, envelope: SealedEnvelope) -> Trouble | None:
        packet = Packet(
            envelope.header,
            envelope.sha256,
            envelope.signature,
            chunk_digests(envelope.ciphertext),
            envelope.ciphertext,
        )
        answer = self._call("POST", path, packet.encode(), ENVELOPE_MEDIA_TYPE)
        return answer if isinstance(answer, Trouble) else None

    def slip_progress(self, message_id: str) -> Progress | Trouble:
        """How far a slip is that was handed in."""
        answer = self._call("GET", f"/v1/slip_message/{message_id}")
        if isinstance(answer, Trouble):
            return answer
        known = next((each for each in Progress if each == answer.body.get("state")), None)
        return known or Trouble(Kind.OFFLINE, "unreadable")

    def enquiry_answer(self, enquiry_id: str) -> str | Trouble | None:
        """The answer, sealed to the key that the question brought; None while the department is being asked."""
        answer = self._call("GET", f"/v1/enquiry/{enquiry_id}")
        if isinstance(answer, Trouble):
            return answer
        if answer.status == 202:
            return None
        text = answer.body.get("answer")
        return text if isinstance(text, str) else Trouble(Kind.OFFLINE, "unreadable")

    def has(self, envelope_id: str) -> bool | Trouble:
        """Whether the portal has receipted this envelope; one that it never heard of is not there."""
        answer = self._call("GET", f"/v1/envelopes/{envelope_id}")
        if isinstance(answer, Trouble):
            return False if answer.code == "unknown_envelope" else answer
        return answer.status == 200

    def deliver(self, envelope: SealedEnvelope) -> Delivered | Trouble:
        """Bring one envelope to the portal, from wherever an earlier try ended."""
        head = envelope.head
        small = len(envelope.ciphertext) <= self._inline_bytes
        pieces = chunks_of(envelope.ciphertext)
        packet = Packet(
            envelope.header,
            envelope.sha256,
            envelope.signature,
            chunk_digests(envelope.ciphertext),
            envelope.ciphertext if small else None,
        )
        address = f"/v1/envelopes/{head.id}"
        answer = self._call("PUT", address, packet.encode(), ENVELOPE_MEDIA_TYPE)
        if not isinstance(answer, Trouble) and answer.status == 202:
            answer = self._complete(address, pieces, answer)
        return answer if isinstance(answer, Trouble) else _delivered(answer)

    def _complete(self, address: str, pieces: list[bytes], announced: _Answer) -> _Answer | Trouble:
        for n in announced.body.get("missing", ()):
            if type(n) is not int or not 0 <= n < len(pieces):
                return Trouble(Kind.OFFLINE, "unreadable")
            sent = self._call("PUT", f"{address}/chunks/{n}", pieces[n], "application/octet-stream")
            if isinstance(sent, Trouble):
                return sent
        return self._call("POST", f"{address}/commit")

    def _call(self, method: str, path: str, body: bytes = b"", media_type: str = "") -> _Answer | Trouble:
        nonce = secrets.token_urlsafe(16)
        headers = {NONCE_HEADER: nonce} | ({"Content-Type": media_type} if media_type else {})
        deadline_s = self._deadlines.for_bytes(len(body))
        reply = self._caller.call(method, path, body=body, headers=headers, deadline_s=deadline_s)
        if isinstance(reply, NoReply):
            return Trouble(Kind.UNTRUSTED if reply.code == "tls" else Kind.OFFLINE, reply.code)
        message = answer_message(nonce=nonce, method=method, path=path, status=reply.status, body=reply.body)
        if not verify_answer(reply.headers.get(ANSWER_HEADER, ""), message, self._receipt_keys):
            return _unsigned(reply)
        return _judge(reply)


def _delivered(answer: _Answer) -> Delivered | Trouble:
    receipt = answer.body.get("receipt")
    return Delivered(receipt) if isinstance(receipt, str) else Trouble(Kind.OFFLINE, "unreadable")


def _unsigned(reply: Reply) -> Trouble:
    """Somebody else answered: a sign-in page, a proxy, or a portal behind a broken gateway."""
    if 300 <= reply.status < 400:
        return Trouble(Kind.OFFLINE, "redirected")
    retry_after_s = _retry_after(reply) if reply.status in (429, 502, 503, 504) else None
    return Trouble(Kind.OFFLINE, "not_the_portal", retry_after_s)


_POISON: Final = frozenset({400, 409, 413, 415, 422})


def _judge(reply: Reply) -> _Answer | Trouble:
    """What a signed answer means."""
    try:
        body = json.loads(reply.body)
    except ValueError:
        return Trouble(Kind.OFFLINE, "unreadable")
    if not isinstance(body, dict):
        return Trouble(Kind.OFFLINE, "unreadable")
    if 200 <= reply.status < 300:
        return _Answer(reply.status, body)
    code = str(body.get("code", f"http_{reply.status}"))[:40]
    if reply.status in _POISON and code != "chunks_missing":
        return Trouble(Kind.POISON, code)
    if reply.status in (401, 403):
        return Trouble(Kind.REFUSED, code)
    return Trouble(Kind.BUSY, code, _retry_after(reply))


def _retry_after(reply: Reply) -> float | None:
    """The seconds asked for, between 1 s and 15 min; a date or nonsense counts as nothing asked."""
    text = reply.headers.get("Retry-After", "")
    return min(max(float(text), 1.0), 900.0) if text.isascii() and text.isdigit() else None
