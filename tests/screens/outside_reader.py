"""A screen reader outside the kiosk, run by the system's Python: what AT-SPI shows, and presses through it.

Arguments: names of controls, pressed one after the other. Prints one list of [role, name] a press, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import pyatspi

PRESSED = ("push button", "button", "page tab", "radio button", "check box")
LOOKS = 150


def walk(node: Any, depth: int = 0) -> Any:
    """A node and all that is showing in it."""
    if node is None or depth > 40:
        return
    if depth < 4 or node.getState().contains(pyatspi.STATE_SHOWING):
        yield node
        for place in range(node.childCount):
            yield from walk(node.getChildAtIndex(place), depth + 1)


def kiosk() -> Any:
    """The first program that shows itself."""
    for _ in range(LOOKS):
        desktop = pyatspi.Registry.getDesktop(0)
        for place in range(desktop.childCount):
            program = desktop.getChildAtIndex(place)
            if program is not None and program.childCount:
                return program
        time.sleep(0.1)
    raise SystemExit("no program shows itself")


def control(program: Any, wanted: str) -> Any:
    """The control whose name begins so; waits up to 15 s for it."""
    for _ in range(LOOKS):
        for node in walk(program):
            if node.name and node.name.startswith(wanted) and node.getRoleName() in PRESSED:
                return node
        time.sleep(0.1)
    raise SystemExit(f"{wanted!r} is not there: {[node.name for node in walk(program)]}")


def main(names: list[str]) -> None:
    program, record = kiosk(), []
    for name in names:
        action = control(program, name).queryAction()
        action.doAction([action.getName(place) for place in range(action.nActions)].index("Press"))
        time.sleep(0.5)
        record.append([[node.getRoleName(), node.name] for node in walk(program) if node.name])
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
