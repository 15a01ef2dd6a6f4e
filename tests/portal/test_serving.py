"""A real portal process: what it says to right and wrong callers, and how it starts and stops."""

import gzip
import hashlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from offline_queue.envelope import (
    ANSWER_HEADER,
    Packet,
    SealedEnvelope,
    answer_message,
    chunks_of,
    read_receipt,
    sign_statement,
    uuid7,
    verify_answer,
)
from tests.offline_queue.samples import CANARY, NOON, Bench, eventually, payload
from tests.portal.process import PortalProcess, portal_command


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("portal"), "--without-worker").start()
    yield process
    process.stop()


def packet_of(sealed: SealedEnvelope, *, whole: bool = True, **changes: object) -> bytes:
    pieces = tuple(hashlib.sha256(piece).digest() for piece in chunks_of(sealed.ciphertext))
    packet = Packet(sealed.header, sealed.sha256, sealed.signature, pieces, sealed.ciphertext if whole else None)
    return Packet(**{**packet.__dict__, **changes}).encode()


def put(web: requests.Session, portal: PortalProcess, sealed: SealedEnvelope, raw: bytes) -> requests.Response:
    return web.put(f"{portal.url}/v1/envelopes/{sealed.head.id}", data=raw, timeout=5)


def test_every_answer_is_signed_for_the_askers_nonce(portal: PortalProcess, web: requests.Session) -> None:
    for path in ("/v1/hello", "/v1/envelopes/none", "/v1/nowhere"):
        answer = web.get(portal.url + path, headers={"Kiosk-Nonce": "abc"}, timeout=5)
        message = answer_message(nonce="abc", method="GET", path=path, status=answer.status_code, body=answer.content)
        keys = portal.trust.receipt_keys
        assert verify_answer(answer.headers[ANSWER_HEADER], message, keys)
        assert not verify_answer(answer.headers[ANSWER_HEADER], message + b"x", keys)


def test_a_small_envelope_is_taken_in_one_call_and_again_gives_the_same_receipt(
    portal: PortalProcess, bench: Bench, web: requests.Session
) -> None:
    sealed = bench.sealed()
    first = put(web, portal, sealed, packet_of(sealed))
    again = put(web, portal, sealed, packet_of(sealed))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    receipt = read_receipt(first.json()["receipt"], portal.trust.receipt_keys)
    assert getattr(receipt, "sha256", None) == sealed.sha256.hex()


def test_a_large_envelope_comes_in_chunks_in_any_order_any_number_of_times(
    portal: PortalProcess, bench: Bench, web: requests.Session
) -> None:
    sealed = bench.sealed(payload(pictures=3))
    address = f"{portal.url}/v1/envelopes/{sealed.head.id}"
    pieces = chunks_of(sealed.ciphertext)
    announced = put(web, portal, sealed, packet_of(sealed, whole=False))
    assert (announced.status_code, announced.json()) == (202, {"missing": list(range(len(pieces)))})
    for n in (2, 2, 0):
        assert web.put(f"{address}/chunks/{n}", data=pieces[n], timeout=5).status_code == 200
    early = web.post(f"{address}/commit", timeout=5)
    assert (early.status_code, early.json()["code"]) == (409, "chunks_missing")
    assert put(web, portal, sealed, packet_of(sealed, whole=False)).json() == {"missing": [1, 3]}
    assert web.get(address, timeout=5).json() == {"missing": [1, 3]}
    for n in (1, 3):
        assert web.put(f"{address}/chunks/{n}", data=pieces[n], timeout=5).status_code == 200
    committed = [web.post(f"{address}/commit", timeout=5) for _ in range(2)]
    assert [answer.status_code for answer in committed] == [201, 200]
    assert web.get(address, timeout=5).json() == committed[0].json() == committed[1].json()


def refusals(bench: Bench) -> dict[str, tuple[SealedEnvelope, bytes, int, str]]:
    good = bench.sealed()
    other = Bench(recipients=bench.recipients, kiosk_id=bench.kiosk_id)
    wrong_kiosk = Bench(recipients=bench.recipients, kiosk_id="other", device=bench.device)
    stranger, foreign = other.sealed(), Bench(device=bench.device).sealed()
    misplaced = wrong_kiosk.sealed()
    return {
        "garbage": (good, b"garbage", 400, "malformed"),
        "huge preface": (good, b"\xff\xff\xff\xff", 400, "malformed"),
        "header": (good, packet_of(good, header=b"{}"), 400, "malformed"),
        "unknown device": (stranger, packet_of(stranger), 401, "unknown_device"),
        "another kiosk's name": (misplaced, packet_of(misplaced), 401, "unknown_device"),
        "unknown recipient": (foreign, packet_of(foreign), 422, "unknown_recipient"),
        "signature": (good, packet_of(good, signature=bytes(64)), 422, "bad_signature"),
        "body": (good, packet_of(good, inline=bytes(good.head.size)), 422, "digest_mismatch"),
        "size": (good, packet_of(good, inline=b"short"), 422, "wrong_chunks"),
        "chunk count": (good, packet_of(good, chunk_sha256=()), 422, "wrong_chunks"),
        "too large": (good, bytes(300_000), 413, "too_large"),
    }


@pytest.mark.parametrize(
    "name",
    [
        "garbage",
        "huge preface",
        "header",
        "unknown device",
        "another kiosk's name",
        "unknown recipient",
        "signature",
        "body",
        "size",
        "chunk count",
        "too large",
    ],
)
def test_a_wrong_envelope_is_refused_with_a_problem_document_and_leaves_nothing(
    portal: PortalProcess, bench: Bench, web: requests.Session, name: str
) -> None:
    sealed, raw, status, code = refusals(bench)[name]
    answer = put(web, portal, sealed, raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert web.get(f"{portal.url}/v1/envelopes/{sealed.head.id}", timeout=5).status_code == 404


def test_another_digest_under_a_taken_id_and_another_envelope_in_a_taken_place_are_conflicts(
    portal: PortalProcess, bench: Bench, web: requests.Session
) -> None:
    first, rival = bench.sealed(case_id="place"), bench.sealed(case_id="place")
    assert put(web, portal, first, packet_of(first)).status_code == 201
    assert put(web, portal, rival, packet_of(rival)).json()["detail"] == "case"
    bent = bytes([first.sha256[0] ^ 1]) + first.sha256[1:]
    signature = bench.device.sign(b"kiosk-envelope-v1\x00" + bent)
    raw = packet_of(first, whole=False, sha256=bent, signature=signature)
    answer = put(web, portal, first, raw)
    assert (answer.status_code, answer.json()["detail"]) == (409, "id")


def test_a_chunk_that_is_not_the_announced_one_is_refused(
    portal: PortalProcess, bench: Bench, web: requests.Session
) -> None:
    sealed = bench.sealed(payload(pictures=1))
    put(web, portal, sealed, packet_of(sealed, whole=False))
    address = f"{portal.url}/v1/envelopes/{sealed.head.id}/chunks"
    codes = {
        "0": ("digest_mismatch", b"other"),
        "9": ("unknown_chunk", b"other"),
        "x": ("malformed", b"other"),
        "1": ("too_large", bytes(262_145)),
    }
    for n, (code, body) in codes.items():
        assert web.put(f"{address}/{n}", data=body, timeout=5).json()["code"] == code
    elsewhere = f"{portal.url}/v1/envelopes/{uuid7(NOON)}/chunks/0"
    assert web.put(elsewhere, data=b"", timeout=5).json()["code"] == "unknown_envelope"


def test_a_chunk_of_an_envelope_that_came_whole_changes_nothing_and_another_is_refused(
    portal: PortalProcess, bench: Bench, web: requests.Session
) -> None:
    sealed = bench.sealed()
    receipt = put(web, portal, sealed, packet_of(sealed)).json()
    address = f"{portal.url}/v1/envelopes/{sealed.head.id}"
    assert web.put(f"{address}/chunks/0", data=sealed.ciphertext, timeout=5).json() == {"stored": 0}
    assert web.put(f"{address}/chunks/0", data=b"other", timeout=5).json()["code"] == "digest_mismatch"
    assert web.put(f"{address}/chunks/1", data=b"other", timeout=5).json()["code"] == "unknown_chunk"
    assert web.post(f"{address}/commit", timeout=5).json() == receipt


def test_an_envelope_announced_first_and_then_sent_whole_is_taken(
    portal: PortalProcess, bench: Bench, web: requests.Session
) -> None:
    sealed = bench.sealed()
    assert put(web, portal, sealed, packet_of(sealed, whole=False)).json() == {"missing": [0]}
    first, again = (put(web, portal, sealed, packet_of(sealed)) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_a_body_is_refused_by_its_announced_length_before_it_is_sent(portal: PortalProcess) -> None:
    with closing(socket.create_connection(("127.0.0.1", portal.port), timeout=5)) as raw:
        raw.sendall(b"PUT /v1/envelopes/x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        assert b"413" in raw.recv(4096).split(b"\r\n")[0]


def test_a_compressed_body_is_taken_for_what_it_is_and_never_unpacked(
    portal: PortalProcess, web: requests.Session
) -> None:
    bomb = gzip.compress(bytes(30_000_000))
    answer = web.put(f"{portal.url}/v1/envelopes/x", data=bomb, headers={"Content-Encoding": "gzip"}, timeout=5)
    assert answer.json()["code"] == "malformed"


def test_a_heartbeat_counts_only_when_the_kiosk_itself_signed_it(
    portal: PortalProcess, bench: Bench, web: requests.Session
) -> None:
    def beat(text: str) -> str:
        answer = web.post(f"{portal.url}/v1/heartbeat", data=text.encode(), timeout=5)
        return str(answer.json().get("code", answer.status_code))

    assert beat(sign_statement("heartbeat", {"kiosk_id": bench.kiosk_id}, bench.device)) == "200"
    assert beat(sign_statement("heartbeat", {"kiosk_id": "other"}, bench.device)) == "bad_signature"
    assert beat(sign_statement("receipt", {"kiosk_id": bench.kiosk_id}, bench.device)) == "bad_signature"
    assert beat(sign_statement("heartbeat", {"kiosk_id": bench.kiosk_id}, Bench().device)) == "unknown_device"
    assert beat("garbage") == beat("[]") == beat('{"kid": 7}') == "malformed"


def test_the_ingest_node_starts_without_the_keys_that_open_envelopes(tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path / "data", "--without-worker")
    (portal.folder / "keys" / "opening.json").rename(tmp_path / "elsewhere.json")
    portal.start()
    bench = Bench(recipients=portal.trust.seal_to)
    portal.enrol(bench.kiosk_id, bench.device)
    with requests.Session() as web:
        sealed = bench.sealed()
        assert put(web, portal, sealed, packet_of(sealed)).status_code == 201
    assert portal.stop() == 0


def test_it_is_ready_soon_delivers_by_its_worker_and_both_end_on_a_signal(tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path / "data")
    bench = Bench(recipients=portal.trust.seal_to)
    portal.enrol(bench.kiosk_id, bench.device)
    portal.start()
    sealed = bench.sealed()
    with requests.Session() as web:
        assert web.get(portal.url + "/readyz", timeout=5).json() == {"status": "ok"}
        assert put(web, portal, sealed, packet_of(sealed)).status_code == 201

    def received() -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(portal_command("received", "--data", str(portal.folder), "--json"))
        return found

    eventually(received)
    (entry,) = received()
    assert (entry["department"], entry["answers"]) == ("Social Welfare Department", dict(payload().answers))
    assert portal.process is not None
    children = Path(f"/proc/{portal.process.pid}/task/{portal.process.pid}/children").read_text().split()
    assert portal.stop(signal.SIGTERM) == 0
    assert len(children) == 1
    eventually(lambda: not Path(f"/proc/{children[0]}").exists())
    held = [file for file in portal.folder.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]
    assert held == []


def test_killed_after_an_answer_it_still_has_what_it_receipted(tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path / "data", "--without-worker").start()
    bench = Bench(recipients=portal.trust.seal_to)
    portal.enrol(bench.kiosk_id, bench.device)
    sealed = bench.sealed()
    with requests.Session() as web:
        receipt = put(web, portal, sealed, packet_of(sealed)).json()
        portal.stop(signal.SIGKILL)
        portal.start()
        assert web.get(f"{portal.url}/v1/envelopes/{sealed.head.id}", timeout=5).json() == receipt
    portal.stop()


def test_too_many_calls_are_put_off_with_a_signed_answer(tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path / "data", "--without-worker", "--rate", "1").start()
    with requests.Session() as web:
        answers = [web.get(portal.url + "/v1/hello", timeout=5) for _ in range(12)]
    portal.stop()
    assert [answer.status_code for answer in answers].count(200) <= 6
    assert answers[-1].json()["code"] == "too_many"
    assert answers[-1].headers["retry-after"] == "1"
    assert ANSWER_HEADER in answers[-1].headers


def test_a_folder_without_a_portal_is_named_with_the_next_step(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "portal", "serve", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "run `python -m portal init` first" in done.stderr


def test_making_a_portal_again_changes_nothing_and_keys_are_private(tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path / "data")
    before = {path.name: path.read_bytes() for path in tmp_path.rglob("*.json")}
    portal_command("init", "--data", str(portal.folder))
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*.json")} == before
    assert (portal.folder / "keys" / "opening.json").stat().st_mode & 0o077 == 0
    assert (portal.folder / "keys").stat().st_mode & 0o077 == 0
