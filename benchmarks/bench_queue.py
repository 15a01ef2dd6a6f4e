"""The sealed save against a bare append and fsync of the same bytes, and the drain against a bare HTTP client."""

import os
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.bench_queue_line import shaped_line
from benchmarks.portal_node import portal_command, portal_node
from benchmarks.row import Row
from offline_queue.envelope import Packet, SealedEnvelope, StatementKey, chunks_of, encode_payload, uuid7
from offline_queue.outbox import Outbox
from offline_queue.portal_client import PortalClient
from offline_queue.records import Saved
from offline_queue.sealing import Attachment, KeysAhead, Payload, seal
from offline_queue.sync import Sync
from offline_queue.trust import PortalTrust

KIOSK = "bench"
ROUNDS = 60
QUIET_S = 1.0
"""A kiosk has been open for a while when somebody saves: the outbox has had a quiet moment."""
SUBMISSIONS = 200


def small_payload() -> Payload:
    """About 4 KB of made-up answers."""
    return Payload("HK-WEL-01", "1", "en", {"note": "specimen " * 440}, {"share": True})


def large_payload() -> Payload:
    """Made-up answers with three pictures of 300 KB."""
    pictures = tuple(Attachment(f"photo{n}", "image/jpeg", os.urandom(300_000)) for n in range(3))
    return Payload("HK-WEL-01", "1", "en", {"note": "specimen " * 440}, {"share": True}, pictures)


class Kiosk:
    """A kiosk's keys."""

    def __init__(self, trust: PortalTrust) -> None:
        self.trust = trust
        self.key = StatementKey.generate()
        self.keys = KeysAhead(trust.seal_to, KIOSK, self.key.key_id)

    def seal(self, payload: Payload, number: str = "TB1 2611 0001 J") -> SealedEnvelope:
        """One submission of a new case."""
        now = datetime.now(UTC)
        return seal(
            payload,
            kiosk_id=KIOSK,
            case_id=uuid7(now),
            case_seq=1,
            receipt_number=number,
            device_key=self.key,
            now=now,
            key=self.keys.take(),
        )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _save_rows(folder: Path, kiosk: Kiosk) -> list[Row]:
    rows = []
    for name, payload, target in (("4 KB", small_payload(), 1.6), ("0.9 MB", large_payload(), 2.5)):
        sealed_s, bare_s = _saves(folder, kiosk, payload, name)
        rows.append(Row(f"sealed save / bare append+fsync, {name}", sealed_s / bare_s, "ratio", f"<= {target}"))
        rows.append(Row(f"sealed save, {name}", 1000 * sealed_s, "ms", ""))
    return rows


def _saves(folder: Path, kiosk: Kiosk, payload: Payload, name: str) -> tuple[float, float]:
    """Medians of sealing and saving, and of appending the same sealed bytes to a file, one after the other."""
    outbox = Outbox.open(folder / f"{name}.db")
    assert isinstance(outbox, Outbox)
    time.sleep(QUIET_S)
    descriptor = os.open(folder / f"{name}.bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sealed_s, bare_s = [], []
    for _ in range(ROUNDS):
        kept: list[SealedEnvelope] = []
        kiosk.keys.make_ready()  # as a kiosk does when a visit begins, minutes before its end
        sealed_s.append(_timed(lambda kept=kept: kept.append(_seal_and_save(outbox, kiosk, payload))))  # type: ignore[misc]
        raw = kept[0].header + kept[0].ciphertext
        bare_s.append(_timed(lambda raw=raw: (os.write(descriptor, raw), os.fsync(descriptor))))  # type: ignore[misc, func-returns-value]
    os.close(descriptor)
    outbox.close()
    return statistics.median(sealed_s[5:]), statistics.median(bare_s[5:])


def _seal_and_save(outbox: Outbox, kiosk: Kiosk, payload: Payload) -> SealedEnvelope:
    sealed = kiosk.seal(payload, outbox.next_receipt_number(datetime.now(UTC)))
    assert isinstance(outbox.save(sealed), Saved)
    return sealed


def _drain_rows(folder: Path, kiosk: Kiosk, port: int) -> list[Row]:
    rows = []
    for name, payload in (("4 KB", small_payload()), ("0.9 MB", large_payload())):
        bare_s = drained_s = 0.0
        for part in range(4):
            envelopes = [kiosk.seal(payload) for _ in range(SUBMISSIONS // 2)]
            half = SUBMISSIONS // 4
            bare_s += _timed(lambda lot=envelopes[:half]: _send_bare(port, lot))  # type: ignore[misc]
            drained_s += _drain(folder / f"{name}-{part}.db", kiosk, port, envelopes[half:])
        rows.append(Row(f"drain of {SUBMISSIONS} / bare HTTP client, {name}", bare_s / drained_s, "ratio of speed", ""))
        rows.append(Row(f"drain, {name}", SUBMISSIONS / drained_s, "submissions/s", ""))
    return rows


def _line_rows(folder: Path, kiosk: Kiosk, port: int) -> list[Row]:
    """The same on a line of 10 Mbit/s with 20 ms each way."""
    with shaped_line(port, bits_per_s=10e6, delay_s=0.02) as line:
        envelopes = [kiosk.seal(large_payload()) for _ in range(10)]
        bare_s = _timed(lambda: _send_bare(line, envelopes[:5]))
        drained_s = _drain(folder / "line.db", kiosk, line, envelopes[5:])
    return [Row("drain / bare HTTP client on a 10 Mbit/s line, 0.9 MB", bare_s / drained_s, "ratio of speed", ">= 0.8")]


def _drain(path: Path, kiosk: Kiosk, port: int, envelopes: list[SealedEnvelope]) -> float:
    """Seconds from the line being up to the last payload purged."""
    outbox = Outbox.open(path, receipt_keys=kiosk.trust.receipt_keys)
    assert isinstance(outbox, Outbox)
    for sealed in envelopes:
        outbox.save(sealed)
    client = PortalClient(f"http://127.0.0.1:{port}", receipt_keys=kiosk.trust.receipt_keys)
    sync = Sync(outbox, client)
    began = time.perf_counter()
    sync.start()
    while outbox.status().pending:
        time.sleep(0.002)
    taken = time.perf_counter() - began
    sync.stop()
    outbox.close()
    return taken


def _send_bare(port: int, envelopes: list[SealedEnvelope]) -> None:
    """The same bytes by the standard library's client: no queue, no checks, one connection, the same calls."""
    import hashlib

    connection = HTTPConnection("127.0.0.1", port)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for sealed in envelopes:
        pieces = chunks_of(sealed.ciphertext)
        small = len(sealed.ciphertext) <= 64 * 1024
        digests = tuple(hashlib.sha256(piece).digest() for piece in pieces)
        packet = Packet(sealed.header, sealed.sha256, sealed.signature, digests, sealed.ciphertext if small else None)
        address = f"/v1/envelopes/{sealed.head.id}"
        _call(connection, "PUT", address, packet.encode())
        if not small:
            for n, piece in enumerate(pieces):
                _call(connection, "PUT", f"{address}/chunks/{n}", piece)
            _call(connection, "POST", f"{address}/commit", b"")
    connection.close()


def _call(connection: HTTPConnection, method: str, address: str, body: bytes) -> None:
    connection.request(method, address, body)
    answer = connection.getresponse()
    answer.read()
    assert answer.status < 300, answer.status


def run() -> list[Row]:
    """All rows, measured side by side in one run."""
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name)
        data = folder / "portal"
        portal_command("init", "--data", str(data))
        trust = PortalTrust.load(data / "portal-public.json")
        assert isinstance(trust, PortalTrust)
        kiosk = Kiosk(trust)
        key = kiosk.key.public_bytes.hex()
        portal_command("enrol", "--data", str(data), "--kiosk-id", KIOSK, "--public-key", key)
        rows = _save_rows(folder, kiosk)
        with portal_node(data) as port:
            return rows + _drain_rows(folder, kiosk, port) + _line_rows(folder, kiosk, port)


if __name__ == "__main__":
    for row in run():
        print(f"{row.name:52} {row.value:9.2f} {row.unit_or_ratio:14} {row.target}")
    print(f"payload bytes: {len(encode_payload(small_payload()))} and {len(encode_payload(large_payload()))}")
