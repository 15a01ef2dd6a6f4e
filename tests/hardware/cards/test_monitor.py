"""The monitor sees every change on the real service, and ends when told."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from hardware.cards import people
from hardware.cards.monitor import Monitor, Picture
from hardware.cards.sim.demo_card import DemoCard
from hardware.cards.sim.lab import CardLab

DEADLINE_S = 60.0
Pictures = queue.SimpleQueue[Picture]


@pytest.fixture
def pictures(lab: CardLab) -> Iterator[Pictures]:
    seen: Pictures = queue.SimpleQueue()
    monitor = Monitor(seen.put)
    monitor.start()
    yield seen
    assert monitor.stop()


def test_it_sees_the_readers_at_once(pictures: Pictures) -> None:
    picture = pictures.get(timeout=DEADLINE_S)
    assert picture.service
    assert [slot.present for slot in picture.slots] == [False, False]


def test_it_sees_a_card_come_and_go(lab: CardLab, pictures: Pictures) -> None:
    pictures.get(timeout=DEADLINE_S)
    card = DemoCard(people.ELDER.document())
    lab.slots[1].insert(card)
    there = pictures.get(timeout=DEADLINE_S).slots[1]
    assert (there.present, there.atr, there.mute) == (True, card.atr, False)
    lab.slots[1].remove()
    gone = pictures.get(timeout=DEADLINE_S).slots[1]
    assert (gone.present, gone.changes) == (False, there.changes + 1)


def test_it_sees_the_service_end_and_come_back(lab: CardLab, pictures: Pictures) -> None:
    pictures.get(timeout=DEADLINE_S)
    lab.kill()
    assert not pictures.get(timeout=DEADLINE_S).service
    lab.start()
    while len(pictures.get(timeout=DEADLINE_S).slots) < 2:
        pass


def test_it_sees_a_service_without_readers(lab: CardLab) -> None:
    lab.kill()
    lab.start(readers=False)
    seen: Pictures = queue.SimpleQueue()
    monitor = Monitor(seen.put)
    monitor.start()
    assert seen.get(timeout=DEADLINE_S) == Picture(service=True)
    assert monitor.stop()


def test_it_may_be_stopped_at_any_moment(lab: CardLab) -> None:
    for _ in range(20):
        monitor = Monitor(lambda picture: None)
        monitor.start()
        assert monitor.stop()
