"""The lab's console does what it is told and says so."""

from __future__ import annotations

import pytest

from hardware.cards.console import HELP, Console
from hardware.cards.sim.lab import CardLab


def test_cards_go_in_and_out(lab: CardLab) -> None:
    console = Console(lab)
    assert console.obey("insert elder") == "elder is in"
    assert console.obey("insert other 1") == "other is in"
    assert console.obey("show") == "0: DemoCard, 1: OtherCard"
    assert console.obey("pull 1") == "empty"
    assert console.obey("swap mute") == "mute is in"
    assert console.obey("show") == "0: MuteCard, 1: empty"


def test_knobs_turn_and_turn_back(lab: CardLab) -> None:
    console = Console(lab)
    slot = lab.slots[1]
    for line in ("slow 0.5 1", "tear 3 1", "wrong 1"):
        console.obey(line)
    assert (slot.slow_s, slot.tear_at, slot.alter is None) == (0.5, 3, False)
    console.obey("calm 1")
    assert (slot.slow_s, slot.tear_at, slot.alter) == (0.0, None, None)


def test_the_service_dies_and_lives(lab: CardLab) -> None:
    console = Console(lab)
    assert console.obey("kill") == "the service is dead"
    assert not lab.running
    assert console.obey("start") == "the service runs again"
    assert console.obey("start") == "the service runs"
    assert lab.running


@pytest.mark.parametrize("line", ["dance", "insert", "insert nobody", "pull 7", "slow fast", "pull x"])
def test_a_line_that_makes_no_sense_is_said_so(lab: CardLab, line: str) -> None:
    assert Console(lab).obey(line) == f"Not understood: {line} (type help)"


def test_help_and_quit(lab: CardLab) -> None:
    console = Console(lab)
    assert console.obey("") == console.obey("help") == HELP
    assert not console.ended
    console.obey("quit")
    assert console.ended
