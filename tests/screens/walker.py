"""Residents who type something and walk away, in a process of its own: `python -m tests.screens.walker FOLDER`.

A line of JSON on standard input is one of them: {"service": id, "typed": [code points], "further": n}. What is typed
comes as numbers, so that it stands nowhere in this process but where the kiosk puts it. The resident types it, goes on
for n pages, and walks away; it is told on standard output where, and where the next resident stands. Each waits for a
line. Nothing is tidied here: what is gone is gone by the kiosk's own doing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kiosk.session import Page
from screens.glass import wait_until
from screens.rehearsal import Resident
from tests.screens.conftest import Counter, counter_in

LAST = (Page.SENDING, Page.SAVED, Page.SLIP, Page.RESULT)


def say(*words: object) -> None:
    print(json.dumps([str(word) for word in words]), flush=True)
    sys.stdin.readline()


def walk(counter: Counter, service: str, typed: list[int], further: int) -> None:
    resident = at_a_field(counter, service)
    for code in typed:
        counter.screens.type_by_hardware(chr(code))
    typed.clear()
    resident.settle()
    for _ in range(further):
        if counter.stage.session.page in LAST:
            break
        resident.leave_page(counter.stage.session.page)
        resident.until(lambda _: True)
        resident.settle()
    say("left", counter.stage.session.page, counter.stage.session.page in LAST)
    counter.stage.end()
    del resident
    wait_until(lambda: not counter.screens.between.isActive(), 20.0)
    at_a_field(counter, service)  # the next resident, who has typed nothing yet
    say("next", counter.stage.session.page, False)


def at_a_field(counter: Counter, service: str) -> Resident:
    """At the first form of a service, a free text active: the name, for who types it."""
    resident = counter.resident("en", person="")
    resident.service = service
    resident.until(lambda page: page is Page.FORM)
    resident.settle()
    fields = [fact for fact in counter.stage.session.fields() if fact.type in ("text", "name")]
    resident.glass.press(resident.say(fields[0].label_key))
    resident.settle()
    return resident


def main() -> None:
    """Serve residents until the input ends."""
    with counter_in(Path(sys.argv[1]), idle_s=600.0) as counter:
        say("ready", "", False)
        while line := sys.stdin.readline():
            asked = json.loads(line)
            del line
            walk(counter, asked["service"], asked["typed"], asked["further"])


if __name__ == "__main__":
    main()
