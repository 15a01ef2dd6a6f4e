"""What a service is: facts that can be asked, steps that ask them, fees, papers, and where it is known from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from kiosk.catalogue.conditions import Condition

Language = Literal["en", "zh_Hant", "zh_Hans"]
LANGUAGES: tuple[Language, ...] = ("en", "zh_Hant", "zh_Hans")

Side = Literal["HK", "GD"]
SIDES: tuple[Side, ...] = ("HK", "GD")

TYPED_TYPES = frozenset(
    {
        "text",
        "name",
        "date",
        "hkid",
        "resident_id",
        "permit",
        "passport",
        "phone",
        "email",
        "address",
        "money",
        "number",
    }
)
"""What is answered by typing."""
FACT_TYPES = TYPED_TYPES | {"choice", "yes_no", "document", "portrait", "signature", "slot", "list", "payment"}
CAPTURE_TYPES = frozenset({"document", "portrait", "signature"})
STEP_KINDS = frozenset(
    {"checklist", "identify", "choice", "form", "list", "document", "portrait", "slot", "consent"}
    | {"review", "sign", "pay", "submit", "result", "receipt"}
)
FORMATS = frozenset({"", "latin", "han", "brn", "uscc", "alphanumeric", "digits"})
PERSONAL = ("no", "personal", "sensitive")


@dataclass(frozen=True)
class Capture:
    """A picture taken at the kiosk; its bytes never show in a log or a traceback."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Slot:
    """A time that a department offered."""

    id: str
    office: str
    starts: str


@dataclass(frozen=True)
class Payment:
    """A payment that a device or the portal reported; never typed by a person."""

    reference: str
    cents: int
    method: str


@dataclass(frozen=True)
class Item:
    """One entry of a list, known by its id, never by its place."""

    id: str
    values: Mapping[str, Value] = field(repr=False)


Value: TypeAlias = str | int | bool | date | Capture | Slot | Payment | tuple[Item, ...]


@dataclass(frozen=True)
class Fact:
    """One thing that can be asked, described once for every service that asks it.

    `least` and `most` bound a number, the cents of money, the length of a text, or the count of a list.
    `stands_for` is the paper that is handed over by hand where this fact is true; it lends its texts.
    `fill_from` names the sources that may fill it, `lock_from` those whose value a resident cannot edit.
    A fact that is not `shared` is asked by every matter of a case for itself.
    """

    id: str
    type: str
    personal: str
    choices: tuple[str, ...] = ()
    format: str = ""
    least: int | None = None
    most: int | None = None
    optional: bool = False
    when: Literal["any", "past", "future"] = "any"
    fill_from: tuple[str, ...] = ()
    lock_from: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    shared: bool = True
    stands_for: str = ""

    @property
    def label_key(self) -> str:
        """Text id of the question."""
        return f"fact.{self.stands_for or self.id}.label"

    @property
    def hint_key(self) -> str:
        """Text id of the line under the question; it exists for every fact."""
        return f"fact.{self.stands_for or self.id}.hint"

    def choice_key(self, choice: str) -> str:
        """Text id of one choice."""
        return f"fact.{self.id}.choice.{choice}"


@dataclass(frozen=True)
class Step:
    """One page of a service.

    `instead` is the yes-or-no fact that takes its place (a way without a camera, say); `size_mm` is the width and
    height that a department wants a portrait printed in, None where it names none. With `liveness` a challenge (turn
    the head, blink) is offered before a portrait is compared with the document's.
    """

    id: str
    kind: str
    title_key: str
    lead_key: str | None = None
    ask: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    when: Condition | None = None
    instead: str | None = None
    size_mm: tuple[int, int] | None = None
    liveness: bool = False


@dataclass(frozen=True)
class Rule:
    """Something that must hold when a step is answered; `on` names the fact the message stands at."""

    id: str
    step: str
    on: str
    rule: Condition
    text_key: str


@dataclass(frozen=True)
class FeeRow:
    """One line of a fee table: `cents`, and `each_cents` for every unit of the number fact `per`; None: department."""

    cents: int | None
    when: Condition | None = None
    per: str | None = None
    each_cents: int = 0


@dataclass(frozen=True)
class Fee:
    """A fee table; the first row that holds counts. No row: the department sets the fee."""

    currency: Literal["HKD", "CNY"]
    text_key: str
    rows: tuple[FeeRow, ...] = ()


@dataclass(frozen=True)
class Duration:
    """How long something takes or is valid; `least` equals `most` unless a range is published."""

    least: int
    most: int
    unit: Literal["minutes", "days", "working_days", "weeks", "months"]


@dataclass(frozen=True)
class Source:
    """Where the particulars of a service come from, and when somebody last looked."""

    seen: Literal["verified", "reconstructed"]
    where: str
    checked_on: date


@dataclass(frozen=True)
class Paper:
    """Something to bring; where its id is a fact's, the kiosk takes a picture of it."""

    id: str
    text_key: str


@dataclass(frozen=True)
class Service:
    """One government service, as its file describes it."""

    id: str
    version: int
    side: Side
    category: str
    department: str
    kind: str
    finish: str
    status: Literal["confirmed", "to_confirm"]
    source: Source
    valid_from: date
    min_trust: int
    minutes: int
    title_key: str
    summary_key: str
    next_key: str
    declaration_key: str
    who: tuple[str, ...]
    bring: tuple[Paper, ...]
    fee: Fee
    time: Duration | None
    steps: tuple[Step, ...]
    rules: tuple[Rule, ...]
    needs_line: bool = False
    after: tuple[str, ...] = ()

    @property
    def kinds(self) -> frozenset[str]:
        """The step kinds its journeys use: screens offer a service only if they can draw all of them."""
        return frozenset(step.kind for step in self.steps)

    def step(self, step_id: str) -> Step:
        """The step of that id (KeyError if there is none)."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


@dataclass(frozen=True)
class ListedService:
    """A row of the directory: every known service, whether this kiosk offers it or not."""

    id: str
    side: Side
    category: str
    department: str
    kind: str
    names: Mapping[Language, str]
    available: bool = False
