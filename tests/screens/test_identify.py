"""The identify page with travel documents: the chip's key, wrong keys, lifted documents, other cards, whole visits."""

from __future__ import annotations

import pytest

from hardware.camera import Frame
from hardware.cards import FAULT_CODES, SimulatedCardReader, people
from hardware.cards.sim import issuer, papers
from hardware.cards.sim.chip_keys import chip_authentication
from hardware.cards.sim.emrtd import EmrtdCard
from hardware.cards.sim.issuer import utopia
from kiosk.catalogue import LANGUAGES, Language
from kiosk.identity import chip_key
from kiosk.identity.evidence import Evidence
from kiosk.session import Page
from screens.rehearsal import Resident, received_for
from screens.stage import CardView
from tests.hardware.papers.prints import zone_page
from tests.screens.conftest import Counter
from tests.screens.test_pages import cut_texts

SERVICE = "HK-IDD-10"  # asks for the number of a travel document


def reader_of(counter: Counter) -> SimulatedCardReader:
    reader = counter.kiosk.devices.card
    assert isinstance(reader, SimulatedCardReader)
    return reader


def at_identify(counter: Counter, language: Language = "en", document: str = "passport") -> Resident:
    resident = counter.resident(language, document=document)
    resident.service = SERVICE
    resident.until(lambda page: page is Page.IDENTIFY)
    return resident


def lay_down(counter: Counter, resident: Resident, card: EmrtdCard | None = None) -> None:
    reader_of(counter).present(card or utopia().card(people.ELDER))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.CHIP_KEY, "the chip to ask for its key")
    resident.settle()


def pick_up(counter: Counter, resident: Resident) -> None:
    reader_of(counter).pull_card()
    resident.glass.wait_for(lambda: not counter.stage._lies_there, "the kiosk to notice")


def give_key(counter: Counter, resident: Resident, number: str = issuer.SPECIMEN_NUMBER) -> None:
    """Type the three details; the fields' own rules are tested apart."""
    entry = counter.stage.session.chip
    assert entry is not None
    english = counter.stage.session.language == "en"
    dates = {"birth": "08031951", "expiry": "31122035"} if english else {"birth": "19510308", "expiry": "20351231"}
    for name, text in {"number": number, **dates}.items():
        entry = chip_key.typed(chip_key.focused(entry, name), text)
    counter.stage.act(lambda: setattr(counter.stage.session, "chip", entry))
    resident.glass.press(resident.say("chip_key.open"))


def state(counter: Counter) -> str:
    return counter.stage.card.state


@pytest.mark.parametrize(
    ("language", "document"), [("en", "oldpassport"), ("zh_Hant", "passport"), ("zh_Hans", "passport-can")]
)
def test_a_whole_visit_with_a_passport_is_delivered_with_what_its_chip_proved(
    counter: Counter, language: Language, document: str
) -> None:
    resident = counter.resident(language, document=document)
    resident.service = SERVICE
    record = resident.visit()
    resident.glass.wait_for(lambda: bool(received_for(counter.kiosk, record.receipt_number)), "the department's copy")
    answers = received_for(counter.kiosk, record.receipt_number)[0]["answers"]
    assert isinstance(answers, dict)
    assert answers["passport"] == issuer.SPECIMEN_NUMBER
    assert answers["identity_evidence"] == {
        "answers": ["name_en", "name_zh", "passport"],
        "document": "passport",
        "verdict": "chip_may_be_copy",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_key_page_is_cut_and_every_field_is_in_sight(counter: Counter, language: Language) -> None:
    resident = at_identify(counter, language)
    lay_down(counter, resident)
    for denied in (False, True):
        counter.screens.window.grabWindow()
        assert cut_texts(counter) == []
        fields = [resident.glass.find(resident.say(f"chip_key.{name}")) for name in chip_key.FIELDS["mrz"]]
        assert max(field.rect.bottom() for field in fields) < resident.glass.find("1" if denied else "Q").rect.top()
        if not denied:
            give_key(counter, resident, "UT1234560")
            sentence = resident.say("fault.card_access_denied.text")
            resident.glass.wait_for(lambda text=sentence: text in resident.glass.words(), "no")  # type: ignore[misc]
            resident.settle()
            counter.stage.act(lambda: setattr(counter.stage.session, "chip", chip_key.focused(entry(counter), "birth")))


def entry(counter: Counter) -> chip_key.KeyEntry:
    assert counter.stage.session.chip is not None
    return counter.stage.session.chip


def test_after_three_wrong_keys_typing_is_offered_and_nothing_loops(counter: Counter) -> None:
    resident = at_identify(counter)
    card = utopia().card(people.ELDER)
    lay_down(counter, resident, card)
    for tries in range(1, 4):
        give_key(counter, resident, "UT1234560")
        resident.glass.wait_for(lambda count=tries: entry(counter).refused == count, "the chip to say no")  # type: ignore[misc]
        resident.settle()
    assert card.tries == 3
    resident.glass.press(resident.say("identify.type"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.FORM, "the form to type in")


def test_a_passport_picked_up_to_be_read_keeps_the_page_and_is_read_when_it_is_laid_down(counter: Counter) -> None:
    resident = at_identify(counter)
    lay_down(counter, resident)
    pick_up(counter, resident)
    give_key(counter, resident)
    resident.glass.wait_for(lambda: resident.say("identify.lay_down") in resident.glass.words(), "to be asked for it")
    reader_of(counter).present(utopia().card(people.ELDER))
    resident.glass.wait_for(lambda: state(counter) == "done", "the document to be read")
    assert resident.say("identify.verdict.chip_may_be_copy") in resident.glass.words()


def test_a_chip_that_proves_itself_is_said_to_be_genuine(counter: Counter) -> None:
    resident = at_identify(counter)
    chip = chip_authentication("0.4.0.127.0.7.2.2.3.2.2", "brainpoolP256r1")
    lay_down(counter, resident, utopia().card(people.ELDER, chip=chip))
    give_key(counter, resident)
    resident.glass.wait_for(lambda: resident.say("identify.verdict.genuine") in resident.glass.words(), "the verdict")
    assert counter.stage.session.evidence is not None
    assert counter.stage.session.evidence.verdict == "genuine"


def test_a_document_of_an_unknown_issuer_is_read_and_said_to_be_unchecked(counter: Counter) -> None:
    resident = at_identify(counter)
    lay_down(counter, resident, issuer.Issuer().card(people.ELDER))
    give_key(counter, resident)
    resident.glass.wait_for(
        lambda: resident.say("identify.verdict.no_trust_anchor") in resident.glass.words(), "the verdict"
    )


def test_a_forged_document_is_refused_and_fills_nothing(counter: Counter) -> None:
    resident = at_identify(counter)
    card = utopia().card(people.ELDER)
    card.files = {**card.files, 0x0101: utopia().files(people.ADULT)[0x0101]}
    lay_down(counter, resident, card)
    give_key(counter, resident)
    sentence = resident.say("fault.card_not_genuine.text")
    resident.glass.wait_for(lambda: sentence in resident.glass.words(), "the sentence")
    assert counter.stage.session.known("passport") is None
    assert counter.stage.session.evidence is None


@pytest.mark.parametrize("card", ["bank", "transit"])
def test_a_card_that_is_no_identity_card_is_named(counter: Counter, card: str) -> None:
    resident = at_identify(counter)
    reader_of(counter).present(card)  # type: ignore[arg-type]
    code = {"bank": "card_payment", "transit": "card_transit"}[card]
    sentence = resident.say(f"fault.{code}.text")
    resident.glass.wait_for(lambda: sentence in resident.glass.words(), "the sentence")
    assert resident.glass.shows(resident.say("identify.type"))


def test_leaving_wipes_the_key_from_the_page_and_from_the_reader(counter: Counter) -> None:
    resident = at_identify(counter)
    lay_down(counter, resident)
    pick_up(counter, resident)
    give_key(counter, resident)
    resident.glass.wait_for(lambda: state(counter) == "lay_down", "the kiosk to wait for the document")
    counter.stage.end()
    assert (counter.stage.session.chip, counter.stage.session.evidence) == (None, None)
    again = at_identify(counter)
    lay_down(counter, again)  # asks anew: the key of the visit before is gone
    assert entry(counter).typed == {}


def test_a_passport_laid_down_before_the_page_is_reached_asks_there(counter: Counter) -> None:
    resident = counter.resident("en", document="passport")
    resident.service = SERVICE
    resident.until(lambda page: page is Page.CHECKLIST)
    reader_of(counter).present(utopia().card(people.ELDER))
    resident.glass.wait_for(lambda: state(counter) == "waiting", "the chip to wait")
    resident.leave_page(Page.CHECKLIST)
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.CHIP_KEY, "the page that asks for the key")


def test_the_picture_of_a_document_that_another_replaces_before_any_page_took_it_is_overwritten(
    counter: Counter,
) -> None:
    resident = counter.resident("en", document="passport")
    resident.service = SERVICE
    resident.until(lambda page: page is Page.CHECKLIST)
    pictures = [bytearray(b"\xff" * 64) for _ in range(2)]
    for picture in pictures:
        counter.stage._hold(Evidence("passport", "genuine", {}, portrait=picture))
    assert pictures[0] == bytes(64)
    assert pictures[1] == b"\xff" * 64
    counter.stage.end()
    assert pictures[1] == bytes(64)


def test_the_zone_is_read_off_the_tray_and_opens_the_chip(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    resident = at_identify(counter)
    zone = papers.PASSPORT.zone(people.ELDER)
    page = zone_page((zone[:44], zone[44:]))
    camera = counter.kiosk.devices.document_camera
    lay_down(counter, resident)
    monkeypatch.setattr(camera, "latest", lambda: Frame.of(1, 0.0, page[:200]))
    resident.glass.press(resident.say("chip_key.look"))
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("chip_key.look_again")), "the miss", 40.0)
    monkeypatch.setattr(camera, "latest", lambda: Frame.of(2, 0.0, page))
    resident.glass.press(resident.say("chip_key.look_again"))
    resident.glass.wait_for(lambda: state(counter) == "done", "the document to be read", 40.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_identity_page_is_cut_whatever_the_reader_says(counter: Counter, language: Language) -> None:
    at_identify(counter, language)
    faults = [code for code in FAULT_CODES if code.startswith(("card_", "reader_"))]
    views = [
        CardView("waiting"),
        CardView("reading", 0.4, name="CHAN, TAI MAN"),
        CardView("lay_down"),
        CardView("done"),
    ]
    for view in (*views, *(CardView("failed", fault=code) for code in faults)):
        counter.stage.card = view
        counter.stage.announce()
        counter.screens.window.grabWindow()
        assert (cut_texts(counter), view) == ([], view)
