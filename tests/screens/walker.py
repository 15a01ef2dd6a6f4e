"""Residents who type something and walk away, in a process of its own: `python -m tests.screens.walker FOLDER`.

A line of JSON on standard input is one of them: {"service": id, "word": [code points], "card": false, "further": n}.
The word comes as numbers, so that it stands nowhere in this process but where the kiosk puts it. The resident types it,
or is called so by their identity card, goes on for n pages, and walks away; it is told on standard output where, and
where the next resident stands. Each waits for a line. Nothing is tidied here: what is gone is gone by the kiosk's own
doing.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from hardware.cards import IdentityDocument
from hardware.cards.people import ELDER
from kiosk.catalogue import Fact
from kiosk.memory import begin_without_caches
from kiosk.session import Page
from screens.glass import wait_until
from screens.rehearsal import Resident
from tests.screens.conftest import Counter, counter_in

LAST = (Page.SENDING, Page.SAVED, Page.SLIP, Page.RESULT)


def say(*words: object) -> None:
    print(json.dumps([str(word) for word in words]), flush=True)
    sys.stdin.readline()


class Hurried(Resident):
    """Types on a hardware keyboard: where the letters come from is not what is looked at here."""

    def __init__(self, counter: Counter, service: str, *, name: str = "") -> None:
        person = "elder" if name else ""
        super().__init__(counter.screens, counter.stage, service=service, language="en", person=person)
        self._name = name

    def type(self, text: str) -> None:
        """One key event a letter, whatever keys are on the screen."""
        for character in text:
            self.screens.type_by_hardware(character)

    def document(self) -> IdentityDocument:
        """Their card, which they leave behind nowhere."""
        name, self._name = self._name, ""
        return replace(ELDER.document(), name_en=name)


class Queue:
    """Residents one after the other at one kiosk; who comes next is the one who then types."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._there: Hurried | None = None  # at a field, nothing typed yet

    def walk(self, service: str, word: list[int], further: int, *, card: bool) -> None:
        """Type at the first field, or use a card, and leave so many pages later; the next one comes to that field."""
        resident = self._with_a_card(service, word) if card else self._typing(service, word)
        word.clear()
        resident.settle()
        for _ in range(further):
            if resident.stage.session.page in LAST:
                break
            resident.leave_page(resident.stage.session.page)
            resident.settle()
        say("left", resident.stage.session.page, resident.stage.session.page in LAST)
        resident.stage.end()
        del resident
        wait_until(lambda: not self._counter.screens.between.isActive(), 20.0)
        self._there = self._at_a_field(service)
        say("next", self._counter.stage.session.page, False)

    def _typing(self, service: str, word: list[int]) -> Hurried:
        resident = self._there
        if resident is None or resident.service != service:
            resident = self._at_a_field(service)
        self._there = None
        for code in word:
            resident.screens.type_by_hardware(chr(code))
        return resident

    def _with_a_card(self, service: str, word: list[int]) -> Hurried:
        """On the page after the card was read."""
        self._there = None
        resident = self._comes(service, name="".join(map(chr, word)))
        resident.leave_page(resident.until(lambda page: page is Page.IDENTIFY))
        return resident

    def _at_a_field(self, service: str) -> Hurried:
        """At the first page of a service that has one, a free text active: the name, for who types it."""
        resident = self._comes(service)
        resident.until(lambda page: page is Page.FORM and bool(self._free_texts()))
        resident.glass.press(resident.say(self._free_texts()[0].label_key))
        resident.settle()
        return resident

    def _comes(self, service: str, *, name: str = "") -> Hurried:
        self._counter.stage.end()
        self._counter.mend()
        return Hurried(self._counter, service, name=name)

    def _free_texts(self) -> list[Fact]:
        """What is asked on this page and takes any letters as they are."""
        fields = self._counter.stage.session.fields()
        return [fact for fact in fields if fact.type in ("text", "name") and fact.format != "han"]


def main() -> None:
    """Serve residents until the input ends."""
    begin_without_caches()
    with counter_in(Path(sys.argv[1]), idle_s=600.0) as counter:
        queue = Queue(counter)
        say("ready", "", False)
        while line := sys.stdin.readline():
            asked = json.loads(line)
            del line
            queue.walk(asked["service"], asked["word"], asked["further"], card=asked["card"])


if __name__ == "__main__":
    main()
