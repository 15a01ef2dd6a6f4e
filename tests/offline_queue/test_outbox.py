"""The outbox's promises, on a real database."""

import itertools
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_queue.audit import AuditBreak, AuditHead, verify_chain
from offline_queue.clocks import Clocks
from offline_queue.faults import QueueFault
from offline_queue.opening import Limits
from offline_queue.outbox import Outbox
from offline_queue.receipt_numbers import parse_receipt_number
from offline_queue.records import Saved, State
from tests.offline_queue.samples import CANARY, NOON, Bench, eventually, opened, payload


class TestClocks:
    """Clocks that a test moves."""

    __test__ = False

    def __init__(self) -> None:
        self.wall = NOON
        self.mono = 1000.0
        self.boot = "boot-1"

    @property
    def clocks(self) -> Clocks:
        return Clocks(lambda: self.wall, lambda: self.mono, lambda: self.boot)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def clock() -> TestClocks:
    return TestClocks()


@pytest.fixture
def outbox(tmp_path: Path, bench: Bench, clock: TestClocks) -> Iterator[Outbox]:
    box = opened(tmp_path / "outbox.db", bench, clocks=clock.clocks)
    yield box
    box.close()


def rows(outbox: Outbox, sql: str) -> list[tuple[object, ...]]:
    """What the database says when it has all that was saved."""
    inside(outbox, "SELECT 1")
    db = sqlite3.connect(outbox.path)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def inside(outbox: Outbox, sql: str) -> list[tuple[object, ...]]:
    """Run a statement on the writer's own connection."""
    return outbox._writer.run(lambda db: db.execute(sql).fetchall())


def test_durability_settings_are_really_in_force(outbox: Outbox) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "wal_autocheckpoint": 0, "page_size": 8192}
    found = {name: inside(outbox, f"PRAGMA {name}")[0][0] for name in wanted}
    assert found == wanted


def test_a_saved_envelope_survives_reopening_byte_for_byte(tmp_path: Path, bench: Bench) -> None:
    sealed = bench.sealed(payload(pictures=3))
    first = opened(tmp_path / "outbox.db", bench)
    assert first.save(sealed) == Saved(sealed.head.id, sealed.head.receipt_number)
    first.close()
    second = opened(tmp_path / "outbox.db", bench)
    claim = second.claim(lease_s=10)
    assert claim is not None
    assert claim.envelope == sealed
    second.close()


def test_saving_the_same_envelope_again_changes_nothing(outbox: Outbox, bench: Bench) -> None:
    sealed = bench.sealed()
    outbox.save(sealed)
    assert outbox.save(sealed) == Saved(sealed.head.id, sealed.head.receipt_number, again=True)
    assert outbox.status().pending == 1


def test_another_envelope_in_the_same_place_of_a_case_is_refused(outbox: Outbox, bench: Bench) -> None:
    outbox.save(bench.sealed(case_id="case", case_seq=2))
    for seq in (1, 2):
        refused = outbox.save(bench.sealed(case_id="case", case_seq=seq))
        assert isinstance(refused, QueueFault)
        assert refused.code == "queue_conflict"


def test_a_second_process_on_the_same_queue_is_refused_with_a_typed_fault(outbox: Outbox) -> None:
    code = (
        "import sys; from pathlib import Path; from offline_queue.outbox import Outbox;"
        "print(Outbox.open(Path(sys.argv[1])).code)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(outbox.path)], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "queue_in_use", done.stderr


def test_only_the_head_of_a_case_is_lent_and_its_receipt_lets_the_next_go(outbox: Outbox, bench: Bench) -> None:
    envelopes = [bench.sealed(case_id="case", case_seq=n) for n in (1, 2, 3)]
    for sealed in envelopes:
        outbox.save(sealed)
    for sealed in envelopes:
        claim = outbox.claim(lease_s=10)
        assert claim is not None
        assert claim.id == sealed.head.id
        assert outbox.claim(lease_s=10) is None
        assert outbox.acknowledge(bench.receipt_for(sealed))
    assert outbox.status().counts[State.PURGED] == 3


def test_a_quarantined_envelope_blocks_its_own_case_only(outbox: Outbox, bench: Bench) -> None:
    outbox.save(bench.sealed(case_id="stuck", case_seq=1))
    outbox.save(bench.sealed(case_id="stuck", case_seq=2))
    other = bench.sealed()
    outbox.save(other)
    claim = outbox.claim(lease_s=10)
    assert claim is not None
    assert outbox.quarantine(claim, "malformed")
    following = outbox.claim(lease_s=10)
    assert following is not None
    assert following.id == other.head.id
    assert [item.why.text_id for item in outbox.items()] == [
        "queue.why.quarantined",
        "queue.why.waiting_for_earlier_set_aside",
        "queue.why.sending",
    ]


def test_an_earlier_deadline_goes_first(outbox: Outbox, bench: Bench) -> None:
    plain, late, soon = bench.sealed(), bench.sealed(), bench.sealed()
    outbox.save(plain)
    outbox.save(late, deadline=NOON + timedelta(days=9))
    outbox.save(soon, deadline=NOON + timedelta(days=1))
    claims = [outbox.claim(lease_s=10) for _ in range(3)]
    assert [claim.id for claim in claims if claim] == [soon.head.id, late.head.id, plain.head.id]


def test_a_loan_ends_with_its_lease_and_the_late_sender_can_no_longer_put_it_back(
    outbox: Outbox, bench: Bench, clock: TestClocks
) -> None:
    outbox.save(bench.sealed())
    first = outbox.claim(lease_s=10)
    assert first is not None
    assert outbox.claim(lease_s=10) is None
    clock.mono += 11
    assert outbox.expire_leases() == 1
    second = outbox.claim(lease_s=10)
    assert second is not None
    assert second.attempt == 2
    assert not outbox.put_back(first, "late", delay_s=99)
    assert not outbox.quarantine(first, "late")
    assert outbox.acknowledge(bench.receipt_for(first.envelope))


def test_a_loan_ends_with_its_process_and_waits_end_with_their_boot(
    tmp_path: Path, bench: Bench, clock: TestClocks
) -> None:
    outbox = opened(tmp_path / "outbox.db", bench, clocks=clock.clocks)
    outbox.save(bench.sealed())
    outbox.save(bench.sealed())
    waiting = outbox.claim(lease_s=1e6)
    assert waiting is not None
    outbox.put_back(waiting, "busy", delay_s=800)
    assert outbox.claim(lease_s=1e6) is not None
    outbox.close()
    clock.boot, clock.mono = "boot-2", 3.0
    again = opened(tmp_path / "outbox.db", bench, clocks=clock.clocks)
    assert again.status().counts[State.READY] == 2
    assert again.due_in_s() == 0.0
    again.close()


@pytest.mark.parametrize("years", [-10, 10])
def test_a_jump_of_the_wall_clock_neither_loses_nor_reorders_nor_delays(
    outbox: Outbox, bench: Bench, clock: TestClocks, years: int
) -> None:
    first, second = bench.sealed(), bench.sealed()
    outbox.save(first)
    clock.wall += timedelta(days=365 * years)
    outbox.save(second)
    claim = outbox.claim(lease_s=10)
    assert claim is not None
    assert claim.id == first.head.id
    outbox.put_back(claim, "busy", delay_s=5)
    clock.mono += 5
    assert outbox.due_in_s() == 0.0
    assert outbox.status().oldest_age_s >= 0


@pytest.mark.parametrize("spoil", ["other_key", "other_envelope", "other_digest", "altered", "garbage"])
def test_only_a_receipt_signed_over_our_id_and_digest_removes_a_payload(
    outbox: Outbox, bench: Bench, spoil: str
) -> None:
    sealed = bench.sealed()
    outbox.save(sealed)
    text = {
        "other_key": Bench().receipt_for(sealed),
        "other_envelope": bench.receipt_for(bench.sealed()),
        "other_digest": bench.receipt_for(replace(sealed, sha256=bytes(32))),
        "altered": bench.receipt_for(sealed).replace("P1", "P2"),
        "garbage": "<html>ok</html>",
    }[spoil]
    assert not outbox.acknowledge(text)
    assert rows(outbox, "SELECT count(*) FROM chunk") == [(1,)]
    assert outbox.acknowledge(bench.receipt_for(sealed))
    assert not outbox.acknowledge(bench.receipt_for(sealed))
    assert rows(outbox, "SELECT count(*) FROM chunk") == [(0,)]


def test_the_database_itself_refuses_to_change_or_drop_a_stored_envelope(outbox: Outbox, bench: Bench) -> None:
    outbox.save(bench.sealed())
    for sql in ("UPDATE envelope SET sha256 = x'00'", "UPDATE chunk SET data = x'00'", "DELETE FROM chunk"):
        with pytest.raises(sqlite3.IntegrityError):
            inside(outbox, sql)


def test_a_flipped_bit_sends_that_envelope_to_quarantine_and_the_others_go(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    outbox = opened(path, bench)
    spoilt, sound = bench.sealed(payload(pictures=1)), bench.sealed()
    outbox.save(spoilt)
    outbox.save(sound)
    outbox.close()
    raw = bytearray(path.read_bytes())
    raw[raw.index(spoilt.ciphertext[150_000:150_064])] ^= 1
    path.write_bytes(raw)
    again = opened(path, bench)
    claim = again.claim(lease_s=10)
    assert claim is not None
    assert claim.id == sound.head.id
    (item, _) = again.items()
    assert (item.state, item.last_code) == (State.QUARANTINED, "damaged_on_disk")
    again.close()


def test_a_full_quota_refuses_saves_but_lets_envelopes_out(tmp_path: Path, bench: Bench) -> None:
    small = Limits(quota_bytes=4 * 1024**2, ballast_bytes=0, low_disk_bytes=0)
    outbox = opened(tmp_path / "outbox.db", bench, limits=small)
    kept = []
    frozen_at = None
    for n in itertools.count():
        sealed = bench.sealed(payload(pictures=1))
        outcome = outbox.save(sealed)
        if isinstance(outcome, QueueFault):
            break
        kept.append(sealed)
        frozen_at = n if frozen_at is None and outbox.status().frozen else frozen_at
    assert isinstance(outcome, QueueFault)
    assert outcome.code == "queue_full"
    assert frozen_at is not None
    assert frozen_at < len(kept)
    assert outbox.status().pending == len(kept)
    for sealed in kept:
        assert outbox.acknowledge(bench.receipt_for(sealed))
    assert not outbox.status().frozen
    assert isinstance(outbox.save(bench.sealed()), Saved)
    outbox.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_refuses_saves_and_the_ballast_lets_envelopes_out(tmp_path: Path, bench: Bench) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], check=False, timeout=10)
    if mounted.returncode:
        pytest.skip("no mount here")
    try:
        limits = Limits(quota_bytes=10**9, ballast_bytes=2 * 1024**2, low_disk_bytes=0)
        outbox = opened(disk / "outbox.db", bench, limits=limits)
        kept = []
        while isinstance(outcome := outbox.save(sealed := bench.sealed(payload(pictures=1))), Saved):
            kept.append(sealed)
        assert isinstance(outcome, QueueFault)
        assert outcome.code == "disk_full"
        assert len(kept) >= 3
        for sealed in kept:
            assert outbox.acknowledge(bench.receipt_for(sealed))
        eventually(lambda: isinstance(outbox.save(bench.sealed()), Saved))
        outbox.close()
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True, timeout=10)


def test_a_database_of_a_later_version_is_left_alone(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    opened(path, bench).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    fault = Outbox.open(path)
    assert isinstance(fault, QueueFault)
    assert fault.code == "queue_newer"


def test_receipt_numbers_are_never_given_twice_and_a_clean_close_leaves_no_gap(tmp_path: Path, bench: Bench) -> None:
    given_out = []
    for _ in range(3):
        outbox = opened(tmp_path / "outbox.db", bench, kiosk_code="TB1")
        given_out += [outbox.next_receipt_number(NOON) for _ in range(5)]
        outbox.close()
    assert [number.split()[2] for number in given_out] == [f"{n:04d}" for n in range(1, 16)]
    assert all(parse_receipt_number(number) == number for number in given_out)


def test_a_new_month_starts_at_one_and_a_clock_set_back_continues_its_month(outbox: Outbox) -> None:
    december = NOON + timedelta(days=20)
    numbers = [outbox.next_receipt_number(when) for when in (NOON, december, NOON)]
    assert [number[4:13] for number in numbers] == ["2611 0001", "2612 0001", "2611 0002"]


def test_every_change_of_state_is_in_the_audit_chain_and_tampering_breaks_it(outbox: Outbox, bench: Bench) -> None:
    sealed = bench.sealed()
    outbox.save(sealed)
    outbox.claim(lease_s=10)
    outbox.acknowledge(bench.receipt_for(sealed))
    chain = "SELECT seq, event, hash FROM audit ORDER BY seq"
    found: list[tuple[int, bytes, bytes]] = rows(outbox, chain)  # type: ignore[assignment]
    assert verify_chain(found) == AuditHead(4, found[-1][2])
    assert verify_chain(found[:1] + found[2:]) == AuditBreak(2, "missing")
    altered = found[2][1].replace(b"receipt", b"receipz")
    assert verify_chain([*found[:2], (3, altered, found[2][2])]) == AuditBreak(3, "altered")


def test_after_a_receipt_no_byte_of_the_payload_stays_in_database_or_log(outbox: Outbox, bench: Bench) -> None:
    sealed = bench.sealed(payload(pictures=1))
    probe = sealed.ciphertext[100_000:100_032]
    outbox.save(sealed)
    assert any(probe in file.read_bytes() for file in outbox.path.parent.iterdir())
    outbox.acknowledge(bench.receipt_for(sealed))
    eventually(lambda: not any(probe in file.read_bytes() for file in outbox.path.parent.iterdir()))


def test_no_clear_text_of_an_applicant_is_in_any_file(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    for _ in range(20):
        outbox.save(bench.sealed(payload(pictures=1)))
    files = list(tmp_path.iterdir())
    assert outbox.path.with_name("outbox.db-wal") in files
    outbox.items()
    for canary in (CANARY.encode(), "㗎㗎".encode(), CANARY.encode("utf-16-le")):
        assert not [file.name for file in files if canary in file.read_bytes()]
    outbox.close()
    assert (tmp_path / "outbox.db").stat().st_mode & 0o077 == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["save", "claim", "ack", "back", "quarantine", "expire"]), st.integers(0, 3)))
)
def test_in_any_history_counters_match_and_only_heads_of_cases_are_out(steps: list[tuple[str, int]]) -> None:
    import tempfile

    bench, clock = Bench(), TestClocks()
    with tempfile.TemporaryDirectory() as folder:
        outbox = opened(Path(folder) / "outbox.db", bench, clocks=clock.clocks)
        places = itertools.count(1)
        claims = []
        for act, case in steps:
            if act == "save":
                outbox.save(bench.sealed(case_id=f"case{case}", case_seq=next(places)))
            elif act == "claim" and (claim := outbox.claim(lease_s=10)):
                claims.append(claim)
            elif act == "ack" and claims:
                outbox.acknowledge(bench.receipt_for(claims[case % len(claims)].envelope))
            elif act == "back" and claims:
                outbox.put_back(claims[case % len(claims)], "busy")
            elif act == "quarantine" and claims:
                outbox.quarantine(claims[case % len(claims)], "malformed")
            elif act == "expire":
                clock.mono += 20
                outbox.expire_leases()
        check_invariants(outbox)
        outbox.close()


def check_invariants(outbox: Outbox) -> None:
    envelopes = rows(outbox, "SELECT case_id, case_seq, state FROM envelope ORDER BY case_id, case_seq")
    counted = Counter(state for _, _, state in envelopes)
    assert {state.value: n for state, n in outbox.status().counts.items() if n} == counted
    for _, of_case in itertools.groupby(envelopes, key=lambda row: row[0]):
        open_ones = [state for _, _, state in of_case if state != "PURGED"]
        assert all(state == "WAITING" for state in open_ones[1:])
        assert open_ones[:1] != ["WAITING"]


def test_the_wall_clock_of_records_is_utc(outbox: Outbox, bench: Bench) -> None:
    outbox.save(bench.sealed())
    oldest = outbox.status().oldest_created
    assert oldest == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
