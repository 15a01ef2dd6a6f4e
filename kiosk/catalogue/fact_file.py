"""Reads assets/facts.toml: one table per fact."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.catalogue.conditions import Kind
from kiosk.catalogue.model import CAPTURE_TYPES, FACT_TYPES, FORMATS, PERSONAL, Fact
from kiosk.catalogue.toml_source import Table

_WHENS = ("any", "past", "future")
_CONDITION_KINDS = {"yes_no": "bool", "number": "int", "money": "int", "date": "date"}


def read_facts(root: Table) -> dict[str, Fact]:
    """Every fact of the file, in its order; faults are noted in the table's findings."""
    facts = {key: _read_fact(key, root.table(key)) for key in root.names()}
    for fact in facts.values():
        for inner in fact.of:
            if inner not in facts:
                root.note(f"{fact.id} is a list of {inner}, which is not a fact", fact.id)
    return {**facts, **_by_hand(facts)}


def by_hand(paper: str) -> str:
    """The fact that says that a paper is handed over by hand and not photographed here."""
    return f"{paper}_by_hand"


def _by_hand(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Every paper has a way without a camera: a kiosk whose document camera is dead still serves."""
    papers = [fact for fact in facts.values() if fact.type == "document"]
    made = [Fact(by_hand(paper.id), "yes_no", "no", shared=paper.shared, stands_for=paper.id) for paper in papers]
    return {fact.id: fact for fact in made}


def _read_fact(fact_id: str, table: Table) -> Fact:
    when = table.one_of("when", _WHENS, "any")
    fact = Fact(
        id=fact_id,
        type=table.one_of("type", FACT_TYPES),
        personal=table.one_of("personal", PERSONAL),
        choices=table.texts("choices"),
        format=table.one_of("format", FORMATS, ""),
        least=table.maybe_number("least"),
        most=table.maybe_number("most"),
        optional=table.flag("optional"),
        when="past" if when == "past" else "future" if when == "future" else "any",
        fill_from=table.texts("fill_from"),
        lock_from=table.texts("lock_from"),
        of=table.texts("of"),
        shared=table.flag("shared", True),
    )
    _check_fact(fact, table)
    table.done()
    return fact


def _check_fact(fact: Fact, table: Table) -> None:
    if not fact_id_is_plain(fact.id):
        table.note(f"{fact.id} must be small letters, digits and _")
    if (fact.type == "choice") != bool(fact.choices):
        table.note(f"{fact.id}: a choice has choices, and only a choice has them")
    if (fact.type == "list") != bool(fact.of):
        table.note(f"{fact.id}: a list says what it is a list of, and only a list does")
    if set(fact.lock_from) - set(fact.fill_from):
        table.note("lock_from names a source that fill_from does not", "lock_from")


def fact_id_is_plain(fact_id: str) -> bool:
    """Whether it can stand in a condition."""
    return fact_id.isascii() and fact_id.isidentifier() and fact_id == fact_id.lower()


def condition_kind(fact: Fact) -> Kind:
    """How conditions may compare the fact."""
    if fact.type == "choice":
        return "choice:" + "|".join(fact.choices)
    if fact.type in CAPTURE_TYPES or fact.type in ("list", "slot", "payment"):
        return "list"
    return _CONDITION_KINDS.get(fact.type, "text")


def condition_kinds(facts: Mapping[str, Fact]) -> dict[str, Kind]:
    """The kinds of all facts."""
    return {fact.id: condition_kind(fact) for fact in facts.values()}
