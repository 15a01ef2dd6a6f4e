"""Kiosk, line and portal in any order of mishaps: one effect for each submission, in the order of its case."""

import random
import sqlite3
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from offline_queue.bundle import whole_packet
from offline_queue.clocks import Clocks
from offline_queue.envelope import Kem, RecipientKey, SealedEnvelope, StatementKey, chunks_of
from offline_queue.outbox import Outbox
from offline_queue.records import Claim, Saved, State
from portal import intake
from portal.intake import Taken
from portal.problem import Problem
from portal.store import connect, make_database
from tests.offline_queue.samples import NOON, Bench, opened, payload


class Portal:
    """The portal's own decisions and database, without its HTTP; a crash rolls back what was not committed."""

    def __init__(self, folder: Path, kiosk: Bench) -> None:
        make_database(folder)
        self._path = folder / "portal.db"
        self._kiosk = kiosk
        self.db = connect(self._path)
        intake.enrol(self.db, kiosk.kiosk_id, kiosk.device.key_id, kiosk.device.public_bytes, NOON)

    def take(self, sealed: SealedEnvelope, *, crash: bool = False) -> str | None:
        """The receipt, or None when the portal died before its commit."""
        kids = frozenset(recipient.kid for recipient in self._kiosk.recipients)
        asked = intake.read_announcement(sealed.head.id, whole_packet(sealed).encode(), kids)
        assert not isinstance(asked, Problem)
        self.db.execute("BEGIN IMMEDIATE")
        found = intake.announce(self.db, asked, self._kiosk.portal, NOON)
        self.db.execute("ROLLBACK" if crash else "COMMIT")
        assert isinstance(found, Taken)
        return None if crash else found.receipt

    def delivered(self) -> list[str]:
        return [row[0] for row in self.db.execute("SELECT envelope_id FROM delivery ORDER BY seq")]


FILES = ("outbox.db", "outbox.db-wal", "outbox.db.log")


class KioskLinePortal(RuleBasedStateMachine):
    """Rules are what can happen; the invariants hold after each."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.bench = Bench(recipients=(RecipientKey.generate(Kem.X25519).recipient,), portal=StatementKey.generate())
        self.mono, self.boot, self.wall = 0.0, 1, NOON
        self.outbox = self.open()
        self.portal = Portal(self.root, self.bench)
        self.saved: list[SealedEnvelope] = []
        self.claims: list[Claim] = []
        self.receipts: list[str] = []

    def open(self) -> Outbox:
        clocks = Clocks(lambda: self.wall, lambda: self.mono, lambda: str(self.boot))
        return opened(self.root / "outbox.db", self.bench, clocks=clocks)

    @rule(case=st.integers(0, 2), big=st.booleans())
    def applicant_hands_in(self, case: int, big: bool) -> None:
        place = 1 + sum(sealed.head.case_id == f"case{case}" for sealed in self.saved)
        body = payload(pictures=int(big), picture_bytes=300_000 if big else 0)
        sealed = self.bench.sealed(body, case_id=f"case{case}", case_seq=place)
        assert isinstance(self.outbox.save(sealed), Saved)
        self.saved.append(sealed)

    @rule()
    def sender_takes_one(self) -> None:
        claim = self.outbox.claim(lease_s=30)
        if claim is not None:
            self.claims.append(claim)

    @rule(which=st.integers(0, 20), fate=st.sampled_from(["answered", "reply lost", "portal dies", "line dead"]))
    def sender_sends(self, which: int, fate: str) -> None:
        if not self.claims:
            return
        claim = self.claims[which % len(self.claims)]
        if fate == "line dead":
            self.outbox.put_back(claim, "line_lost", counted=False)
            return
        receipt = self.portal.take(claim.envelope, crash=fate == "portal dies")
        if receipt is not None:
            self.receipts.append(receipt)
        if fate == "answered" and receipt is not None:
            self.outbox.acknowledge(receipt)

    @rule(which=st.integers(0, 20))
    def an_old_receipt_comes_again(self, which: int) -> None:
        if self.receipts:
            self.outbox.acknowledge(self.receipts[which % len(self.receipts)])

    @rule(seconds=st.sampled_from([1.0, 40.0, 2000.0]), days=st.sampled_from([-4000, -1, 0, 1, 4000]))
    def time_passes_and_the_wall_clock_jumps(self, seconds: float, days: int) -> None:
        self.mono += seconds
        self.wall = NOON + timedelta(days=days)
        self.outbox.expire_leases()

    @rule(reboot=st.booleans())
    def the_kiosk_starts_anew(self, reboot: bool) -> None:
        self.outbox.close()
        if reboot:
            self.boot, self.mono = self.boot + 1, 0.0
        self.outbox = self.open()

    @rule(reboot=st.booleans())
    def the_kiosk_dies(self, reboot: bool) -> None:
        """What its files hold at this moment is all that the next one finds."""
        with self.outbox._writer._using:  # between two writes, as the writer sees it
            left = {name: (self.root / name).read_bytes() for name in FILES if (self.root / name).exists()}
        self.outbox.close()
        for name in (*FILES, "outbox.db-shm"):
            (self.root / name).unlink(missing_ok=True)
        for name, content in left.items():
            (self.root / name).write_bytes(content)
        if reboot:
            self.boot, self.mono = self.boot + 1, 0.0
        self.outbox = self.open()

    @invariant()
    def one_effect_each_and_in_the_order_of_the_case(self) -> None:
        delivered = self.portal.delivered()
        assert len(delivered) == len(set(delivered))
        for case in range(3):
            in_order = [sealed.head.id for sealed in self.saved if sealed.head.case_id == f"case{case}"]
            arrived = [one for one in delivered if one in set(in_order)]
            assert arrived == in_order[: len(arrived)]

    @invariant()
    def nothing_leaves_the_queue_that_the_portal_has_not(self) -> None:
        with closing(sqlite3.connect(self.root / "outbox.db")) as db:
            states = {item.id: item.state for item in self.outbox.items()}
            states |= dict(db.execute("SELECT id, state FROM envelope").fetchall())
        assert set(states) == {sealed.head.id for sealed in self.saved}
        assert {one for one, state in states.items() if state == State.PURGED} <= set(self.portal.delivered())

    def teardown(self) -> None:
        if not hasattr(self, "outbox"):
            return
        self.drain()
        assert self.outbox.status().pending == 0
        assert sorted(self.portal.delivered()) == sorted(sealed.head.id for sealed in self.saved)
        self.outbox.close()
        self.portal.db.close()
        self.folder.cleanup()

    def drain(self) -> None:
        """In the end the line is good: everything arrives."""
        self.mono += 4000
        self.outbox.expire_leases()
        while claim := self.outbox.claim(lease_s=30):
            receipt = self.portal.take(claim.envelope)
            assert receipt is not None
            assert self.outbox.acknowledge(receipt)


TestKioskLinePortal = KioskLinePortal.TestCase
TestKioskLinePortal.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_sends_with_a_third_of_the_replies_lost_have_one_effect_each(tmp_path: Path) -> None:
    bench = Bench(recipients=(RecipientKey.generate(Kem.X25519).recipient,))
    outbox, portal = opened(tmp_path / "outbox.db", bench), Portal(tmp_path, bench)
    rng, sends, ids = random.Random(7), 0, set[str]()
    while sends < 100_000:
        for n in range(50):
            sealed = bench.sealed(case_id=f"{len(ids)}-{n}", case_seq=1)
            assert isinstance(outbox.save(sealed), Saved)
            ids.add(sealed.head.id)
        while claim := outbox.claim(lease_s=30):
            sends += 1
            receipt = portal.take(claim.envelope)
            if receipt is None or rng.random() < 0.3:
                outbox.put_back(claim, "line_lost", counted=False)
            else:
                assert outbox.acknowledge(receipt)
    assert sorted(portal.delivered()) == sorted(ids)
    assert outbox.status().pending == 0
    outbox.close()
    portal.db.close()


def test_the_chunks_of_a_large_envelope_are_more_than_one() -> None:
    assert len(chunks_of(Bench().sealed(payload(pictures=1)).ciphertext)) > 1
