"""Taking envelopes: every function runs inside one transaction of the store."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from offline_queue.envelope import (
    CHUNK_BYTES,
    Header,
    Json,
    Malformed,
    Packet,
    Signer,
    b64,
    chunk_digests,
    chunks_of,
    envelope_digest,
    instant,
    parse_header,
    parse_packet,
    sign_receipt,
    sign_statement,
)
from portal.database import TAKING, Database, lock
from portal.fleet import audit_changed
from portal.objects import Objects, ObjectsUnavailableError
from portal.problem import Problem
from portal.signature import device_signed

_KEY_ID: Final = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True)
class Taken:
    """The envelope's effect stands; `again` when it stood before this call."""

    receipt: str
    again: bool


@dataclass(frozen=True)
class Missing:
    """The envelope is announced; these chunks have not arrived."""

    chunks: tuple[int, ...]


@dataclass(frozen=True)
class Checked:
    """Whether an envelope's signature is genuine under this public key (raw, 32 bytes)."""

    public: bytes
    genuine: bool


@dataclass(frozen=True)
class Announced:
    """A packet whose form is right: parsed, but its device not yet known.

    `checked`: what its signature has been found to be, should anybody have looked already.
    """

    packet: Packet
    header: Header
    checked: Checked | None = field(default=None, repr=False)


def read_announcement(envelope_id: str, raw: bytes, recipient_kids: frozenset[str]) -> Announced | Problem:
    """Check all of a PUT's form that needs no database."""
    packet = parse_packet(raw)
    if isinstance(packet, Malformed):
        return Problem(400, "malformed", packet.code)
    header = parse_header(packet.header)
    if isinstance(header, Malformed):
        return Problem(400, "malformed", header.code)
    return _form_problem(envelope_id, packet, header, recipient_kids) or Announced(packet, header)


def _form_problem(envelope_id: str, packet: Packet, header: Header, recipient_kids: frozenset[str]) -> Problem | None:
    if header.id != envelope_id:
        return Problem(422, "wrong_id")
    sizes_right = len(packet.chunk_sha256) == -(-header.size // CHUNK_BYTES)
    if not sizes_right or (packet.inline is not None and len(packet.inline) != header.size):
        return Problem(422, "wrong_chunks")
    if recipient_kids.isdisjoint(wrap.kid for wrap in header.wraps):
        return Problem(422, "unknown_recipient")
    if packet.inline is not None and envelope_digest(packet.header, packet.inline) != packet.sha256:
        return Problem(422, "digest_mismatch")
    return None


def announce(db: Database, asked: Announced, signer: Signer, now: datetime) -> Taken | Missing | Problem:
    """Take note of an envelope, and take it if all of it is here.

    Missing without a chunk means that all has arrived but lies in the object store: fetch it and `commit`.
    """
    refusal = device_problem(db, asked)
    if refusal is not None:
        return refusal
    envelope_id, inline = asked.header.id, asked.packet.inline
    if inline is not None:
        lock(db, TAKING)  # before any row: as everybody does who takes, so that nobody waits in a circle
    if _insert(db, asked, now):
        if inline is None:
            return Missing(tuple(range(len(asked.packet.chunk_sha256))))
        return _take_next(db, envelope_id, asked.packet.sha256, place_of(asked.header), signer, now)
    row = db.execute("SELECT sha256 FROM envelope WHERE id = ?", (envelope_id,)).fetchone()
    if bytes(row[0]) != asked.packet.sha256:
        return Problem(409, "conflict", "id")
    if inline is not None:
        _fill(db, envelope_id, chunks_of(inline))
    standing = look(db, envelope_id)
    if isinstance(standing, Missing) and not standing.chunks and not _in_objects(db, envelope_id):
        return commit(db, envelope_id, signer, now)
    return standing


def _in_objects(db: Database, envelope_id: str) -> bool:
    sql = "SELECT 1 FROM chunk WHERE envelope_id = ? AND object IS NOT NULL LIMIT 1"
    return db.execute(sql, (envelope_id,)).fetchone() is not None


def place_of(header: Header) -> tuple[str, str, int]:
    return (header.kiosk_id, header.case_id, header.case_seq)


def device_problem(db: Database, asked: Announced) -> Problem | None:
    """Why this envelope's device may not speak, if so."""
    sender = known_device(db, asked.header.device_kid)
    return sender if isinstance(sender, Problem) else sender_problem(sender, asked)


def sender_problem(sender: "Sender", asked: Announced) -> Problem | None:
    """Why this envelope is not that device's, if so."""
    if sender.kiosk_id != asked.header.kiosk_id:
        return Problem(401, "unknown_device")
    checked = asked.checked
    if checked is None or checked.public != sender.public:
        checked = check_signature(asked, sender.public)
    return None if checked.genuine else Problem(422, "bad_signature")


def check_signature(asked: Announced, public: bytes) -> Checked:
    """Look at an envelope's signature: nobody's transaction has to wait for it."""
    return Checked(public, device_signed(public, asked.packet.sha256, asked.packet.signature))


def _insert(db: Database, asked: Announced, now: datetime) -> bool:
    """Note an envelope: whole, or the chunks to come; false when its id is known."""
    sql = "INSERT INTO envelope VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
    if db.execute(sql, envelope_row(asked, now, None)).rowcount == 0:
        return False
    if asked.packet.inline is None:
        rows = [(asked.header.id, n, digest) for n, digest in enumerate(asked.packet.chunk_sha256)]
        db.executemany("INSERT INTO chunk (envelope_id, n, sha256) VALUES (?, ?, ?)", rows)
    return True


def envelope_row(asked: Announced, now: datetime, receipt: str | None) -> tuple[object, ...]:
    """What the row of an envelope holds; the bytes of one that came whole among it."""
    header, packet = asked.header, asked.packet
    names = (header.id, *place_of(header), header.service, header.receipt_number)
    return (*names, packet.header, packet.sha256, header.size, instant(now), receipt, packet.inline)


def _fill(db: Database, envelope_id: str, pieces: list[bytes]) -> None:
    rows = [(piece, envelope_id, n) for n, piece in enumerate(pieces)]
    sql = "UPDATE chunk SET data = ? WHERE envelope_id = ? AND n = ? AND data IS NULL AND object IS NULL"
    db.executemany(sql, rows)


def chunk_wanted(db: Database, envelope_id: str, n: int, sha256: bytes) -> bool | Problem:
    """Whether a chunk of this digest is still to be stored; a Problem when it is not one that was announced."""
    sql = "SELECT sha256, data IS NULL AND object IS NULL FROM chunk WHERE envelope_id = ? AND n = ?"
    row = db.execute(sql, (envelope_id, n)).fetchone()
    if row is None:
        return _of_whole(db, envelope_id, n, sha256)
    return bool(row[1]) if sha256 == bytes(row[0]) else Problem(422, "digest_mismatch")


def _of_whole(db: Database, envelope_id: str, n: int, sha256: bytes) -> bool | Problem:
    """None of its chunks is still to be stored, if the envelope came whole and this is one of them."""
    row = db.execute("SELECT body FROM envelope WHERE id = ?", (envelope_id,)).fetchone()
    if row is None:
        return Problem(404, "unknown_envelope")
    digests = chunk_digests(bytes(row[0] or b""))
    if n >= len(digests):
        return Problem(404, "unknown_chunk")
    return False if sha256 == digests[n] else Problem(422, "digest_mismatch")


def take_chunk(db: Database, envelope_id: str, n: int, data: bytes, *, stored_as: str | None = None) -> Problem | None:
    """Store one chunk, or the name of the object that holds it; the same chunk again changes nothing."""
    wanted = chunk_wanted(db, envelope_id, n, hashlib.sha256(data).digest())
    if isinstance(wanted, Problem):
        return wanted
    if wanted:
        kept = (None if stored_as else data, stored_as, envelope_id, n)
        db.execute("UPDATE chunk SET data = ?, object = ? WHERE envelope_id = ? AND n = ?", kept)
    return None


def look(db: Database, envelope_id: str) -> Taken | Missing | Problem:
    """Where an envelope stands."""
    row = db.execute("SELECT receipt FROM envelope WHERE id = ?", (envelope_id,)).fetchone()
    if row is None:
        return Problem(404, "unknown_envelope")
    if row[0] is not None:
        return Taken(row[0], again=True)
    sql = "SELECT n FROM chunk WHERE envelope_id = ? AND data IS NULL AND object IS NULL ORDER BY n"
    return Missing(tuple(n for (n,) in db.execute(sql, (envelope_id,))))


def commit(
    db: Database, envelope_id: str, signer: Signer, now: datetime, *, body: bytes | None = None
) -> Taken | Problem:
    """Take a complete envelope: receipt and delivery row in one transaction; again gives the same receipt.

    `body` is the ciphertext when it does not lie in the rows.
    """
    standing = look(db, envelope_id)
    if isinstance(standing, (Taken, Problem)):
        return standing
    if standing.chunks:
        return Problem(409, "chunks_missing", ",".join(map(str, standing.chunks[:20])))
    row = db.execute("SELECT header, sha256, kiosk_id, case_id, case_seq FROM envelope WHERE id = ?", (envelope_id,))
    header, sha256, *place = row.fetchone()
    ciphertext = body_of(db, envelope_id) if body is None else body
    if envelope_digest(bytes(header), ciphertext) != bytes(sha256):
        return Problem(422, "digest_mismatch")
    return _take_next(db, envelope_id, bytes(sha256), place, signer, now)


def _take_next(
    db: Database, envelope_id: str, sha256: bytes, place: Sequence[object], signer: Signer, now: datetime
) -> Taken | Problem:
    """Take an envelope behind whatever is being taken on any node: numbers are given in the order of the commits."""
    lock(db, TAKING)
    row = db.execute("SELECT receipt FROM envelope WHERE id = ?", (envelope_id,)).fetchone()
    if row[0] is not None:
        return Taken(row[0], again=True)  # another node was quicker
    if _place_taken(db, place):
        return Problem(409, "conflict", "case")
    return _take(db, envelope_id, sha256, signer, now)


def _place_taken(db: Database, place: Sequence[object]) -> bool:
    sql = "SELECT 1 FROM envelope WHERE kiosk_id = ? AND case_id = ? AND case_seq = ? AND receipt IS NOT NULL"
    return db.execute(sql, place).fetchone() is not None


def _take(db: Database, envelope_id: str, sha256: bytes, signer: Signer, now: datetime) -> Taken:
    sql = "INSERT INTO delivery SELECT coalesce(max(seq), 0) + 1, CAST(? AS TEXT) FROM delivery RETURNING seq"
    (seq,) = db.execute(sql, (envelope_id,)).fetchone()
    receipt = receipt_of(envelope_id, sha256, seq, now, signer)
    db.execute("UPDATE envelope SET receipt = ? WHERE id = ?", (receipt, envelope_id))
    return Taken(receipt, again=False)


def receipt_of(envelope_id: str, sha256: bytes, seq: int, now: datetime, signer: Signer) -> str:
    """The signed receipt for the delivery of this number."""
    return sign_receipt(id=envelope_id, sha256=sha256, reference=f"P{seq:08d}", accepted=now, signer=signer).text


def pieces_of(db: Database, envelope_id: str) -> list[bytes | str]:
    """The ciphertext in pieces: its bytes, or the names of the objects that hold them."""
    whole = db.execute("SELECT body FROM envelope WHERE id = ? AND body IS NOT NULL", (envelope_id,)).fetchone()
    if whole is not None:
        return [bytes(whole[0])]
    rows = db.execute("SELECT data, object FROM chunk WHERE envelope_id = ? ORDER BY n", (envelope_id,))
    return [str(name) if data is None else bytes(data) for data, name in rows]


def joined(pieces: Sequence[bytes | str], objects: Objects | None) -> bytes:
    """The ciphertext. ObjectsUnavailableError."""
    return b"".join(piece if isinstance(piece, bytes) else _fetched(piece, objects) for piece in pieces)


def _fetched(name: str, objects: Objects | None) -> bytes:
    if objects is None:
        raise ObjectsUnavailableError("no object store is named, but bytes lie in one")
    return objects.get(name)


def body_of(db: Database, envelope_id: str, objects: Objects | None = None) -> bytes:
    """The ciphertext, joined. ObjectsUnavailableError."""
    return joined(pieces_of(db, envelope_id), objects)


@dataclass(frozen=True)
class Sender:
    """An enrolled device key."""

    kid: str
    kiosk_id: str
    public: bytes


def known_device(db: Database, kid: str) -> Sender | Problem:
    """The enrolled device with this key id."""
    if not _KEY_ID.fullmatch(kid):
        return Problem(401, "unknown_device")
    row = db.execute("SELECT kid, kiosk_id, public, revoked FROM kiosk WHERE kid = ?", (kid,)).fetchone()
    return Problem(401, "unknown_device") if row is None else sender_in(row)


def sender_in(row: Sequence[Any]) -> Sender | Problem:
    """The device in a row of kid, kiosk_id, public, revoked."""
    kid, kiosk_id, public, revoked = row
    return Problem(403, "revoked_device") if revoked is not None else Sender(kid, kiosk_id, bytes(public))


def sender_of(db: Database, statement: str) -> Sender | Problem:
    """The device that a signed statement names; its signature is still to be checked."""
    try:
        kid = json.loads(statement)["kid"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return Problem(400, "malformed")
    return known_device(db, kid) if isinstance(kid, str) else Problem(400, "malformed")


def fleet_statement(db: Database, signer: Signer) -> str:
    """All enrolled device keys, signed, so that a kiosk can prove another's slip without the line."""
    rows = db.execute("SELECT kid, public FROM kiosk WHERE revoked IS NULL ORDER BY kid").fetchall()
    keys: dict[str, Json] = {kid: b64(bytes(public)) for kid, public in rows}
    return sign_statement("fleet", {"keys": keys}, signer)


def keep_heartbeat(db: Database, kiosk_id: str, body: Mapping[str, Any], now: datetime) -> None:
    """Keep a kiosk's newest heartbeat; an alarm about its audit chain stays."""
    lock(db, f"heartbeat {kiosk_id}")
    row = db.execute("SELECT body, alarm FROM heartbeat WHERE kiosk_id = ?", (kiosk_id,)).fetchone()
    before, alarm = row or (None, "")
    if audit_changed(before, body):
        alarm = "audit_changed"
    db.execute(
        "INSERT INTO heartbeat VALUES (?, ?, ?, ?) ON CONFLICT (kiosk_id) DO UPDATE SET"
        " at = excluded.at, body = excluded.body, alarm = excluded.alarm",
        (kiosk_id, instant(now), json.dumps(body), alarm),
    )


def enrol(db: Database, kiosk_id: str, kid: str, public: bytes, now: datetime) -> None:
    """Let a device key speak for a kiosk; the same key again changes nothing but its kiosk."""
    db.execute(
        "INSERT INTO kiosk VALUES (?, ?, ?, ?, NULL) ON CONFLICT (kid) DO UPDATE SET"
        " kiosk_id = excluded.kiosk_id, enrolled = excluded.enrolled, revoked = NULL",
        (kid, kiosk_id, public, instant(now)),
    )


def revoke(db: Database, kiosk_id: str, now: datetime) -> int:
    """Withdraw every key of a kiosk; how many those were."""
    sql = "UPDATE kiosk SET revoked = ? WHERE kiosk_id = ? AND revoked IS NULL"
    return db.execute(sql, (instant(now), kiosk_id)).rowcount
