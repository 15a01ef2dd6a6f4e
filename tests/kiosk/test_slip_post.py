"""What is written when a slip is sent: the paper's words in its language, the codes that prove it, nothing more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printer import Block, Code, Pair, Rule, Text
from kiosk.app import ASSETS
from kiosk.catalogue import LANGUAGES, Language, Texts, load_catalogue
from kiosk.receipt import SlipContent, slip_blocks
from kiosk.slip_post import SlipPost, slip_message, slip_number
from kiosk.submission import Sender
from kiosk.take_home import Paper, Printer
from offline_queue.envelope import Malformed, open_envelope
from offline_queue.portal_client import Kind, Trouble
from offline_queue.sealing import SealedEnvelope
from offline_queue.slip_code import SlipCode, sign_slip
from offline_queue.slip_message import Progress, SlipMessage, Way, message_in, payload_of
from tests.offline_queue.samples import Bench

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
CATALOGUE = load_catalogue(ASSETS)
TEXTS: Texts = CATALOGUE.texts
BENCH = Bench()


def url(number: str = "TB1 2611 0001 J") -> str:
    ids = "0193e000-0000-7000-8000-000000000001"
    code = SlipCode(BENCH.device.key_id, number, "HK-WEL-01", ids, bytes(32), NOON, 7)
    return sign_slip(code, BENCH.device, verify_url="https://portal.example/verify")


def paper(language: Language = "en", blocks: list[Block] | None = None) -> Paper:
    content = SlipContent(
        receipt_number="TB1 2611 0001 J",
        service=CATALOGUE.services["HK-WEL-01"],
        saved_at=NOON,
        site="Treasury Building",
        site_office="庫務大樓",
        kiosk_id="TB1",
        fee_cents=0,
        delivered=False,
        code_url=url(),
    )
    found = slip_blocks(content, TEXTS, language, "zh_Hant") if blocks is None else blocks
    title = TEXTS.say(language, "slip_paper.title")
    return Paper("job", title, language, tuple(found), Printer.ROLL, "footer", "code")


def written(way: Way, language: Language = "en", blocks: list[Block] | None = None) -> SlipMessage:
    to = "chan@example.org" if way is Way.EMAIL else "+85251234567"
    found = slip_message(paper(language, blocks), way, to, TEXTS)
    assert found is not None
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", Way)
def test_the_slips_words_and_its_proof_are_written_in_the_residents_language(way: Way, language: Language) -> None:
    message = written(way, language)
    assert message.subject == f"{TEXTS.say(language, 'slip_paper.title')} TB1 2611 0001 J"
    assert "TB1 2611 0001 J" in message.text
    assert TEXTS.say(language, CATALOGUE.services["HK-WEL-01"].title_key) in message.text
    assert url() in message.text.splitlines()
    assert message.codes == (url(),)
    assert TEXTS.say(language, "slip_paper.scan") not in message.text  # there is no picture to scan


@pytest.mark.parametrize("way", Way)
def test_what_is_written_is_what_the_portal_takes(way: Way) -> None:
    for language in LANGUAGES:
        assert message_in(payload_of(written(way, language), "1")) == written(way, language)


def test_a_text_message_leaves_the_small_print_out() -> None:
    nameless = TEXTS.say("en", "slip_paper.nameless")
    assert nameless in written(Way.EMAIL).text
    assert nameless not in written(Way.SMS).text


def test_a_paper_that_no_code_proves_is_not_sent() -> None:
    assert slip_message(paper(blocks=[Text("words")]), Way.EMAIL, "", TEXTS) is None
    assert slip_message(paper(blocks=[Code("https://elsewhere.example")]), Way.EMAIL, "", TEXTS) is None


def test_what_does_not_fit_a_text_message_goes_by_mail_only() -> None:
    blocks: list[Block] = [Code(url(f"N{place}")) for place in range(5)]
    assert slip_message(paper(blocks=blocks), Way.SMS, "", TEXTS) is None
    assert written(Way.EMAIL, blocks=blocks).codes == tuple(url(f"N{place}") for place in range(5))


@given(st.text(max_size=400), st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_department_wrote_becomes_printable_lines(words: str, left: str, right: str) -> None:
    blocks: list[Block] = [Text(words), Rule(), Pair(left, right), Code(url())]
    message = written(Way.EMAIL, blocks=blocks)
    assert all(line.isprintable() for line in message.text.split("\n"))
    assert url() in message.text
    assert "\n\n\n" not in message.text


def test_the_number_is_the_first_codes() -> None:
    assert slip_number((url("A"), url("B"))) == "A"
    assert slip_number(()) == ""


# ---- handing it in ----


class Line:
    """A portal client that answers as it is told."""

    def __init__(self, taken: Trouble | None, *progress: Progress | Trouble) -> None:
        self.taken, self.progress = taken, list(progress)
        self.sent: list[SealedEnvelope] = []
        self.closed = 0

    def another(self) -> Line:
        return self

    def send_slip(self, sealed: SealedEnvelope) -> Trouble | None:
        self.sent.append(sealed)
        return self.taken

    def slip_progress(self, message_id: str) -> Progress | Trouble:
        assert message_id == self.sent[-1].head.id
        return self.progress.pop(0) if len(self.progress) > 1 else self.progress[0]

    def close(self) -> None:
        self.closed += 1


def post(line: Line, monotonic: Callable[[], float] | None = None) -> SlipPost:
    sender = Sender(BENCH.kiosk_id, BENCH.device, BENCH.recipients, None)  # type: ignore[arg-type]
    made = SlipPost(sender, line)  # type: ignore[arg-type]
    return made if monotonic is None else replace(made, monotonic=monotonic)


def sealed(line: Line) -> SealedEnvelope:
    return post(line).seal(written(Way.EMAIL), "1", NOON)


def test_only_the_portals_worker_can_open_it_and_its_header_says_nothing_personal() -> None:
    found = sealed(Line(None))
    assert found.head.receipt_number == "TB1 2611 0001 J"
    assert b"chan" not in found.header + found.ciphertext
    payload = open_envelope(found.header, found.ciphertext, [BENCH.key])
    assert not isinstance(payload, Malformed)
    assert message_in(payload) == written(Way.EMAIL)


def test_it_is_sent_when_the_portal_says_so() -> None:
    line = Line(None, Progress.WAITING, Progress.SENT)
    assert post(line).send(sealed(line)) is Progress.SENT
    assert line.closed == 1


def test_a_line_that_flickers_while_it_is_asked_does_not_end_the_asking() -> None:
    line = Line(None, Trouble(Kind.OFFLINE, "unreachable"), Progress.REFUSED)
    assert post(line).send(sealed(line)) is Progress.REFUSED


@pytest.mark.parametrize("last", [Progress.WAITING, Trouble(Kind.OFFLINE, "unreachable")])
def test_nothing_certain_within_the_time_is_told_as_it_is(last: Progress | Trouble) -> None:
    line, clock = Line(None, last), iter(range(0, 1000, 10))
    assert post(line, lambda: float(next(clock))).send(sealed(line)) == last


def test_what_the_portal_does_not_take_is_not_asked_for() -> None:
    line = Line(Trouble(Kind.POISON, "slip_sent_enough"))
    assert post(line).send(sealed(line)) == Trouble(Kind.POISON, "slip_sent_enough")
