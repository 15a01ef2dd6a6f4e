"""One visit, from the first touch to the wipe: which page is due, what was typed, what is known.

The session lives in memory on the GUI thread and knows no Qt. Every intent of a resident is one method;
`page` says what to draw next and `direction` which way it moved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from kiosk.catalogue import Capture, Catalogue, Fact, Language, Step
from kiosk.catalogue.model import Item, Payment, Slot
from kiosk.desk import Answer, Bill, Offer
from kiosk.entries import Entry, next_id, without, written
from kiosk.fields import CHOICE_TYPES, iso_date, laid_out, spaced_date, typed
from kiosk.finding import Finding
from kiosk.flow import engine
from kiosk.flow.answers import take_entry
from kiosk.flow.state import Filled, FlowState, Problem, Refused
from kiosk.flow.validation import check
from kiosk.identity.evidence import Evidence
from kiosk.identity.unlocking import Unlocking
from kiosk.pages import BY_KIND, Page, Stop
from kiosk.submission import SavedVisit

SERVICES_A_PAGE: Final = 4
LONGEST_ANSWER: Final = 400
LONGEST_QUERY: Final = 40
__all__ = ["CHOICE_TYPES", "Page", "Session", "Stop", "iso_date", "spaced_date"]


class Session(Unlocking, Finding):
    """The one visit at this kiosk. `offered` tells which services can be finished here."""

    def __init__(self, catalogue: Catalogue, *, today: Callable[[], date], home_side: str = "HK") -> None:
        super().__init__(catalogue, home_side)
        self._today = today
        self.end()

    # ---- begin and end ----

    def begin(self, language: Language) -> None:
        """A resident touched a greeting."""
        self.end()
        self.language = language
        self._go(Page.HOME, 1)

    def end(self) -> None:
        """Wipe the visit: nothing a resident said, showed or typed is left here."""
        self._look_again()
        self.flow: FlowState | None = None
        self.drafts: dict[str, str] = {}
        self.problems: Mapping[str, Problem] = {}
        self.active = ""
        self.part = 0
        self.typing_identity = False
        self.forget_document()
        self.picture: Capture | None = None
        self.items: tuple[Item, ...] = ()
        self.entry: Entry | None = None
        self.review_page = 0
        self.saved: SavedVisit | None = None
        self.answer: Answer | None = None
        self._answered_for = ""
        self.offers: tuple[Offer, ...] | None = None
        self.picked = ""
        self.stop: Stop | None = None
        self.overlay = ""
        self.contrast = "paper"
        self.still = False

    # ---- where we are ----

    @property
    def page(self) -> Page:
        """The page to draw now."""
        if self.stop is not None:
            return Page.STOPPED
        step = self.step
        if self.flow is None or self.place in (Page.SLIP,):
            return self.place
        if step is None or (step.kind == "receipt" and self.saved is None):
            return Page.SLIP  # what a department answered or was paid needs no envelope
        if step.kind == "identify" and self.asking_key:
            return Page.CHIP_KEY
        if step.kind == "identify" and self.typing_identity:
            return Page.FORM
        if self.entry is not None:
            return Page.FORM
        if step.kind == "form" and self._is_choice(step):
            return Page.CHOICE
        return BY_KIND[step.kind]

    @property
    def step(self) -> Step | None:
        """The step of the service now under way, if any."""
        return None if self.flow is None else engine.current(self.flow)

    @property
    def in_visit(self) -> bool:
        """Whether somebody is here."""
        return self.page is not Page.ATTRACT

    def position(self) -> tuple[int, int]:
        """(n, m) of "step n of m"; (0, 0) outside the steps that are counted. The checklist is not one of them."""
        if self.flow is None or self.page in (Page.CHECKLIST, Page.STOPPED):
            return 0, 0
        steps = [step.id for step in engine.path(self.flow) if step.kind not in ("checklist", "submit")]
        step = self.step
        at = steps.index(step.id) + 1 if step is not None and step.id in steps else len(steps)
        return at, len(steps)

    def _is_choice(self, step: Step) -> bool:
        return [self.catalogue.facts[name].type in CHOICE_TYPES for name in step.ask] == [True]

    # ---- going through the steps ----

    def open_service(self, service_id: str) -> None:
        """Touch a service: its checklist comes first."""
        self.flow = engine.start(self.catalogue, service_id, today=self._today())
        self._arrive(1)

    def next(self) -> None:
        """Touch the yellow button of a step."""
        step = self.step
        if self.flow is None or step is None:
            return
        if self.page in (Page.FORM, Page.CHOICE):
            self._submit_fields(self.flow, step)
        elif step.kind == "list":
            self._take(engine.answer(self.flow, {step.ask[0]: self.items}))
        elif step.kind == "sign":
            self.use_picture()
        elif step.kind == "result" and not self.answer_stands():
            return
        elif step.kind == "identify" and not self.identity_known():
            self.type_instead()  # this card does not say all that the service asks
        else:
            self._take(engine.answer(self.flow, {}))

    def back(self) -> None:
        """Touch Back: exactly the state before, then the list, then home."""
        if self.stop is not None:
            self.stop = None
            self._to_review()
        elif self.flow is not None:
            self._back_in_flow(self.flow)
        elif self.place in (Page.SERVICES, Page.SEARCH):
            self._go(Page.HOME, -1)

    def _back_in_flow(self, flow: FlowState) -> None:
        if self.picture is not None and self.page is not Page.SIGN:
            self.picture = None
            self.direction = -1
        elif self.part > 0:
            self._show_part(self.part - 1, -1)
        elif self.entry is not None:
            self._close_entry(-1)
        elif self.asking_key:
            self.asking_key, self.direction = False, -1
        elif self.typing_identity:
            self.typing_identity = False
            self._arrive(-1)
        else:
            self.flow = engine.back(self._with_items(flow))
            self._arrive(-1)

    def _to_review(self) -> None:
        """After a failed save: back to the consent, whose answer was not used up."""
        while self.flow is not None and (step := engine.current(self.flow)) is not None and step.kind == "submit":
            self.flow = engine.back(self.flow)
        self._arrive(-1)

    def change(self, step_id: str) -> None:
        """Touch Change in the review."""
        if self.flow is not None:
            self.flow = engine.change(self.flow, step_id)
            self._arrive(1)

    def _take(self, outcome: FlowState | Refused) -> None:
        if isinstance(outcome, Refused):
            self.problems = outcome.errors
            self._show_problem()
        else:
            self.flow = outcome
            self._arrive(1)

    def _arrive(self, direction: int) -> None:
        """Stand on another step with a clean page."""
        self.direction = direction
        self.drafts, self.problems, self.picture, self.review_page = {}, {}, None, 0
        self.entry, self.items = None, self._known_items()
        self.offers, self.picked = None, ""
        self.asking_key = False
        step = self.step
        if step is None or step.kind != "identify":
            self.typing_identity = False
        elif self._identity_typed():
            self.typing_identity = True
        self.part = self.parts() - 1 if direction < 0 and self.page is Page.FORM else 0
        self._focus_first()

    def _identity_typed(self) -> bool:
        """Whether the identity was typed before: Change and Back then lead to the fields."""
        step = self.step
        if self.flow is None or step is None:
            return False
        facts = self.flow.facts
        return any(name in facts and facts[name].source == "typed" for name in step.ask)

    # ---- fields ----

    def fields(self) -> tuple[Fact, ...]:
        """The facts of the page that is shown."""
        parts = self._parts()
        return parts[min(self.part, len(parts) - 1)]

    def parts(self) -> int:
        """How many pages the fields of this step take."""
        return len(self._parts())

    def _parts(self) -> list[tuple[Fact, ...]]:
        step = self.step
        return laid_out([self.catalogue.facts[name] for name in (self._asked(step) if step else ())])

    def known(self, fact_id: str) -> Filled | None:
        """What is already known of a fact."""
        if self.entry is not None and fact_id in self.entry.values:
            return Filled(self.entry.values[fact_id])
        return None if self.flow is None else engine.shown(self.flow, fact_id)

    def locked(self, fact_id: str) -> bool:
        """Whether a fact came from a source that cannot be edited."""
        known = self.known(fact_id)
        return known is not None and known.locked

    def focus(self, fact_id: str) -> None:
        """Touch a field."""
        self.active = fact_id

    def next_field(self) -> None:
        """Touch "next field"."""
        names = [fact.id for fact in self.fields() if self._typable(fact)]
        if names:
            at = names.index(self.active) if self.active in names else -1
            self.active = names[(at + 1) % len(names)]

    def type(self, fact_id: str, text: str) -> None:
        """Replace what stands in a field; more than a field can hold is cut off at the end."""
        self.drafts[fact_id] = text[:LONGEST_ANSWER]

    def choose(self, fact_id: str, choice: str) -> None:
        """Touch an answer of a choice."""
        self.drafts[fact_id] = choice

    def type_instead(self) -> None:
        """No card: fill the same facts by hand. What a card had filled is kept unless it is locked."""
        self.typing_identity, self.asking_key = True, False
        self.direction = 1
        self._focus_first()

    def _typable(self, fact: Fact) -> bool:
        return fact.type not in CHOICE_TYPES and not self.locked(fact.id)

    def _focus_first(self) -> None:
        open_facts = [fact for fact in self.fields() if self._typable(fact)]
        empty = [fact for fact in open_facts if self.known(fact.id) is None]
        self.active = next((fact.id for fact in (*empty, *open_facts)), "")

    def _submit_fields(self, flow: FlowState, step: Step) -> None:
        if self.page is Page.FORM and self.part + 1 < self.parts():
            self.problems = self._problems_here(step)
            if not self.problems:
                self._show_part(self.part + 1, 1)
            return
        values = {name: self._typed(name) for name in self._asked(step) if name in self.drafts}
        if self.entry is not None:
            self._take_entry(step, self.entry, values)
            return
        self._take(engine.answer(flow, values))

    def _problems_here(self, step: Step) -> dict[str, Problem]:
        """What is wrong with the fields of this part, before the next part is shown."""
        found: dict[str, Problem] = {}
        for fact in self.fields():
            problem = self._problem(step, fact)
            if problem is not None:
                found[fact.id] = problem
        return found

    def _problem(self, step: Step, fact: Fact) -> Problem | None:
        if fact.id not in self.drafts and self.known(fact.id) is not None:
            return None
        value = self._typed(fact.id)
        if value in (None, ""):
            return None if fact.optional or fact.id in step.optional else Problem("problem.required")
        checked = check(fact, value, today=self._today())
        return checked if isinstance(checked, Problem) else None

    def _typed(self, fact_id: str) -> object:
        """A draft as the engine takes it."""
        return typed(self.catalogue.facts[fact_id], self.drafts.get(fact_id, ""), self.language)

    def _show_part(self, part: int, direction: int) -> None:
        self.part, self.direction = part, direction
        self._focus_first()

    def _show_problem(self) -> None:
        """Go to the first field that has a problem."""
        for part, facts in enumerate(self._parts() if self.page is Page.FORM else ()):
            wrong = [fact for fact in facts if fact.id in self.problems]
            if wrong:
                if part != self.part:
                    self._show_part(part, -1)
                self.active = wrong[0].id if self._typable(wrong[0]) else self.active
                return

    # ---- lists: entries are known by their ids ----

    def _asked(self, step: Step) -> tuple[str, ...]:
        """The facts of a step's page; of one entry of a list, the facts of an entry."""
        return step.ask if self.entry is None else self.catalogue.facts[step.ask[0]].of

    def _known_items(self) -> tuple[Item, ...]:
        step = self.step
        known = self.known(step.ask[0]) if step is not None and step.kind == "list" else None
        return known.value if known is not None and isinstance(known.value, tuple) else ()

    def _with_items(self, flow: FlowState) -> FlowState:
        """Keep the entries of a list that is left by Back."""
        step = self.step
        if step is None or step.kind != "list" or not self.items:
            return flow
        return engine.fill(flow, {step.ask[0]: Filled(self.items)})

    def open_entry(self, item_id: str = "") -> None:
        """Touch Add, or Change of one entry."""
        values = next((item.values for item in self.items if item.id == item_id), {})
        self._show_entry(Entry(item_id or next_id(self.items), values), 1)

    def remove_entry(self, item_id: str) -> None:
        """Touch Remove of one entry."""
        self.items = without(self.items, item_id)
        self.problems = {}

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

    def _show_entry(self, entry: Entry | None, direction: int) -> None:
        self.entry, self.direction, self.part = entry, direction, 0
        self.drafts, self.problems = {}, {}
        self._focus_first()

    def _close_entry(self, direction: int) -> None:
        self._show_entry(None, direction)

    # ---- card ----

    def card_read(self, found: Mapping[str, Filled], evidence: Evidence | None = None) -> None:
        """A card filled facts of this service; on the identify page the resident goes on from there."""
        if self.flow is None:
            return
        self.flow = engine.fill(self.flow, found)
        self.forget_document()
        self.evidence = evidence
        for name in found:
            self.drafts.pop(name, None)
        self.problems = {}
        if self.typing_identity:
            self.typing_identity = False
            self._arrive(1)

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
        """The picture is good: it answers the step."""
        step = self.step
        if self.flow is not None and step is not None and self.picture is not None:
            self._take(engine.answer(self.flow, {step.ask[0]: self.picture}))

    def paper_read(self, found: Mapping[str, Filled]) -> None:
        """What a paper said fills what nobody has answered yet; it stays open to be confirmed or changed."""
        if self.flow is not None:
            new = {name: filled for name, filled in found.items() if name not in self.flow.facts}
            self.flow = engine.fill(self.flow, new)

    def without_picture(self) -> None:
        """The way without a camera, of equal standing."""
        step = self.step
        if self.flow is not None and step is not None and step.instead is not None:
            self._take(engine.answer(self.flow, {step.instead: True}))

    # ---- what a department says while the resident waits ----

    def advice(self) -> bool:
        """Whether this result is what the service's own texts say, with nobody to ask."""
        return self.flow is not None and not self.flow.service.needs_line

    def answer_stands(self) -> bool:
        """Whether the answer belongs to exactly what was answered so far."""
        return self.advice() or (
            self.flow is not None and self.answer is not None and self._answered_for == engine.review_hash(self.flow)
        )

    def answered(self, flow: FlowState, answer: Answer) -> None:
        """The department answered what this moment of the journey asked."""
        self.answer, self._answered_for = answer, engine.review_hash(flow)

    def bill_stands_at(self, bill: Bill) -> None:
        """What the bill comes to now."""
        if self.answer is not None:
            self.answer = replace(self.answer, bill=bill)

    def offer(self, offers: tuple[Offer, ...]) -> None:
        """The times that are free now."""
        self.offers, self.picked = offers, ""

    def pick(self, offer_id: str) -> None:
        """Touch a time."""
        self.picked = offer_id

    def settle(self, value: Slot | Payment) -> None:
        """A place is held, or a payment has arrived: it answers the step."""
        step = self.step
        if self.flow is not None and step is not None and step.kind in ("slot", "pay"):
            self._take(engine.answer(self.flow, {step.ask[0]: value}))

    # ---- the end ----

    def submitted(self, saved: SavedVisit) -> None:
        """The outbox has it: only now is it saved."""
        if self.flow is not None:
            self.saved = saved
            self._take(engine.answer(self.flow, {}))

    def save_failed(self) -> None:
        """The outbox refused; the answers are still here."""
        self.stop = Stop("save_failed", has_back=True)
        self.direction = 1

    def show_slip(self) -> None:
        """From "saved" to the slip."""
        self._go(Page.SLIP, 1)

    def defect(self) -> None:
        """Something in the kiosk broke: a safe page, and nothing more of this journey."""
        self.flow, self.drafts, self.picture = None, {}, None
        self.stop = Stop("defect", has_back=False)
