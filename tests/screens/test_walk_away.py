"""Somebody types, or uses a card, and walks away, and the next resident comes: nothing of it is in the kiosk's memory.

The memory of a real kiosk process is read from outside; so are its models' properties, which are a part of it, and the
files it keeps.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.app import ROOT
from tests.other_memory import is_held, times_held

LETTERS = "QXZJVKWY"
FEW = (("HK-WEL-01", 0), ("HK-WEL-01", 4))
MANY = (
    "HK-WEL-01", "HK-WEL-02", "HK-WEL-04", "HK-WEL-05", "HK-WEL-06", "HK-WEL-07", "HK-COM-01", "HK-COM-02",
    "HK-COM-07", "HK-IDD-01", "HK-IDD-03", "HK-TAX-01", "HK-TAX-02", "HK-TAX-03", "HK-TAX-13", "HK-VOT-01",
    "HK-VOT-02", "GD-HPF-01", "GD-HPF-02", "GD-HPF-03",
)  # fmt: skip
WITH_A_CARD = ("HK-WEL-01", "HK-COM-07", "HK-TAX-13")  # a face beside it; a signature; a bill
MOST_PAGES = 30


class Walker:
    """The process, spoken to line by line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.screens.walker", str(folder)],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.comes("ready")
        self.go_on()

    def comes(self, word: str) -> tuple[str, bool]:
        """Wait until it says that it is there: the page, and whether no page comes after it."""
        assert self._process.stdout is not None
        said = next((json.loads(line) for line in self._process.stdout if line.startswith("[")), ["gone", "", ""])
        assert said[0] == word
        return said[1], said[2] == "True"

    def go_on(self, line: str = "") -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def has(self, word: str) -> bool:
        """Whether a word stands in its memory."""
        return is_held(self._process.pid, word)

    def holds(self, word: str) -> int:
        """How often a word stands in its memory, and in the files it keeps."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
        return times_held(self._process.pid, word) + len(files)

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(60)


@pytest.fixture
def walker(tmp_path: Path) -> Iterator[Walker]:
    """One for each test: where one fails, its walker still waits for a line."""
    found = Walker(tmp_path)
    yield found
    found.close()


def left_at(walker: Walker, service: str, further: int, *, card: bool = False) -> bool:
    """Somebody leaves so many pages after typing, or after their card was read; whether that was the last page."""
    word = "".join(secrets.choice(LETTERS) for _ in range(12))
    letters = [ord(letter) for letter in word]
    walker.go_on(json.dumps({"service": service, "word": letters, "card": card, "further": further}))
    page, last = walker.comes("left")
    assert last or walker.has(word), f"{page}: what is typed is looked for where it must be"
    walker.go_on()
    walker.comes("next")
    assert walker.holds(word) == 0, page
    walker.go_on()
    return last


def left_at_every_page(walker: Walker, service: str, *, card: bool = False) -> bool:
    """Somebody leaves at the first page, at the second, and so on; whether the last one was reached."""
    return any(left_at(walker, service, further, card=card) for further in range(MOST_PAGES))


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("service", "further"), FEW)
def test_what_was_typed_is_nowhere_when_the_next_resident_has_come(walker: Walker, service: str, further: int) -> None:
    left_at(walker, service, further)


@pytest.mark.timeout(900)
def test_what_a_card_said_is_nowhere_when_the_next_resident_has_come(walker: Walker) -> None:
    """Its reader's thread lives on; blocks that it kept aside would be found, in the midst of the next visit."""
    left_at(walker, "HK-WEL-01", 1, card=True)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("service", MANY)
def test_whoever_leaves_at_any_page_of_twenty_journeys_leaves_nothing(walker: Walker, service: str) -> None:
    assert left_at_every_page(walker, service)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("service", WITH_A_CARD)
def test_whoever_uses_a_card_and_leaves_at_any_page_leaves_nothing(walker: Walker, service: str) -> None:
    assert left_at_every_page(walker, service, card=True)
