"""How a helper process answers: one line for each request, and nothing that a library prints."""

from __future__ import annotations

import json
import subprocess
import sys

from hardware.piped import ROOT

PROGRAM = """
import logging
from hardware.answering import MOST_BYTES, answer_all, begin
answers = begin(1 << 31)
print("a library says hello")
logging.getLogger("library").critical("and logs")
def answer(asked, raw):
    print("in the middle, too")
    return {"twice": 2 * asked["number"], "bytes": len(raw), "first": raw[:1].decode()}
answer_all(answers, answer)
"""


def test_requests_are_answered_in_order_and_what_libraries_print_is_no_answer() -> None:
    asked = b"".join(
        json.dumps({"number": number, "bytes": number}).encode() + b"\n" + b"x" * number for number in (0, 5, 70_000)
    )
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, input=asked, capture_output=True, check=True)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"ready": True},
        {"twice": 0, "bytes": 0, "first": ""},
        {"twice": 10, "bytes": 5, "first": "x"},
        {"twice": 140_000, "bytes": 70_000, "first": "x"},
    ]
    assert b"logs" not in done.stderr
