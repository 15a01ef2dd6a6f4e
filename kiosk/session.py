"""One visit, from the first touch to the wipe: which page is due, what was typed, what is known.

The session lives in memory on the GUI thread and knows no Qt. Every intent of a resident is one method;
`page` says what to draw next and `direction` which way it moved. What it goes through is a `Journey`: a service by
itself or a case of many matters, and hardly anything here has to know which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from kiosk.at_the_desk import AtTheDesk
from kiosk.catalogue import Capture, Catalogue, Language, Step
from kiosk.catalogue.model import Item, Payment, Slot
from kiosk.easier import EasierUse
from kiosk.entries import Entry, next_id, written
from kiosk.fields import CHOICE_TYPES, iso_date, spaced_date
from kiosk.flow import case, engine
from kiosk.flow.answers import take_entry
from kiosk.flow.state import Filled, Problem, Refused
from kiosk.identity.by_face import Band, Likeness
from kiosk.identity.evidence import Evidence
from kiosk.identity.phone import SOURCE
from kiosk.journey import Bundle, Journey, Single, counted
from kiosk.pages import Page, Stop
from kiosk.staff import StaffEntry
from kiosk.submission import SavedVisit

LONGEST_QUERY: Final = 40
__all__ = ["CHOICE_TYPES", "Page", "Session", "Stop", "iso_date", "spaced_date"]


class Session(AtTheDesk):
    """The one visit at this kiosk."""

    def __init__(
        self, catalogue: Catalogue, *, today: Callable[[], date], home_side: str = "HK", compares: bool = False
    ) -> None:
        super().__init__(catalogue, home_side, today)
        self.closed = False
        self.compares = compares  # whether this kiosk can compare a photo with a document's
        self.evidence = None
        self.end()

    # ---- begin and end ----

    def begin(self, language: Language) -> None:
        """A resident touched a greeting."""
        self.end()
        self.language = language
        self._go(Page.HOME, 1)

    def begin_staff(self) -> None:
        """A staff card waits for its PIN; its pages speak the site's own language."""
        self.end()
        self.direction = 1
        self.staff = StaffEntry()

    def end(self) -> None:
        """Wipe the visit: nothing a resident said, showed or typed is left here."""
        self._look_again()
        self._plan_again()
        self.journey = None
        self.drafts = {}
        self.problems = {}
        self.active = ""
        self.part = 0
        self.typing_identity = False
        self.looking_at_matters = False
        self.forget_document()
        self.forget_phone()
        self.forget_face()
        self.forget_sending()
        self.picture = None
        self.items = ()
        self.entry = None
        self.review_page = 0
        self.all_saved = ()
        self._said = {}
        self.offers = None
        self.picked = ""
        self.stop = None
        self.overlay = ""
        self.easier = EasierUse()
        self.by_keypad = False
        self.staff = None

    # ---- where we are ----

    @property
    def in_visit(self) -> bool:
        """Whether somebody is here, a resident or staff."""
        return self.page not in (Page.ATTRACT, Page.CLOSED)

    def position(self) -> tuple[int, int]:
        """(n, m) of "step n of m"; (0, 0) outside the steps that are counted. The checklist is not one of them."""
        if self.journey is None or self.page in (Page.CHECKLIST, Page.CASE, Page.STOPPED):
            return 0, 0
        return counted(self.journey)

    # ---- going through the steps ----

    def open_service(self, service_id: str) -> None:
        """Touch a service: its checklist comes first, or the thread of all matters if others wait for it."""
        if self.gathered and self.gathered != (service_id,):
            self.open_case((*self.gathered, service_id))
            return
        self.journey = Single(engine.start(self.catalogue, service_id, today=self._today()))
        self._arrive(1)

    def open_case(self, matters: tuple[str, ...], event_id: str = "") -> None:
        """Begin a case; its thread comes first."""
        self.journey = Bundle(case.open_case(self.catalogue, matters, today=self._today()), event_id)
        self._arrive(1)

    def begin_event(self) -> None:
        """Touch the yellow button of a life event."""
        if self.chosen:
            self.open_case(self.chosen, self.event_id)

    def add_matter(self) -> None:
        """Touch "add another matter": back to all services, with what was chosen so far kept in mind."""
        if self.journey is not None:
            matters, self.journey = self.journey.matters, None
            self.gather(matters)

    def open_gathered(self) -> None:
        """From the lists back to the matters chosen so far."""
        if len(self.gathered) == 1:
            self.open_service(self.gathered[0])
        elif self.gathered:
            self.open_case(self.gathered)

    def look_at_matters(self) -> None:
        """In the middle of a case: look at its thread; what is typed on the page stays."""
        self.looking_at_matters, self.direction = self.bundle is not None, 1

    def drop(self, matter: str) -> None:
        """Leave one matter of the case out; nothing that was answered is asked again."""
        bundle = self.bundle
        if bundle is None or bundle.sent or len(bundle.matters) < 2:
            return
        looking, before = self.looking_at_matters, self.step
        self.journey = bundle.drop(matter)
        self.gathered = tuple(each for each in self.gathered if each != matter)
        if self.step != before:
            self._arrive(0)
        self.looking_at_matters = looking

    def next(self) -> None:
        """Touch the yellow button of a step."""
        step = self.step
        if self.journey is None or step is None:
            return
        if self.looking_at_matters:
            self.looking_at_matters, self.direction = False, 1
        elif self.page in (Page.FORM, Page.CHOICE):
            self._submit_fields(self.journey, step)
        elif step.kind == "list":
            self._take(self.journey.answer({step.ask[0]: self.items}))
        elif step.kind == "sign":
            self.use_picture()
        elif step.kind == "result" and not self.answer_stands():
            return
        elif step.kind == "identify" and not self.identity_known():
            self.type_instead()  # this card does not say all that the service asks
        else:
            self._take(self.journey.answer({}))

    def back(self) -> None:
        """Touch Back: exactly the state before, then the list, then home."""
        if self.sending is not None:
            self.back_from_sending()
        elif self.stop is not None:
            self.stop = None
            self._to_review()
        elif self.looking_at_matters:
            self.looking_at_matters, self.direction = False, -1
        elif self.journey is not None:
            self._back_in_journey(self.journey)
        else:
            self._back_from_list()

    def _back_in_journey(self, journey: Journey) -> None:
        if self.comparing is not None:
            self.leave_comparison()
        elif self.picture is not None and self.page is not Page.SIGN:
            self.picture = None
            self.direction = -1
        elif self.part > 0:
            self._show_part(self.part - 1, -1)
        elif self.entry is not None:
            self._close_entry(-1)
        elif self.asking_key:
            self.asking_key, self.direction = False, -1
        elif self.by_phone:
            self.forget_phone()
            self.direction = -1
        elif self.typing_identity:
            self.typing_identity = False
            self._arrive(-1)
        else:
            self.journey = self._with_items(journey).back()
            self._arrive(-1)

    def _to_review(self) -> None:
        """After a failed save: back to the consent, whose answer was not used up."""
        while (step := self.step) is not None and step.kind == "submit" and self.journey is not None:
            self.journey = self.journey.back()
        self._arrive(-1)

    def change(self, step_id: str) -> None:
        """Touch Change in the review."""
        if self.journey is not None:
            self.journey = self.journey.change(step_id)
            self._arrive(1)

    def _take(self, outcome: Journey | Refused) -> None:
        if isinstance(outcome, Refused):
            self.problems = outcome.errors
            self._show_problem()
        else:
            excluded = set(self.excluded())
            self.journey = outcome
            self._arrive(1)
            self.looking_at_matters = bool(set(self.excluded()) - excluded)  # nobody loses a matter without a word

    def excluded(self) -> Mapping[str, Problem]:
        """The matters of the case that an answer excludes, each with the sentence that says why."""
        return case.blocked(self.bundle.moment) if self.bundle is not None else {}

    def _arrive(self, direction: int) -> None:
        """Stand on another step with a clean page."""
        self.direction = direction
        self.drafts, self.problems, self.picture, self.review_page = {}, {}, None, 0
        self.looking_at_matters = False
        self.entry, self.items = None, self._known_items()
        self.offers, self.picked = None, ""
        self.asking_key = False
        self.forget_phone()
        self.comparing = None
        step = self.step
        if step is None or step.kind != "identify":
            self.typing_identity = False
        elif self._identity_typed(step):
            self.typing_identity = True
        self.part = self.parts() - 1 if direction < 0 and self.page is Page.FORM else 0
        self._focus_first()

    def _identity_typed(self, step: Step) -> bool:
        """Whether the identity was typed before: Change and Back then lead to the fields."""
        found = [self.journey.given(name) for name in step.ask] if self.journey is not None else []
        return any(filled is not None and filled.source == "typed" for filled in found)

    def type_instead(self) -> None:
        """No card: fill the same facts by hand. What a card had filled is kept unless it is locked."""
        self.typing_identity, self.asking_key = True, False
        self.forget_phone()
        self.direction = 1
        self._focus_first()

    def _submit_fields(self, journey: Journey, step: Step) -> None:
        if self.page is Page.FORM and self.part + 1 < self.parts():
            self.problems = self._problems_here(step)
            if not self.problems:
                self._show_part(self.part + 1, 1)
            return
        values = {name: self._typed(name) for name in self._asked(step) if name in self.drafts}
        if self.entry is not None:
            self._take_entry(step, self.entry, values)
            return
        self._take(journey.answer(values))

    # ---- lists ----

    def open_entry(self, item_id: str = "") -> None:
        """Touch Add, or Change of one entry."""
        values = next((item.values for item in self.items if item.id == item_id), {})
        self._show_entry(Entry(item_id or next_id(self.items), values), 1)

    def _take_entry(self, step: Step, entry: Entry, values: Mapping[str, object]) -> None:
        taken = take_entry(
            self.catalogue.facts[step.ask[0]],
            {**entry.values, **values},
            self.catalogue.facts,
            today=self._today(),
        )
        if isinstance(taken, Refused):
            self.problems = taken.errors
            self._show_problem()
        else:
            self.items = written(self.items, Item(entry.id, taken))
            self._close_entry(1)

    # ---- card ----

    def card_read(self, found: Mapping[str, Filled], evidence: Evidence | None = None) -> None:
        """A card filled facts of this service; on the identify page the resident goes on from there."""
        if self.journey is None:
            return
        self.journey = self.journey.fill(found)
        self.forget_document()
        self.forget_phone()
        self.evidence = evidence
        for name in found:
            self.drafts.pop(name, None)
        self.problems = {}
        if self.typing_identity:
            self.typing_identity = False
            self._arrive(1)

    def phone_accepted(self) -> None:
        """Touch "use these": what the phone gave and the resident left in counts, and the visit goes on."""
        if self.phone is None or self.phone.moment.progress != "done":
            return
        found = self.phone.accepted
        self.card_read(found, Evidence(SOURCE, "signed_in", found))
        self.next()

    def identity_known(self) -> bool:
        """Whether the identify step can be left without typing."""
        step = self.step
        return step is not None and all(
            self.known(name) is not None or self.catalogue.facts[name].optional or name in step.optional
            for name in step.ask
        )

    # ---- pictures ----

    def take(self, picture: Capture) -> None:
        """A picture was taken; it waits for the resident's yes."""
        self.picture = picture

    def retake(self) -> None:
        """Throw the picture away."""
        self.picture = None

    def use_picture(self) -> None:
        """The picture is good: it answers the step, once the resident was asked whether it may be compared."""
        step = self.step
        if self._may_be_compared(step):
            self.ask_to_compare()
        elif self.journey is not None and step is not None and self.picture is not None:
            self._take(self.journey.answer({step.ask[0]: self.picture}))

    def _may_be_compared(self, step: Step | None) -> bool:
        """Whether there is a document's picture to compare a photo with, and nobody has answered that yet."""
        if not self.compares or self.no_comparison or self.comparing is not None or step is None:
            return False
        pictured = self.evidence is not None and self.evidence.portrait is not None
        return step.kind == "portrait" and pictured and self.picture is not None

    def answer_comparison(self) -> None:
        """Touch Continue on the page that asks: with a no, the photo is used and nobody asks again."""
        comparing, step = self.comparing, self.step
        if comparing is None or comparing.agreed is None or step is None:
            return
        if comparing.agreed:
            self.begin_comparison(challenge=step.liveness)
        else:
            self.no_comparison = True
            self.use_picture()

    def compared(self, band: Band, model: str, model_sha256: str) -> None:
        """What the comparison said of this photo is kept with what the document proved."""
        if self.comparing is not None and self.evidence is not None and self.picture is not None:
            likeness = Likeness(self.picture, band, model, model_sha256, self.comparing.live)
            self.evidence = replace(self.evidence, likenesses=(*self.evidence.likenesses, likeness))
            self.comparison_told(band)

    def paper_read(self, found: Mapping[str, Filled]) -> None:
        """What a paper said fills what nobody has answered yet; it stays open to be confirmed or changed."""
        if self.journey is not None:
            new = {name: filled for name, filled in found.items() if self.journey.given(name) is None}
            self.journey = self.journey.fill(new)

    def without_picture(self) -> None:
        """The way without a camera, of equal standing."""
        step = self.step
        if self.journey is not None and step is not None and step.instead is not None:
            self._take(self.journey.answer({step.instead: True}))

    def settle(self, value: Slot | Payment) -> None:
        """A place is held, or a payment has arrived: it answers the step."""
        step = self.step
        if self.journey is not None and step is not None and step.kind in ("slot", "pay"):
            self._take(self.journey.answer({step.ask[0]: value}))

    # ---- the end ----

    def submitted(self, *saved: SavedVisit) -> None:
        """The outbox has it: only now is it saved."""
        if self.journey is not None:
            self.all_saved = saved
            self._take(self.journey.answer({}))

    def save_failed(self) -> None:
        """The outbox refused; the answers are still here."""
        self.stop = Stop("save_failed", has_back=True)
        self.direction = 1

    def show_slip(self) -> None:
        """From "saved" to the slip."""
        self._go(Page.SLIP, 1)

    def defect(self) -> None:
        """Something in the kiosk broke: a safe page, and nothing more of this journey."""
        self.journey, self.drafts, self.picture = None, {}, None
        self.stop = Stop("defect", has_back=False)
