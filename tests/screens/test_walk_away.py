"""Somebody types, walks away, and the next resident comes: what was typed stands nowhere in the kiosk's memory.

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
from tests.other_memory import times_held

LETTERS = "QXZJVKWY"
FEW = (("HK-WEL-01", 0), ("HK-WEL-01", 4))
MANY = (
    "HK-WEL-01", "HK-WEL-02", "HK-WEL-03", "HK-WEL-04", "HK-WEL-05", "HK-WEL-07", "HK-COM-01", "HK-COM-02",
    "HK-COM-07", "HK-IDD-01", "HK-IDD-03", "HK-TAX-01", "HK-TAX-02", "HK-TAX-03", "HK-TAX-13", "HK-VOT-01",
    "HK-VOT-02", "GD-HPF-01", "GD-HPF-02", "GD-HPF-03",
)  # fmt: skip
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

    def holds(self, word: str) -> int:
        """How often a word stands in its memory, and in the files it keeps."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
        return times_held(self._process.pid, word) + len(files)

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(60)


@pytest.fixture(scope="module")
def walker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walker]:
    found = Walker(tmp_path_factory.mktemp("walker"))
    yield found
    found.close()


def left_at(walker: Walker, service: str, further: int) -> bool:
    """Somebody leaves so many pages after typing; whether that was the last page."""
    word = "".join(secrets.choice(LETTERS) for _ in range(12))
    walker.go_on(json.dumps({"service": service, "typed": [ord(letter) for letter in word], "further": further}))
    page, last = walker.comes("left")
    assert last or walker.holds(word), f"{page}: what is typed is looked for where it must be"
    walker.go_on()
    walker.comes("next")
    assert walker.holds(word) == 0, page
    walker.go_on()
    return last


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("service", "further"), FEW)
def test_what_was_typed_is_nowhere_when_the_next_resident_has_come(walker: Walker, service: str, further: int) -> None:
    left_at(walker, service, further)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("service", MANY)
def test_whoever_leaves_at_any_page_of_twenty_journeys_leaves_nothing(walker: Walker, service: str) -> None:
    pages = (left_at(walker, service, further) for further in range(MOST_PAGES))
    assert any(pages), "the last page is reached"
