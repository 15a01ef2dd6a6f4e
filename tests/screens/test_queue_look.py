"""The technician's page and the queue: read beside the screen, said in the page's language, sent on request."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from offline_queue.outbox import Outbox
from offline_queue.records import OutboxStatus, State
from screens.models.queue_look import QueueLook, longest_unit
from screens.models.staff import Staff
from screens.rehearsal import Resident
from tests.screens.conftest import Counter
from tests.screens.test_staff import inside, nobody, sees

__all__ = ["nobody"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, ("minutes", 0)), (59, ("minutes", 0)), (7199, ("minutes", 119)), (7200, ("hours", 2)),
     (47 * 3600, ("hours", 47)), (48 * 3600, ("days", 2)), (90 * 86400 + 1, ("days", 90))],
)  # fmt: skip
def test_an_age_is_one_figure_in_the_largest_unit_that_still_tells(seconds: float, said: tuple[str, int]) -> None:
    assert longest_unit(seconds) == said


def test_a_disk_that_hangs_does_not_hold_the_page(
    counter: Counter, nobody: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, free, asked = Outbox.status, threading.Event(), []

    def hangs(outbox: Outbox) -> OutboxStatus:
        asked.append(threading.current_thread().name)
        assert free.wait(60)
        return replace(read(outbox), oldest_age_s=7300.0, counts={State.READY: 3, State.QUARANTINED: 2})

    monkeypatch.setattr(Outbox, "status", hangs)
    inside(counter, nobody)
    staff = counter.screens.model(Staff)
    assert staff.property("queueWords") == nobody.say("staff.queue.looking")
    assert [row["value"] for row in staff.property("figures")] == [nobody.say("staff.queue.not_yet")] * 3
    for _ in range(5):
        staff.turnLanguage()  # the page works on
        staff._queue.look()  # and looks no second time while the first look hangs
    assert asked.count("queue-look") == 1
    assert "MainThread" not in asked
    while counter.stage.session.language != "zh_Hant":
        staff.turnLanguage()
    free.set()
    sees(nobody, "2 小時")
    assert [row["value"] for row in staff.property("figures")] == ["5", "2 小時", "2"]


def test_what_waits_is_sent_at_a_touch_though_the_writer_hangs(
    counter: Counter, nobody: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, done = threading.Event(), threading.Event()

    def hangs(_: Outbox) -> int:
        assert free.wait(60)
        done.set()
        return 0

    inside(counter, nobody)
    monkeypatch.setattr(Outbox, "retry_all", hangs)
    counter.screens.model(Staff).sendAll()
    assert not done.is_set()
    free.set()
    assert done.wait(60)


def test_nothing_is_kept_when_nobody_looks(counter: Counter, nobody: Resident) -> None:
    inside(counter, nobody)
    look: QueueLook = counter.screens.model(Staff)._queue
    nobody.glass.wait_for(lambda: look.found is not None, "the first look")
    counter.stage.end()
    assert look.found is None
