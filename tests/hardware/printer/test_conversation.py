"""The talk with a printer, against a scripted line: stale answers, noise, silence, half a line."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.device import Fault
from hardware.printer.conversation import Conversation
from hardware.printer.status import PAPER_QUERY, QUERIES, Paper

WELL = dict.fromkeys(QUERIES, b"\x12")


class Script:
    """A line that answers each written part as told, and can say more by itself."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.answer = answer
        self.coming = bytearray()
        self.sent = bytearray()
        self.gone = False

    def open(self) -> Fault | None:
        return None

    def write(self, part: bytes, deadline_s: float) -> int:
        self.sent += part
        self.coming += self.answer(part)
        return len(part)

    def read(self, deadline_s: float) -> bytes | None:
        if self.gone:
            return None
        if not self.coming:
            time.sleep(max(0.0, min(0.01, deadline_s - time.monotonic())))
        said, self.coming = bytes(self.coming), bytearray()
        return said

    def close(self) -> None:
        self.gone = True


def well(part: bytes) -> bytes:
    """A printer without trouble that prints at once."""
    queries = sum(part.count(query) for query in QUERIES)
    return b"\x12" * queries + b"\x00" * part.count(PAPER_QUERY)


def talk(script: Script) -> Conversation:
    return Conversation(script, answer_timeout_s=0.05, write_timeout_s=0.05, glance_s=0.05)


def fault_code(answer: Paper | Fault) -> str | None:
    return answer.code if isinstance(answer, Fault) else None


def test_a_well_printer_proves_the_job_with_one_mark() -> None:
    script = Script(well)
    assert talk(script).end_of_job(1.0) is Paper.OK
    assert script.sent == PAPER_QUERY


def test_a_late_answer_to_an_earlier_job_is_no_proof_of_this_one() -> None:
    script = Script(lambda part: b"\x12" * sum(part.count(query) for query in QUERIES))  # real time only
    conversation = talk(script)
    assert fault_code(conversation.end_of_job(0.1)) == "slip_unproven"
    first = [b"\x00"]  # the earlier job's answer comes just after this job's marks were sent

    def late(part: bytes) -> bytes:
        stale = first.pop() if PAPER_QUERY in part and first else b""
        return b"\x12" * sum(part.count(query) for query in QUERIES) + stale

    script.answer = late
    assert fault_code(conversation.end_of_job(0.1)) == "slip_unproven"


def test_after_an_unanswered_job_a_healed_printer_proves_again() -> None:
    script = Script(lambda _: b"")
    conversation = talk(script)
    assert isinstance(conversation.end_of_job(0.1), Fault)
    script.answer = well
    assert conversation.end_of_job(1.0) is Paper.OK
    script.sent.clear()
    assert conversation.end_of_job(1.0) is Paper.OK
    assert script.sent == PAPER_QUERY


def test_the_answer_before_the_mark_does_not_count() -> None:
    script = Script(lambda _: b"")
    script.coming += b"\x00"
    assert isinstance(talk(script).end_of_job(0.1), Fault)


def test_a_token_that_does_not_come_back_is_no_proof() -> None:
    assert fault_code(talk(Script(well)).end_of_job(0.2, b"0042")) == "slip_unproven"


@pytest.mark.parametrize("noise", [b"\xff", b"\x80\x00", b"\x00\xff"])
def test_noise_is_no_proof(noise: bytes) -> None:
    assert fault_code(talk(Script(lambda _: noise)).end_of_job(0.2)) == "printer_garbled"


def test_a_line_that_ends_is_lost() -> None:
    script = Script(well)
    script.gone = True
    conversation = talk(script)
    assert fault_code(conversation.end_of_job(0.2)) == "printer_lost"
    status = conversation.status()
    assert status.fault is not None
    assert status.fault.code == "printer_lost"


def test_unasked_frames_do_not_disturb_a_status() -> None:
    script = Script(lambda part: b"\x10\x00\x00\x00\x12" if part in QUERIES else b"")
    assert talk(script).status().fault is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=6), min_size=1, max_size=8))
def test_whatever_is_answered_the_talk_ends_with_a_value(answers: list[bytes]) -> None:
    replies = iter(answers)
    conversation = talk(Script(lambda _: next(replies, b"")))
    status = conversation.status()
    assert status.fault is not None or status.online
    assert isinstance(conversation.end_of_job(0.05), Paper | Fault)
