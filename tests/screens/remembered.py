"""What somebody knows before they come: an answer to every question that may be asked, found by the words of it.

The journey is gone through once by the engine alone, with the made-up answers of a rehearsal. Nothing is known here of
a kiosk, a session or a screen, so that a test which answers from it can only go by what it was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hardware.cards import IdentityDocument
from kiosk.card_facts import card_evidence
from kiosk.catalogue import Catalogue, Fact, Language, Step
from kiosk.catalogue.model import TYPED_TYPES, Item
from kiosk.fields import CHOICE_TYPES
from kiosk.flow import case, engine
from kiosk.flow.journeys import MOST_STEPS, sample_answers
from kiosk.flow.state import Refused
from kiosk.journey import Bundle, Journey, Single
from kiosk.speech import spoken


@dataclass(frozen=True)
class Question:
    """One question as a voice asks it, and the answer to it."""

    asked: frozenset[str]
    """The sentences by which a page may ask: the question's label, or its page's title."""
    hint: str
    choices: tuple[str, ...]
    """The words of every choice; none for an answer that is typed."""
    answer: str
    """The words of a choice, or what is typed."""


def remembered(
    catalogue: Catalogue,
    matters: Sequence[str],
    language: Language,
    *,
    today: date,
    card: IdentityDocument,
    event: str = "",
) -> tuple[Question, ...]:
    """Every question that may be asked on the way through these matters, each once."""
    found = {
        (question.asked, question.choices): question  # two departments may ask other things in the same words
        for step, values in _walked(_begun(catalogue, matters, today, event), card)
        for question in _questions(catalogue, step, values, language)
    }
    return tuple(found.values())


def _begun(catalogue: Catalogue, matters: Sequence[str], today: date, event: str) -> Journey:
    if len(matters) == 1 and not event:
        return Single(engine.start(catalogue, matters[0], today=today))
    return Bundle(case.open_case(catalogue, tuple(matters), today=today), event)


def _walked(journey: Journey, card: IdentityDocument) -> Iterator[tuple[Step, Mapping[str, object]]]:
    """Each step and what is answered there."""
    for _ in range(MOST_STEPS * len(journey.matters)):
        step = journey.step
        if step is None:
            return
        if step.kind == "identify":
            journey = journey.fill(card_evidence(card).gave)
        values, journey = _answered(journey, step)
        yield step, values
    raise AssertionError(f"{journey.matters} do not end")


def _answered(journey: Journey, step: Step) -> tuple[Mapping[str, object], Journey]:
    """The first made-up answers that the rules let pass, and the journey after them; no matter is lost if possible."""
    last: tuple[Mapping[str, object], Journey] | None = None
    facts, today = journey.flow.catalogue.facts, journey.flow.today
    for wish in _wishes(facts, step):
        for sample in sample_answers(facts, today, step, wish):
            values = {name: value for name, value in sample.items() if not _locked(journey, name)}
            moved = journey.answer(values)
            if isinstance(moved, Refused):
                continue
            if moved.matters == journey.matters:
                return values, moved
            last = last or (values, moved)
    if last is None:
        raise AssertionError(f"no made-up answer passes at {step.id} of {journey.matters}")
    return last


def _wishes(facts: Mapping[str, Fact], step: Step) -> Iterator[Mapping[str, object]]:
    yield {}
    for name in step.ask:
        for value in facts[name].choices or ((False, True) if facts[name].type == "yes_no" else ()):
            yield {name: value}


def _locked(journey: Journey, name: str) -> bool:
    known = journey.known(name)
    return known is not None and known.locked


def _questions(
    catalogue: Catalogue, step: Step, values: Mapping[str, object], language: Language
) -> Iterator[Question]:
    alone = len(step.ask) == 1
    for name, value in values.items():
        fact = catalogue.facts[name]
        if fact.type == "list" and isinstance(value, tuple):
            for entry in value[:1]:
                inner = entry.values if isinstance(entry, Item) else {}
                for each, part in inner.items():
                    yield _question(catalogue, catalogue.facts[each], (), part, language)
        elif (fact.type in CHOICE_TYPES or fact.type in TYPED_TYPES) and value is not None:
            yield _question(catalogue, fact, (step.title_key,) if alone else (), value, language)


def _question(catalogue: Catalogue, fact: Fact, titles: Sequence[str], value: object, language: Language) -> Question:
    def said(key: str) -> str:
        return spoken(catalogue.texts.say(language, key), language)

    keys = {choice: said(_choice_key(fact, choice)) for choice in _choices(fact)}
    answer = keys[_chosen(value)] if keys else as_typed(value, language)
    asked = frozenset(said(key) for key in (fact.label_key, *titles))
    return Question(asked, said(fact.hint_key), tuple(keys.values()), answer)


def _choices(fact: Fact) -> Sequence[str]:
    return fact.choices or (("yes", "no") if fact.type == "yes_no" else ())


def _choice_key(fact: Fact, choice: str) -> str:
    return fact.choice_key(choice) if fact.type == "choice" else f"review.{choice}"


def _chosen(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def as_typed(value: object, language: Language) -> str:
    """What is typed: a date as digits in the language's own order."""
    if isinstance(value, date):
        return f"{value:%d%m%Y}" if language == "en" else f"{value:%Y%m%d}"
    return str(value)
