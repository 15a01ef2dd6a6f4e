"""Taking envelopes: every function runs inside one transaction of the store."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from offline_queue.envelope import (
    CHUNK_BYTES,
    Header,
    Json,
    Malformed,
    Packet,
    Signer,
    b64,
    chunks_of,
    envelope_digest,
    instant,
    parse_header,
    parse_packet,
    sign_receipt,
    sign_statement,
    verify_envelope_signature,
)
from portal.fleet import audit_changed
from portal.problem import Problem


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
class Announced:
    """A packet whose form is right: parsed, but its device not yet known."""

    packet: Packet
    header: Header


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


def announce(db: sqlite3.Connection, asked: Announced, signer: Signer, now: datetime) -> Taken | Missing | Problem:
    """Take note of an envelope, and take it whole if its body came along."""
    refusal = device_problem(db, asked)
    if refusal is not None:
        return refusal
    row = db.execute("SELECT sha256 FROM envelope WHERE id = ?", (asked.header.id,)).fetchone()
    if row is not None and bytes(row[0]) != asked.packet.sha256:
        return Problem(409, "conflict", "id")
    if row is None:
        _insert(db, asked, now)
    if asked.packet.inline is not None:
        _fill(db, asked.header.id, chunks_of(asked.packet.inline))
    standing = look(db, asked.header.id)
    if isinstance(standing, Missing) and not standing.chunks:
        return commit(db, asked.header.id, signer, now)
    return standing


def device_problem(db: sqlite3.Connection, asked: Announced) -> Problem | None:
    """Why this envelope's device may not speak, if so."""
    sender = known_device(db, asked.header.device_kid)
    if isinstance(sender, Problem):
        return sender
    if sender.kiosk_id != asked.header.kiosk_id:
        return Problem(401, "unknown_device")
    genuine = verify_envelope_signature(sender.public, asked.packet.sha256, asked.packet.signature)
    return None if genuine else Problem(422, "bad_signature")


def _insert(db: sqlite3.Connection, asked: Announced, now: datetime) -> None:
    header, packet = asked.header, asked.packet
    values = (header.id, header.kiosk_id, header.case_id, header.case_seq, header.service, header.receipt_number)
    stored = (packet.header, packet.sha256, header.size, instant(now), None)
    db.execute("INSERT INTO envelope VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, *stored))
    rows = [(header.id, n, digest) for n, digest in enumerate(packet.chunk_sha256)]
    db.executemany("INSERT INTO chunk (envelope_id, n, sha256) VALUES (?, ?, ?)", rows)


def _fill(db: sqlite3.Connection, envelope_id: str, pieces: list[bytes]) -> None:
    rows = [(piece, envelope_id, n) for n, piece in enumerate(pieces)]
    db.executemany("UPDATE chunk SET data = ? WHERE envelope_id = ? AND n = ? AND data IS NULL", rows)


def take_chunk(db: sqlite3.Connection, envelope_id: str, n: int, data: bytes) -> Problem | None:
    """Store one chunk; the same chunk again changes nothing."""
    sql = "SELECT sha256, data IS NOT NULL FROM chunk WHERE envelope_id = ? AND n = ?"
    row = db.execute(sql, (envelope_id, n)).fetchone()
    if row is None:
        known = db.execute("SELECT 1 FROM envelope WHERE id = ?", (envelope_id,)).fetchone()
        return Problem(404, "unknown_chunk" if known else "unknown_envelope")
    if hashlib.sha256(data).digest() != bytes(row[0]):
        return Problem(422, "digest_mismatch")
    if not row[1]:
        db.execute("UPDATE chunk SET data = ? WHERE envelope_id = ? AND n = ?", (data, envelope_id, n))
    return None


def look(db: sqlite3.Connection, envelope_id: str) -> Taken | Missing | Problem:
    """Where an envelope stands."""
    row = db.execute("SELECT receipt FROM envelope WHERE id = ?", (envelope_id,)).fetchone()
    if row is None:
        return Problem(404, "unknown_envelope")
    if row[0] is not None:
        return Taken(row[0], again=True)
    sql = "SELECT n FROM chunk WHERE envelope_id = ? AND data IS NULL ORDER BY n"
    return Missing(tuple(n for (n,) in db.execute(sql, (envelope_id,))))


def commit(db: sqlite3.Connection, envelope_id: str, signer: Signer, now: datetime) -> Taken | Problem:
    """Take a complete envelope: receipt and delivery row in one transaction; again gives the same receipt."""
    standing = look(db, envelope_id)
    if isinstance(standing, (Taken, Problem)):
        return standing
    if standing.chunks:
        return Problem(409, "chunks_missing", ",".join(map(str, standing.chunks[:20])))
    row = db.execute("SELECT header, sha256, kiosk_id, case_id, case_seq FROM envelope WHERE id = ?", (envelope_id,))
    header, sha256, *place = row.fetchone()
    if envelope_digest(bytes(header), body_of(db, envelope_id)) != bytes(sha256):
        return Problem(422, "digest_mismatch")
    if _place_taken(db, place):
        return Problem(409, "conflict", "case")
    return _take(db, envelope_id, bytes(sha256), signer, now)


def _place_taken(db: sqlite3.Connection, place: list[object]) -> bool:
    sql = "SELECT 1 FROM envelope WHERE kiosk_id = ? AND case_id = ? AND case_seq = ? AND receipt IS NOT NULL"
    return db.execute(sql, place).fetchone() is not None


def _take(db: sqlite3.Connection, envelope_id: str, sha256: bytes, signer: Signer, now: datetime) -> Taken:
    seq = db.execute("INSERT INTO delivery (envelope_id) VALUES (?)", (envelope_id,)).lastrowid
    receipt = sign_receipt(id=envelope_id, sha256=sha256, reference=f"P{seq:08d}", accepted=now, signer=signer)
    db.execute("UPDATE envelope SET receipt = ? WHERE id = ?", (receipt.text, envelope_id))
    return Taken(receipt.text, again=False)


def body_of(db: sqlite3.Connection, envelope_id: str) -> bytes:
    """The ciphertext, joined."""
    rows = db.execute("SELECT data FROM chunk WHERE envelope_id = ? ORDER BY n", (envelope_id,))
    return b"".join(bytes(data) for (data,) in rows)


@dataclass(frozen=True)
class Sender:
    """An enrolled device key."""

    kid: str
    kiosk_id: str
    public: bytes


def known_device(db: sqlite3.Connection, kid: str) -> Sender | Problem:
    """The enrolled device with this key id."""
    row = db.execute("SELECT kiosk_id, public, revoked FROM kiosk WHERE kid = ?", (kid,)).fetchone()
    if row is None:
        return Problem(401, "unknown_device")
    return Problem(403, "revoked_device") if row[2] is not None else Sender(kid, row[0], bytes(row[1]))


def sender_of(db: sqlite3.Connection, statement: str) -> Sender | Problem:
    """The device that a signed statement names; its signature is still to be checked."""
    try:
        kid = json.loads(statement)["kid"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return Problem(400, "malformed")
    return known_device(db, kid) if isinstance(kid, str) else Problem(400, "malformed")


def fleet_statement(db: sqlite3.Connection, signer: Signer) -> str:
    """All enrolled device keys, signed, so that a kiosk can prove another's slip without the line."""
    rows = db.execute("SELECT kid, public FROM kiosk WHERE revoked IS NULL ORDER BY kid").fetchall()
    keys: dict[str, Json] = {kid: b64(bytes(public)) for kid, public in rows}
    return sign_statement("fleet", {"keys": keys}, signer)


def keep_heartbeat(db: sqlite3.Connection, kiosk_id: str, body: Mapping[str, Any], now: datetime) -> None:
    """Keep a kiosk's newest heartbeat; an alarm about its audit chain stays."""
    row = db.execute("SELECT body, alarm FROM heartbeat WHERE kiosk_id = ?", (kiosk_id,)).fetchone()
    before, alarm = row or (None, "")
    if audit_changed(before, body):
        alarm = "audit_changed"
    db.execute(
        "INSERT OR REPLACE INTO heartbeat VALUES (?, ?, ?, ?)", (kiosk_id, instant(now), json.dumps(body), alarm)
    )


def enrol(db: sqlite3.Connection, kiosk_id: str, kid: str, public: bytes, now: datetime) -> None:
    """Let a device key speak for a kiosk; the same key again changes nothing but its kiosk."""
    db.execute("INSERT OR REPLACE INTO kiosk VALUES (?, ?, ?, ?, NULL)", (kid, kiosk_id, public, instant(now)))
