"""Plays whole visits on the real screens: a made-up resident who reads the glass and touches it.

Nothing is called past the screen: every answer goes through a key or a button that a finger could touch. Pictures of
each page, the slip and a record of the visit are left in a folder.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtQuick import QQuickItem

from hardware.camera.simulated import SimulatedCamera
from hardware.camera.synthetic import DEEDS
from hardware.cards import IdentityDocument, SimulatedCardReader
from hardware.cards.console import PACE_OFFER
from hardware.cards.emrtd.pace import PaceInfo
from hardware.cards.people import PEOPLE
from hardware.cards.sim.emrtd import EmrtdCard
from hardware.cards.sim.issuer import SPECIMEN_CAN, SPECIMEN_EXPIRY, SPECIMEN_NUMBER, utopia
from hardware.likeness import FACES
from kiosk.app import Kiosk
from kiosk.catalogue import Fact, Language, Step
from kiosk.catalogue.model import Item
from kiosk.flow.journeys import sample_answers
from kiosk.flow.state import FlowState, Refused
from kiosk.identity.chip_key import KeyEntry
from kiosk.journey import Bundle
from kiosk.session import CHOICE_TYPES, Page
from kiosk.simulated_phone import SimulatedPhone
from screens.glass import Glass, NotSeenError
from screens.main import Screens
from screens.models.compare import Compare
from screens.models.desks import Pay, Result, Times
from screens.models.entries import Entries
from screens.models.matters import Events
from screens.models.phone import Phone
from screens.models.review import Consent
from screens.models.slip import Slip
from screens.models.thread import Thread
from screens.models.typing import Typing
from screens.stage import Stage

LONGEST_VISIT: Final = 120  # pages
FAULTS: Final = (
    "card_torn",
    "card_unknown",
    "card_payment",
    "chip_key_wrong",
    "reader_unplugged",
    "face_camera_unplugged",
    "face_camera_dark",
    "face_of_another",
    "challenge_skipped",
    "document_camera_unplugged",
    "paper_out",
    "printer_off",
    "roll_out",
)
"""What `--fault` can break on the way; each is mended again where the resident would wait for it."""


DOCUMENTS: Final = ("card", "passport", "passport-can", "oldpassport", "phone")
"""What a made-up resident brings: an identity card, a passport opened by its photo page or six digits, one by BAC;
or a phone with iAM Smart."""


class RehearsalError(Exception):
    """The visit could not be played to its end; the text says on which page and why."""


@dataclass(frozen=True)
class PageRecord:
    """One page of a rehearsed visit: seconds from its first showing until it was left."""

    page: str
    step: str
    title: str
    seconds: float
    picture: str


@dataclass
class VisitRecord:
    """What a rehearsal leaves in visit.json."""

    service: str
    language: str
    offline: bool
    faults: list[str]
    steps: list[PageRecord] = field(default_factory=list)
    envelope_id: str = ""
    receipt_number: str = ""
    delivery: str = ""
    event: str = ""
    matters: list[str] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    """Of a case: each receipt number and its envelope."""
    slip: str = ""
    received: list[Mapping[str, object]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the record as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


class Resident:
    """Goes through one service, several together, or a life event.

    `person` is whose document is used; "" types everything by hand. `document` is one of DOCUMENTS: their identity
    card, or a passport and the key they type for its chip. `more` are services added to the first one; `event` begins
    with a life event in place of a service, and `unticked` are matters of it that are left out.
    """

    def __init__(
        self,
        screens: Screens,
        stage: Stage,
        *,
        service: str,
        language: Language,
        person: str = "elder",
        document: str = "card",
        out: Path | None = None,
        faults: Iterable[str] = (),
        choices: Mapping[str, object] | None = None,
        offline: bool = False,
        more: Sequence[str] = (),
        event: str = "",
        unticked: Collection[str] = (),
    ) -> None:
        self.screens = screens
        self.stage = stage
        self.glass = Glass(screens.window)
        self.service = service
        self.more = list(more)
        self.event = event
        self.unticked = unticked
        self.language = language
        self.person = person
        self.papers = document
        self.out = out
        self.faults = set(faults)
        self.choices = choices or {}
        self.record = VisitRecord(service, language, offline, sorted(self.faults), event=event)
        self._answers: dict[str, object] = {}
        self._answered_for: tuple[str, bool] = ("", False)

    # ---- the visit ----

    def visit(self) -> VisitRecord:
        """From the greeting to the slip; the slip's page stays open."""
        self.until(lambda page: page is Page.SLIP)
        self.leave_page(Page.SLIP)
        self._note_end()
        return self.record

    def until(self, there: Callable[[Page], bool]) -> Page:
        """Go on page by page until a page is reached that satisfies `there`; it is shown and not left."""
        for _ in range(LONGEST_VISIT):
            self.settle()
            page = self.stage.session.page
            if there(page):
                return page
            self.leave_page(page)
        raise RehearsalError(f"{self.service} did not end after {LONGEST_VISIT} pages")

    def leave_page(self, page: Page) -> None:
        """Do on one page what a resident does there."""
        began = time.monotonic()
        step = self.stage.session.step
        title = (self.glass.headings() or [""])[0]
        before = self._key()
        try:
            self._doings()[page]()
            if page is not Page.SLIP:
                self.glass.wait_for(lambda: self._key() != before, f"the page after {page}")
        except NotSeenError as error:
            raise RehearsalError(f"{self.service} stopped at {page} ({step.id if step else ''}): {error}") from error
        seconds = round(time.monotonic() - began, 3)
        self.record.steps.append(PageRecord(str(page), step.id if step else "", title, seconds, self._last_picture))

    def settle(self) -> None:
        """Wait until the page stands still."""
        loader = self.screens.window.findChild(QQuickItem, "page")
        if loader is None:
            raise RehearsalError("the window has no page")
        self.glass.wait_for(lambda: loader.isEnabled() and loader.property("item") is not None, "a page at rest")
        self._last_picture = ""

    def _key(self) -> tuple[object, ...]:
        session = self.stage.session
        entry = session.entry.id if session.entry else ""
        step = session.step.id if session.step else ""
        comparing = session.comparing.stage if session.comparing else ""
        return session.page, step, session.part, session.picture is None, entry, comparing

    def picture(self, name: str) -> None:
        """Keep a picture of the glass."""
        if self.out is None:
            return
        file = f"{len(self.record.steps) + 1:02}-{name}.png"
        self.screens.window.grabWindow().save(str(self.out / file))
        self._last_picture = file

    # ---- what to do on each page ----

    def _doings(self) -> Mapping[Page, Callable[[], None]]:
        return {
            Page.ATTRACT: self._greet,
            Page.HOME: self._open_category if not self.event else self._look_for_event,
            Page.EVENTS: self._open_event,
            Page.EVENT: self._choose_matters,
            Page.CASE: self._read_thread,
            Page.SERVICES: self._open_service,
            Page.CHECKLIST: self._read_checklist,
            Page.IDENTIFY: self._identify,
            Page.CHIP_KEY: self._open_chip,
            Page.PHONE: self._use_phone,
            Page.FORM: self._fill,
            Page.CHOICE: self._fill,
            Page.PORTRAIT: self._photograph,
            Page.DOCUMENT: self._photograph,
            Page.COMPARE: self._compare,
            Page.REVIEW: lambda: self._plain("bar.next"),
            Page.LIST: self._fill_list,
            Page.RESULT: self._read_answer,
            Page.SLOT: self._book,
            Page.PAY: self._pay,
            Page.SIGN: self._sign,
            Page.CONSENT: self._agree,
            Page.SENDING: lambda: None,
            Page.SAVED: self._ask_for_slip,
            Page.SAVED_CASE: self._ask_for_slip,
            Page.SLIP: self._take_slip,
        }

    def say(self, key: str, **values: object) -> str:
        """A text as the resident reads it."""
        return self.stage.kiosk.catalogue.texts.say(self.language, key, **values)

    def _plain(self, key: str) -> None:
        page = self.stage.session.page
        self.picture(page.lower())
        self.glass.press_when_there(self.say(key))

    def _agree(self) -> None:
        self.picture("consent")
        self.glass.press_when_there(str(self.screens.model(Consent).property("nextLabel")))

    def _sign(self) -> None:
        frame = next(seen for seen in self.glass.seen() if seen.name == self.say("sign.frame")).rect
        across = [QPoint(frame.left() + 120 + 40 * n, frame.center().y() + (60 if n % 2 else -60)) for n in range(12)]
        self.glass.draw(across)
        self.picture("sign")
        self.glass.press_when_there(self.say("sign.use"))

    def _read_answer(self) -> None:
        result = self.screens.model(Result)
        self.glass.wait_for(lambda: bool(result.property("ready")), "the department's answer")
        if result.property("problem"):
            raise RehearsalError(str(result.property("problem")))
        self.picture("result")
        self.glass.press_when_there(str(result.property("nextLabel")))

    def _book(self) -> None:
        self.glass.wait_for(lambda: bool(self.stage.session.offers), "times to choose from")
        times = self.screens.model(Times)
        label = str(times.property("rows")[0]["label"])
        self.glass.press_when_there(label)
        self.glass.wait_for(lambda: self.glass.shows(self.say("times.hold")), "the time to be picked")
        self.picture("slot")
        self.glass.press(self.say("times.hold"))

    def _pay(self) -> None:
        self.glass.wait_for(lambda: bool(self.screens.model(Pay).property("ready")), "the bill")
        self.picture("pay")
        self.glass.press_when_there(str(self.screens.model(Pay).property("nextLabel")))

    def _fill_list(self) -> None:
        entries = self.screens.model(Entries)
        done = bool(entries.property("enough")) and bool(self.stage.session.items)
        self.picture("list")
        self.glass.press_when_there(self.say("bar.next" if done else "list.add"))

    def _greet(self) -> None:
        self._sit_down()
        self.picture("attract")
        self.glass.press(self.say("site.hello"))

    def _open_category(self) -> None:
        row = next(row for row in self.stage.kiosk.catalogue.listing if row.id == self.service)
        listing = self.stage.kiosk.catalogue.listing
        if row.side != self.stage.session.side:
            count = sum(other.side == row.side for other in listing)
            self.glass.press(self.say(f"home.side_{row.side}", count=count))
        self.picture("home")
        name = self.say(f"category.{row.category}")
        for way_on in (self.say("overlay.more"), self.say("overlay.first"), self.say("overlay.more")):
            while not self.glass.shows(name) and self.glass.turn(way_on):
                self.settle()
        self.glass.press_when_there(name)

    def _look_for_event(self) -> None:
        self.picture("home")
        events = self.screens.model(Events)
        title = self.say(self.stage.kiosk.catalogue.events[self.event].title_key)
        self.glass.press(title if self.glass.shows(title) else str(events.property("allLabel")))

    def _open_event(self) -> None:
        self.picture("events")
        self._find_in_pages(self.say(self.stage.kiosk.catalogue.events[self.event].title_key))

    def _choose_matters(self) -> None:
        events = self.screens.model(Events)
        for matter in self.unticked:
            self._find_in_pages(self.say(self.stage.kiosk.catalogue.services[matter].title_key))
        self._leaf("event")
        self.glass.press_when_there(str(events.property("nextLabel")))

    def _read_thread(self) -> None:
        thread = self.screens.model(Thread)
        if self.more:
            self._add_another("case")
            return
        self._leaf("case-begun" if thread.property("begun") else "case")
        self.glass.press_when_there(str(thread.property("nextLabel")))

    def _leaf(self, name: str) -> None:
        """Look at every page of a list."""
        self.picture(name)
        for number in range(2, 10):
            if not self.glass.shows(self.say("overlay.more")):
                break
            self.glass.press(self.say("overlay.more"))
            self.picture(f"{name}-{number}")

    def _read_checklist(self) -> None:
        if self.more:
            self._add_another("checklist")
        else:
            self._plain("checklist.start")

    def _add_another(self, name: str) -> None:
        self.picture(name)
        self.service = self.more.pop(0)
        self._find_in_pages(self.say("case.add"))

    def _open_service(self) -> None:
        row = next(row for row in self.stage.kiosk.catalogue.listing if row.id == self.service)
        name = row.names[self.language]
        self.picture("services")
        self._find_in_pages(name)

    def _find_in_pages(self, name: str) -> None:
        """Touch what stands on one of the pages of a list."""
        for _ in range(20):
            if self.glass.shows(name):
                self.glass.press(name)
                return
            more = [seen for seen in self.glass.controls() if seen.name.startswith(self.say("overlay.more"))]
            if not more:
                break
            self.glass.press_at(more[0].rect.center())
        raise NotSeenError(f"{name!r} is in no page of its list")

    def _identify(self) -> None:
        self.picture("identify")
        if not self.person:
            self.glass.press_when_there(self.say("identify.type"))
            return
        if self.papers == "phone":
            label = f"{self.say('phone.sign_in')}, {self.say('phone.sign_in_more')}"
            self.glass.press_when_there(label)
            return
        reader = self.stage.kiosk.devices.card
        if not isinstance(reader, SimulatedCardReader):
            raise RehearsalError("rehearsals need the simulated card reader ([card] driver)")
        if self.papers == "card" or self.stage.card.state not in ("reading", "done"):
            self._break_reader(reader)
            reader.present(self.document())
            if self.papers != "card":
                self.glass.wait_for(lambda: self.stage.session.page is Page.CHIP_KEY, "the chip to ask for its key")
                return
        self.glass.wait_for(lambda: self.glass.shows(self.say("bar.next")), "the document to be read")
        self.picture("identify-done")
        self.glass.press(self.say("bar.next"))
        reader.pull_card()

    def _use_phone(self) -> None:
        """Scan the code, compare the numbers, agree on the phone, take what it gives."""
        model = self.screens.model(Phone)
        code = self.say("phone.code")
        self.glass.wait_for(lambda: bool(model.property("picture")) and code in self.glass.words(), "the code")
        self.picture("phone")
        entry = self.stage.session.phone
        if entry is None:
            raise RehearsalError("no code is shown")
        phone = SimulatedPhone(entry.code.address)
        number = phone.scan()
        self.glass.wait_for(lambda: number in self.glass.words(), "the number that the phone shows")
        opened = self.say("phone.opened")
        self.glass.wait_for(lambda: opened in self.glass.words(), "the kiosk to see the phone")
        self.picture("phone-opened")
        phone.answer("approve", self.person)
        self.glass.wait_for(lambda: self.glass.shows(self.say("phone.use")), "what the phone gives")
        self.picture("phone-done")
        self.glass.press(self.say("phone.use"))

    def _open_chip(self) -> None:
        """Type the key of the made-up passport, once wrong where that is what is rehearsed."""
        entry = self.stage.session.chip
        if "chip_key_wrong" in self.faults and entry is not None and not entry.refused:
            self._type_key(SPECIMEN_NUMBER[:-1] + "0", "000000")
            self.glass.wait_for(lambda: self.stage.session.page is Page.CHIP_KEY, "the page to ask again")
            self.settle()
            self._see_fault("card_access_denied")
        self._type_key(SPECIMEN_NUMBER, SPECIMEN_CAN)

    def _type_key(self, number: str, can: str) -> None:
        if self.papers == "passport-can" and self.glass.shows(self.say("chip_key.by_can")):
            self.picture("chip-key")
            self.glass.press(self.say("chip_key.by_can"))
            self.glass.wait_for(lambda: self.glass.shows(self.say("chip_key.can")), "the field for six digits")
        born = PEOPLE[self.person].birth_date
        expires = date(2000 + int(SPECIMEN_EXPIRY[:2]), int(SPECIMEN_EXPIRY[2:4]), int(SPECIMEN_EXPIRY[4:]))
        values = {"number": number, "birth": self._as_typed(born), "expiry": self._as_typed(expires), "can": can}
        entry = self.stage.session.chip
        for name in entry.fields if entry is not None else ():
            self.glass.press(self.say(f"chip_key.{name}"))
            for _ in range(len((self.stage.session.chip or KeyEntry(())).typed.get(name, ""))):
                self.glass.press(self.say("key.erase"))
            self.type(values[name])
        self.picture("chip-key")
        self.glass.press(self.say("chip_key.open"))

    def _sit_down(self) -> None:
        """Before the camera sits the holder of the document, or somebody else where that is rehearsed."""
        camera = self.stage.kiosk.devices.face_camera
        holder = self.person or "elder"
        other = next(name for name in reversed(FACES) if name != holder)
        if camera is not None and isinstance(camera.source, SimulatedCamera):
            camera.source.seat(FACES[other if "face_of_another" in self.faults else holder])

    def document(self) -> IdentityDocument | EmrtdCard:
        """The made-up document of the made-up person."""
        person = PEOPLE[self.person]
        if self.papers == "card":
            return person.document()
        offer = None if self.papers == "oldpassport" else PaceInfo(*PACE_OFFER)
        return utopia().card(person, offer=offer, extended=None if offer is None else 4096)

    def _break_reader(self, reader: SimulatedCardReader) -> None:
        if "card_unknown" in self.faults:
            reader.present("unknown")
            self._see_fault("card_unknown")
            reader.pull_card()
        if "card_payment" in self.faults:
            reader.present("bank")
            self._see_fault("card_payment")
            reader.pull_card()
        if "card_torn" in self.faults:
            reader.present("torn")
            self._see_fault("card_removed")
            reader.pull_card()
        if "reader_unplugged" in self.faults:
            reader.unplug()
            self._see_fault("reader_lost")
            reader.plug()
            self.glass.wait_for(lambda: self.say("identify.title") in self.glass.words(), "the reader to be back")

    def _see_fault(self, code: str) -> None:
        text = self.say(f"fault.{code}.text")
        self.glass.wait_for(lambda: text in self.glass.words(), f"the sentence for {code}")
        self.picture(f"fault-{code}")

    def _photograph(self) -> None:
        face = self.stage.session.page is Page.PORTRAIT
        name = "portrait" if face else "document"
        step = self.stage.session.step
        if step is not None and step.instead is not None and self.choices.get(step.instead) is True:
            self.picture(name)
            self.glass.press(self.say(f"{name}.without"))
            return
        if self.stage.session.picture is not None:
            reading = self.say("reading.reading")
            self.glass.wait_for(lambda: reading not in self.glass.words(), "the paper to be read", 60.0)
            self.picture(f"{name}-taken")
            self.glass.press(self.say("capture.use"))
            return
        self._break_camera(face=face)
        ready = self.say(f"{name}.ready")
        self.glass.wait_for(lambda: ready in self.glass.words(), f"the camera to find the {name} good")
        self.picture(name)
        self.glass.press_when_there(self.say("capture.take"))

    def _compare(self) -> None:
        """One moment of it: say yes, do what the picture asks, wait, hear what came out."""
        model = self.screens.model(Compare)
        state = str(model.property("state"))
        self.picture(f"compare-{state}")
        match state:
            case "asking":
                answer = "yes" if self.choices.get("compare", True) else "no"
                self.glass.press(f"{self.say(f'compare.{answer}')}, {self.say(f'compare.{answer}_more')}")
                self.glass.press_when_there(self.say("bar.next"))
            case "challenge" if "challenge_skipped" in self.faults:
                self.glass.press_when_there(self.say("compare.skip"))
            case "challenge":
                self._meet_challenge(model)
            case "working":
                self.glass.wait_for(lambda: model.property("state") != "working", "the comparison", 60.0)
            case "missed" | "told":
                self.glass.press_when_there(str(model.property("nextLabel")))

    def _meet_challenge(self, model: Compare) -> None:
        """Do what each sentence says as it appears."""
        said = {self.say(f"compare.{deed}"): deed for deed in DEEDS}
        done: list[str] = []

        def over() -> bool:
            deed = said.get(str(model.property("sentence")))
            if deed is not None and deed not in done:
                done.append(deed)
                self.picture(f"compare-{deed}")
                camera = self.stage.kiosk.devices.face_camera
                if camera is not None and isinstance(camera.source, SimulatedCamera):
                    camera.source.do(deed)
            return str(model.property("state")) != "challenge"

        self.glass.wait_for(over, "the challenge to be over", 120.0)

    def _break_camera(self, *, face: bool) -> None:
        devices = self.stage.kiosk.devices
        camera = devices.face_camera if face else devices.document_camera
        source = camera.source if camera else None
        stem = "face_camera" if face else "document_camera"
        if not isinstance(source, SimulatedCamera):
            return
        if f"{stem}_unplugged" in self.faults:
            source.unplug()
            self._see_fault("camera_lost")
            source.plug()
        if f"{stem}_dark" in self.faults:
            source.go_dark()
            self.glass.wait_for(
                lambda: self.say("portrait.too_dark" if face else "document.too_dark") in self.glass.words(),
                "the page to say that it is dark",
            )
            self.picture("fault-dark")
            source.restore()

    def _ask_for_slip(self) -> None:
        self._break_printers()
        if not self.record.offline:
            delivered = self.say("saved.delivered_title")
            self.glass.wait_for(lambda: delivered in self.glass.words(), "the portal's receipt", 30.0)
        else:
            waiting = self.say("saved.waiting_title")
            self.glass.wait_for(lambda: waiting in self.glass.words(), "the page to say that it waits", 30.0)
        self.picture("saved")
        slip = self.screens.model(Slip)
        self.glass.press(str(slip.property("printLabel")))

    def _break_printers(self) -> None:
        devices = self.stage.kiosk.devices
        roll, a4 = devices.emulator, devices.simulated_a4
        if roll is None or a4 is None or not self.faults & {"paper_out", "printer_off", "roll_out"}:
            return
        roll.power_off() if "printer_off" in self.faults else roll.out_of_paper()
        if "roll_out" in self.faults:
            self.glass.wait_for(lambda: not devices.working("printer"), "the kiosk to notice the roll")
            return
        a4.out_of_paper()
        self.glass.wait_for(lambda: self.glass.shows(self.say("slip.show")), "the kiosk to notice the printers")

    def _take_slip(self) -> None:
        self.glass.wait_for(lambda: self.glass.shows(self.say("slip.finish")), "the slip to be out", 60.0)
        picture = self.screens.model(Slip)
        self.glass.wait_for(lambda: bool(picture.property("picture")), "the slip's picture", 60.0)
        self.picture("slip")
        if self.out is not None:
            self.screens.pictures.picture("slip").save(str(self.out / "slip.png"))
            self.record.slip = "slip.png"

    # ---- forms ----

    def _fill(self) -> None:
        step = self.stage.session.step
        flow = self.stage.session.flow
        if step is None or flow is None:
            return
        answers = self._answers_for(flow, step) if self.stage.session.entry is None else self._entry_for(flow, step)
        for fact in self.stage.session.fields():
            if not self.stage.session.locked(fact.id):
                self._answer(fact, answers.get(fact.id))
        self.picture(f"{self.stage.session.page.lower()}-{step.id.replace('/', '-')}")
        self.glass.press_when_there(self.say("bar.next"))

    def _entry_for(self, flow: FlowState, step: Step) -> Mapping[str, object]:
        """Made-up answers for one entry of a list."""
        found = next(sample_answers(flow.catalogue.facts, flow.today, step, self.choices))[step.ask[0]]
        first = found[0] if isinstance(found, tuple) else None
        return first.values if isinstance(first, Item) else {}

    def _answers_for(self, flow: FlowState, step: Step) -> Mapping[str, object]:
        """Made-up answers that this step's rules let pass."""
        bundle = self.stage.session.bundle
        asked = (step.id, flow.returning if bundle is None else bundle.moment.changing is not None)
        if self._answered_for != asked or self.stage.session.part == 0:
            tries = (values for wish in self._wishes(flow, step) for values in self._samples(flow, step, wish))
            self._answers = next((values for values in tries if self._passes(values)), {})
            self._answered_for = asked
        return self._answers

    def _samples(self, flow: FlowState, step: Step, wish: Mapping[str, object]) -> Iterator[dict[str, object]]:
        return sample_answers(flow.catalogue.facts, flow.today, step, wish)

    def _wishes(self, flow: FlowState, step: Step) -> Iterator[Mapping[str, object]]:
        """What this resident wants; where a rule stops that, each other answer to one question of the step."""
        yield self.choices
        for name in step.ask:
            fact = flow.catalogue.facts[name]
            for value in fact.choices or ((False, True) if fact.type == "yes_no" else ()):
                yield {**self.choices, name: value}

    def _passes(self, values: Mapping[str, object]) -> bool:
        session = self.stage.session
        free = {name: value for name, value in values.items() if not session.locked(name)}
        if session.journey is None:
            return False
        moved = session.journey.answer(free)
        if isinstance(moved, Bundle) and session.bundle is not None:
            return moved.matters == session.bundle.matters  # no matter is lost by an answer, if it can be helped
        return not isinstance(moved, Refused)

    def _answer(self, fact: Fact, value: object) -> None:
        known = self.stage.session.known(fact.id)
        if value is None or (known is not None and known.source in ("card", "iam_smart")):
            return  # the document or the phone said it
        if fact.type in CHOICE_TYPES:
            choice = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
            label = fact.choice_key(choice) if fact.type == "choice" else f"review.{choice}"
            self.glass.press(self.say(label))
            return
        if not self.glass.shows(self.say(fact.label_key)):
            self.glass.turn(self.say("overlay.more"))
        self.glass.press(self.say(fact.label_key))
        self.type(self._as_typed(value))

    def _as_typed(self, value: object) -> str:
        if isinstance(value, date):
            return f"{value:%d%m%Y}" if self.language == "en" else f"{value:%Y%m%d}"
        return str(value)

    def type(self, text: str) -> None:
        """Touch one key after the other; what the keyboard does not have comes from a hardware keyboard."""
        if text.isascii():
            self._letters()
        for character in text:
            self._key_for(character)

    def _letters(self) -> None:
        """Made-up answers are in Latin letters: choose them where the keyboard begins with Chinese."""
        typing = self.screens.model(Typing)
        if self.stage.session.page is Page.FORM and typing.property("method") != "latin":
            self.glass.press(f"{self.say('typing.method')} {typing.property('methodLabel')}")
            self.glass.press_when_there(self.say("typing.latin"))

    def _key_for(self, character: str) -> None:
        names = {" ": self.say("key.space")}
        name = names.get(character, character)
        for way in (name, name.upper(), name.lower()):
            if self.glass.shows(way):
                self.glass.press(way)
                return
        for switch in (self.say("typing.digits"), "ABC"):
            if self.glass.shows(switch):
                self.glass.press(switch)
                if self.glass.shows(name) or self.glass.shows(name.upper()):
                    self._key_for(character)
                    return
        self.screens.type_by_hardware(character)

    def _note_end(self) -> None:
        saved = self.stage.session.saved
        if saved is None and self.stage.session.answer is not None:
            self.record.delivery = "answered"
            return
        if saved is None:
            raise RehearsalError("the visit ended without being saved")
        self.record.parts = {each.receipt_number: each.envelope_id for each in self.stage.session.all_saved}
        self.record.matters = list(self.stage.session.journey.matters) if self.stage.session.journey else []
        self.record.envelope_id = saved.envelope_id
        self.record.receipt_number = saved.receipt_number
        self.record.delivery = self.stage.kiosk.delivery(saved.envelope_id)

    def finish(self) -> None:
        """Leave: the visit is wiped."""
        self.glass.press_when_there(self.say("slip.finish"))
        self.glass.wait_for(lambda: self.stage.session.page is Page.ATTRACT, "the first screen")


def received_for(kiosk: Kiosk, receipt_number: str) -> list[Mapping[str, object]]:
    """What the departments got of one submission, from the embedded portal."""
    if kiosk.portal is None:
        return []
    return [entry for entry in kiosk.portal.received() if entry["receipt_number"] == receipt_number]
