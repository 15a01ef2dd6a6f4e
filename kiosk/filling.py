"""The page that is under way: its fields, the entries of a list, what was typed and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.catalogue import Capture, Fact, Step
from kiosk.catalogue.model import Item
from kiosk.entries import Entry, without
from kiosk.fields import CHOICE_TYPES, ROOM, laid_out, typed
from kiosk.flow.state import Filled, FlowState, Problem
from kiosk.flow.validation import check
from kiosk.identity.by_face import ByFace
from kiosk.identity.by_phone import ByPhone
from kiosk.identity.unlocking import Unlocking
from kiosk.journey import Bundle, Journey
from kiosk.pages import BY_KIND, Page, Stop
from kiosk.planning import Planning
from kiosk.sending import Sending
from kiosk.staff import StaffEntry
from kiosk.submission import SavedVisit

LONGEST_ANSWER = 400


class Filling(Unlocking, ByPhone, ByFace, Sending, Planning):
    """What stands on the page that is shown; nothing of it counts before the resident goes on."""

    journey: Journey | None
    drafts: dict[str, str]
    problems: Mapping[str, Problem]
    picture: Capture | None
    items: tuple[Item, ...]
    entry: Entry | None
    all_saved: tuple[SavedVisit, ...]
    stop: Stop | None
    active: str
    part: int
    typing_identity: bool
    looking_at_matters: bool
    staff: StaffEntry | None  # somebody else than a resident stands here; nothing of a visit is there then
    closed: bool  # no new visit may begin
    room: int = ROOM

    @property
    def flow(self) -> FlowState | None:
        """The matter of the page that is shown, as its service alone would see it."""
        return None if self.journey is None else self.journey.flow

    @property
    def saved(self) -> SavedVisit | None:
        """What was saved, of a case the first part; None before it is saved."""
        return self.all_saved[0] if self.all_saved else None

    @property
    def bundle(self) -> Bundle | None:
        """The case under way, if it is one."""
        return self.journey if isinstance(self.journey, Bundle) else None

    @property
    def step(self) -> Step | None:
        """The step now under way, if any."""
        return None if self.journey is None else self.journey.step

    @property
    def page(self) -> Page:
        """The page to draw now."""
        found = self._page_due()
        return self.send_page() if found is Page.SLIP else found

    def _page_due(self) -> Page:
        if self.staff is not None:
            return Page.TECHNICIAN if self.staff.place == "in" else Page.STAFF_PIN
        if self.stop is not None:
            return Page.STOPPED
        step = self.step
        if self.journey is None or self.place in (Page.SLIP,):
            return Page.CLOSED if self.closed and self.place is Page.ATTRACT else self.place
        if step is None or (step.kind == "receipt" and not self.all_saved):
            return Page.SLIP  # what a department answered or was paid needs no envelope
        if step.kind == "identify" and not self.looking_at_matters:
            return self._identity_page()
        if self.entry is not None and not self.looking_at_matters:
            return Page.FORM
        if self.comparing is not None and not self.looking_at_matters:
            return Page.COMPARE
        if self.bundle is not None and (self.looking_at_matters or step.kind in ("checklist", "receipt")):
            return Page.SAVED_CASE if step.kind == "receipt" else Page.CASE
        if step.kind == "form" and self._is_choice(step):
            return Page.CHOICE
        return BY_KIND[step.kind]

    def _identity_page(self) -> Page:
        """Which of the ways to say who one is has been taken."""
        if self.asking_key:
            return Page.CHIP_KEY
        if self.by_phone:
            return Page.PHONE
        return Page.FORM if self.typing_identity else Page.IDENTIFY

    def _is_choice(self, step: Step) -> bool:
        return [self.catalogue.facts[name].type in CHOICE_TYPES for name in step.ask] == [True]

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
        return laid_out([self.catalogue.facts[name] for name in (self._asked(step) if step else ())], self.room)

    def make_room(self, room: int) -> None:
        """Lay the fields out anew, `room` to a page; what was typed stays, the field in hand stays in sight."""
        if room == self.room:
            return
        here = self.fields()[0].id if self.fields() else ""
        self.room = room
        wanted = self.active or here
        places = [part for part, facts in enumerate(self._parts()) if wanted in {fact.id for fact in facts}]
        self.part = places[0] if places else 0

    def known(self, fact_id: str) -> Filled | None:
        """What is already known of a fact."""
        if self.entry is not None and fact_id in self.entry.values:
            return Filled(self.entry.values[fact_id])
        return None if self.journey is None else self.journey.known(fact_id)

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

    def _typable(self, fact: Fact) -> bool:
        return fact.type not in CHOICE_TYPES and not self.locked(fact.id)

    def _focus_first(self) -> None:
        open_facts = [fact for fact in self.fields() if self._typable(fact)]
        empty = [fact for fact in open_facts if self.known(fact.id) is None]
        self.active = next((fact.id for fact in (*empty, *open_facts)), "")

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

    def _with_items(self, journey: Journey) -> Journey:
        """Keep the entries of a list that is left by Back."""
        step = self.step
        if step is None or step.kind != "list" or not self.items:
            return journey
        return journey.fill({step.ask[0]: Filled(self.items)})

    def remove_entry(self, item_id: str) -> None:
        """Touch Remove of one entry."""
        self.items = without(self.items, item_id)
        self.problems = {}

    def _show_entry(self, entry: Entry | None, direction: int) -> None:
        self.entry, self.direction, self.part = entry, direction, 0
        self.drafts, self.problems = {}, {}
        self._focus_first()

    def _close_entry(self, direction: int) -> None:
        self._show_entry(None, direction)
