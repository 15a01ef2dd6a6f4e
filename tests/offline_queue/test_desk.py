"""What an operator asks of the queue and does to it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from offline_queue import desk
from offline_queue.audit import AuditBreak
from offline_queue.desk import Exported, Imported, Overview, Soundness
from offline_queue.envelope import Malformed
from offline_queue.faults import QueueFault
from offline_queue.outbox import Outbox
from offline_queue.records import Line, State
from offline_queue.schema import connect
from offline_queue.slip_code import SlipCode, sign_slip
from tests.offline_queue.samples import CANARY, NOON, Bench, eventually, opened, payload
from tests.portal.process import PortalProcess, portal_command


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def outbox(tmp_path: Path, bench: Bench) -> Iterator[Outbox]:
    box = opened(tmp_path / "outbox.db", bench)
    yield box
    box.close()


def quarantined(outbox: Outbox, bench: Bench) -> str:
    sealed = bench.sealed(number=outbox.next_receipt_number(NOON))
    outbox.save(sealed)
    claim = outbox.claim(lease_s=60)
    assert claim is not None
    outbox.quarantine(claim, "malformed")
    return sealed.head.id


def test_asking_works_beside_the_running_kiosk_and_tells_the_line(outbox: Outbox, bench: Bench) -> None:
    outbox.save(bench.sealed())
    outbox.note_line(Line("line_down", "2026-11-22T11:00:00.000Z", "2999-11-22T12:05:00.000Z"))
    found = desk.overview(outbox.path)
    assert isinstance(found, Overview)
    assert (found.status.pending, found.line.code) == (1, "line_down")
    listed = desk.listing(outbox.path)
    assert isinstance(listed, tuple)
    assert listed[0].why.text_id == "queue.why.line_down"
    assert listed[0].why.values["next_at"] == "2999-11-22T12:05:00.000Z"


def test_why_finds_an_envelope_by_id_or_by_its_number_as_typed_delivered_ones_too(outbox: Outbox, bench: Bench) -> None:
    number = outbox.next_receipt_number(NOON)
    sealed = bench.sealed(number=number)
    outbox.save(sealed)
    eventually(lambda: desk.why(outbox.path, number) != QueueFault("unknown_item", retriable=False))
    for key in (sealed.head.id, number, number.lower().replace(" ", "")):
        found = desk.why(outbox.path, key)
        assert not isinstance(found, QueueFault)
        assert found.why.text_id == "queue.why.not_looked"
    outbox.acknowledge(bench.receipt_for(sealed))
    settled = desk.why(outbox.path, number)
    assert not isinstance(settled, QueueFault)
    assert settled.why.text_id == "queue.why.delivered"
    assert desk.why(outbox.path, "TB1 2611 0999 A") == QueueFault("unknown_item", retriable=False)


def test_a_queue_that_is_not_there_is_a_typed_fault(tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    for found in (desk.overview(missing), desk.listing(missing), desk.why(missing, "x"), desk.verify_queue(missing)):
        assert isinstance(found, QueueFault)
        assert found.code == "queue_missing"
    assert not missing.exists()


def test_a_quarantined_envelope_is_released_once_with_its_reason_on_record(outbox: Outbox, bench: Bench) -> None:
    envelope = quarantined(outbox, bench)
    assert desk.release(outbox, envelope, "portal mended") is None
    assert outbox.status().counts[State.READY] == 1
    assert desk.release(outbox, envelope, "again") == QueueFault("wrong_state", retriable=False, detail="READY")
    assert desk.release(outbox, "nobody", "x") == QueueFault("unknown_item", retriable=False)
    events = desk.audit(outbox.path)
    assert isinstance(events, tuple)
    assert events[-1].change == "QUARANTINED>READY"
    assert events[-1].code == "operator:portal mended"


def test_retry_makes_waiting_envelopes_due_now(outbox: Outbox, bench: Bench) -> None:
    outbox.save(bench.sealed())
    claim = outbox.claim(lease_s=60)
    assert claim is not None
    outbox.put_back(claim, "busy", delay_s=600)
    assert outbox.claim(lease_s=60) is None
    assert desk.retry(outbox) == 1
    assert outbox.claim(lease_s=60) is not None


def test_verify_finds_a_changed_payload_a_changed_event_and_a_wrong_counter(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    outbox = opened(path, bench)
    sealed = [bench.sealed() for _ in range(3)]
    for one in sealed:
        outbox.save(one)
    outbox.close()
    sound = desk.verify_queue(path)
    assert isinstance(sound, Soundness)
    assert sound.sound
    with closing(connect(path)) as db:
        db.execute("DROP TRIGGER chunk_same")
        db.execute("UPDATE chunk SET data = zeroblob(length(data)) WHERE place / 1024 = 2")
        db.execute("UPDATE audit SET event = replace(event, 'saved', 'taken') WHERE seq = 3")
        db.execute("UPDATE counter SET n = n + 1 WHERE state = 'READY'")
    spoilt = desk.verify_queue(path)
    assert spoilt == Soundness(AuditBreak(3, "altered"), (sealed[1].head.id,), counters_right=False)
    assert not spoilt.sound


def test_a_slip_is_proven_offline_by_the_key_of_the_kiosk_that_printed_it(bench: Bench) -> None:
    code = SlipCode(bench.device.key_id, "TB1 2611 0001 J", "HK-WEL-01", bench.sealed().head.id, bytes(32), NOON, 7)
    url = sign_slip(code, bench.device, verify_url="https://portal.example/verify")
    keys = {bench.device.key_id: bench.device.public_bytes}
    assert desk.verify_slip(url, keys) == code
    assert desk.verify_slip(url, {}) == Malformed("slip_unknown_kiosk")
    assert desk.verify_slip(url, {bench.device.key_id: Bench().device.public_bytes}) == Malformed("slip_forged")
    assert desk.verify_slip("https://portal.example/verify?c=xyz", keys) == Malformed("slip_unreadable")


def test_a_stick_carries_the_queue_to_the_portal_and_its_receipts_back_once(tmp_path: Path, bench: Bench) -> None:
    portal = PortalProcess.make(tmp_path / "portal")
    kiosk = Bench(recipients=portal.trust.seal_to)
    portal.enrol(kiosk.kiosk_id, kiosk.device)
    outbox = opened(tmp_path / "outbox.db", kiosk)
    outbox.trust(portal.trust.receipt_keys)
    waiting = [kiosk.sealed(payload(pictures=n)) for n in range(3)]
    for sealed in waiting:
        outbox.save(sealed)
    stuck = quarantined(outbox, kiosk)
    stick, back = tmp_path / "stick.kiosk", tmp_path / "receipts.json"
    made = desk.export(outbox, stick, kiosk_id=kiosk.kiosk_id, key=kiosk.device, now=NOON)
    assert made == Exported(stick, 4)
    assert outbox.status().counts[State.EXPORTED] == 1
    assert outbox.status().pending == 4
    assert CANARY.encode() not in stick.read_bytes()

    take = ("take-bundle", "--data", str(portal.folder), str(stick), "--receipts", str(back))
    assert '"new": 4, "again": 0, "refused": {}' in portal_command(*take)
    assert '"new": 0, "again": 4, "refused": {}' in portal_command(*take)
    assert {entry["envelope_id"] for entry in portal.received()} == {stuck, *(one.head.id for one in waiting)}
    assert desk.import_receipts(outbox, back) == Imported(settled=4, ignored=0)
    assert desk.import_receipts(outbox, back) == Imported(settled=0, ignored=4)
    assert outbox.status().counts[State.PURGED] == 4
    outbox.close()


@pytest.mark.parametrize("spoil", ["garbage", "foreign", "tampered"])
def test_a_bundle_that_is_not_a_known_kiosks_is_refused_whole(tmp_path: Path, spoil: str) -> None:
    portal = PortalProcess.make(tmp_path / "portal")
    kiosk = Bench(recipients=portal.trust.seal_to)
    if spoil != "foreign":
        portal.enrol(kiosk.kiosk_id, kiosk.device)
    outbox = opened(tmp_path / "outbox.db", kiosk)
    outbox.save(kiosk.sealed())
    stick = tmp_path / "stick.kiosk"
    desk.export(outbox, stick, kiosk_id=kiosk.kiosk_id, key=kiosk.device, now=NOON)
    outbox.close()
    if spoil == "garbage":
        stick.write_bytes(b"PK\x03\x04garbage")
    if spoil == "tampered":
        stick.write_bytes(stick.read_bytes().replace(b'"kind":"bundle"', b'"kind":"bundlf"'))
    command = [sys.executable, "-m", "portal", "take-bundle", "--data", str(portal.folder), str(stick)]
    done = subprocess.run([*command, "--receipts", str(tmp_path / "r")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "The bundle cannot be taken" in done.stderr
    assert portal.received() == []


def test_a_stick_that_is_full_or_gone_is_a_typed_fault_and_leaves_the_queue_as_it_was(
    outbox: Outbox, bench: Bench, tmp_path: Path
) -> None:
    outbox.save(bench.sealed())
    gone = desk.export(outbox, tmp_path / "gone" / "x", kiosk_id="k", key=bench.device, now=NOON)
    assert isinstance(gone, QueueFault)
    assert gone.code == "disk_error"
    assert outbox.status().counts[State.READY] == 1
    damaged = desk.import_receipts(outbox, tmp_path / "none.json")
    assert damaged == QueueFault("bundle_damaged", retriable=False)


def test_an_envelope_is_given_up_only_after_it_was_set_aside_and_exported_and_its_case_goes_on(
    outbox: Outbox, bench: Bench, tmp_path: Path
) -> None:
    first, second = bench.sealed(case_id="case", case_seq=1), bench.sealed(case_id="case", case_seq=2)
    outbox.save(first)
    outbox.save(second)
    claim = outbox.claim(lease_s=60)
    assert claim is not None
    assert getattr(desk.abandon(outbox, first.head.id, "x"), "code", "") == "wrong_state"
    outbox.quarantine(claim, "malformed")
    assert getattr(desk.abandon(outbox, first.head.id, "x"), "code", "") == "wrong_state"
    desk.export(outbox, tmp_path / "stick", kiosk_id="k", key=bench.device, now=NOON)
    assert desk.abandon(outbox, first.head.id, "handled on paper") is None
    following = outbox.claim(lease_s=60)
    assert following is not None
    assert following.id == second.head.id
    events = desk.audit(outbox.path)
    assert isinstance(events, tuple)
    assert "operator:handled on paper" in {event.code for event in events}
    assert outbox.status().counts[State.ABANDONED] == 1
