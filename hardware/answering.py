"""The other end of `worker.Worker`: what a helper process does before it works, and how it answers."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable
from typing import Any, Final, TextIO

from hardware.bounded import bound

MOST_BYTES: Final = 64 * 1024 * 1024
"""Of what may come with one request."""


def begin(memory_bytes: int) -> TextIO:
    """Bound this process, let it log nothing, and give the pipe that its answers go to.

    Whatever a library prints goes elsewhere: it must not look like an answer.
    """
    bound(memory_bytes)
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return answers


def say(answers: TextIO, told: dict[str, Any]) -> None:
    """One line of JSON."""
    print(json.dumps(told), file=answers, flush=True)


def answer_all(answers: TextIO, answer: Callable[[dict[str, Any], bytearray], dict[str, Any]]) -> None:
    """Say that it has started, then answer each request and what came with it until the pipe closes."""
    say(answers, {"ready": True})
    while request := sys.stdin.buffer.readline():
        asked = json.loads(request)
        say(answers, answer(asked, bytearray(sys.stdin.buffer.read(min(asked["bytes"], MOST_BYTES)))))
