"""A process and its two pipes: heard and told in time, and gone without a trace."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.piped import Piped, line_of

ECHO = "import sys\nfor line in sys.stdin.buffer: sys.stdout.buffer.write(line); sys.stdout.buffer.flush()"
DEAF = "import time; print('here', flush=True); time.sleep(600)"


def piped(program: str) -> Piped:
    return Piped((sys.executable, "-S", "-c", program))


@pytest.fixture
def echo() -> Iterator[Piped]:
    made = piped(ECHO)
    yield made
    made.end()


def test_lines_are_heard_one_by_one_however_they_come(echo: Piped) -> None:
    assert echo.tell(b"one\ntwo\nthr", time.monotonic() + 60) is None
    assert [echo.line(60), echo.line(60)] == [b"one", b"two"]
    assert echo.tell(b"ee\n", time.monotonic() + 60) is None
    assert echo.line(60) == b"three"


def test_a_process_that_says_nothing_is_late(echo: Piped) -> None:
    assert echo.line(0.05) == "late"


def test_more_than_a_pipe_holds_is_told_to_who_reads_and_is_late_for_who_does_not(echo: Piped) -> None:
    deaf = piped(DEAF)
    assert deaf.line(60) == b"here"
    assert deaf.tell(bytes(1 << 20), time.monotonic() + 0.1) == "late"
    deaf.end()
    assert echo.tell(bytes(50_000), time.monotonic() + 60) is None


def test_a_process_that_ended_is_gone_for_who_hears_and_for_who_tells(echo: Piped) -> None:
    echo.kill()
    assert echo.line(60) == "gone"
    os.waitid(os.P_PID, echo.pid, os.WEXITED | os.WNOWAIT)  # it closes one pipe a moment before the other
    assert echo.tell(b"anybody?\n", time.monotonic() + 60) == "gone"
    assert not echo.running


def test_after_its_end_it_is_no_process_any_more(echo: Piped) -> None:
    pid = echo.pid
    echo.end()
    assert not Path(f"/proc/{pid}").exists()


def test_a_program_that_is_not_there_cannot_be_begun() -> None:
    with pytest.raises(FileNotFoundError):
        Piped(("/no/such/program",))


def test_a_message_says_how_many_bytes_follow_it() -> None:
    line = line_of({"task": "look"}, b"abc")
    assert line.endswith(b"\n")
    assert json.loads(line) == {"task": "look", "bytes": 3}
