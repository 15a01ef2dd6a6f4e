"""One page per service for the department that owns it: what is asked, when, with what, and from which source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kiosk.catalogue.loader import Catalogue
from kiosk.catalogue.model import Duration, FeeRow, Language, Service, Step
from kiosk.flow.journeys import journeys


def report(catalogue: Catalogue, service_id: str, language: Language, *, today: date) -> str:
    """A page of Markdown about one service (KeyError if it is unknown)."""
    return "\n".join(_lines(catalogue, catalogue.services[service_id], language, today)) + "\n"


def _lines(catalogue: Catalogue, service: Service, language: Language, today: date) -> Iterator[str]:
    def say(key: str) -> str:
        return catalogue.texts.say(language, key)

    yield f"# {say(service.title_key)} ({service.id})"
    yield ""
    yield say(service.summary_key)
    yield ""
    yield f"- department: {say(f'department.{service.department}')}"
    yield f"- kind: {service.kind}, ends with: {service.finish}{', needs the line' if service.needs_line else ''}"
    yield f"- status: {service.status}; source ({service.source.seen}): {service.source.where}"
    yield f"- looked at: {service.source.checked_on}; valid from: {service.valid_from}; version: {service.version}"
    yield f"- fee: {say(service.fee.text_key)}"
    yield from (f"  - {_fee_row(row, service.fee.currency)}" for row in service.fee.rows)
    yield f"- time: {_time(service.time)}; about {service.minutes} minutes here; trust level {service.min_trust}"
    yield from _list(catalogue, language, "Who may apply", service.who)
    yield from _list(catalogue, language, "What to bring", tuple(paper.text_key for paper in service.bring))
    yield from _steps(catalogue, service, language)
    yield from _rules(catalogue, service, language)
    yield from _paths(catalogue, service, today)


def _fee_row(row: FeeRow, currency: str) -> str:
    amount = "set by the department" if row.cents is None else f"{currency} {row.cents / 100:,.2f}"
    each = f" and {row.each_cents / 100:,.2f} for each {row.per}" if row.per else ""
    return f"{amount}{each}" + (f" when `{row.when.text}`" if row.when else "")


def _time(time: Duration | None) -> str:
    if time is None:
        return "set by the department"
    return f"{time.least} {time.unit}" if time.least == time.most else f"{time.least} to {time.most} {time.unit}"


def _list(catalogue: Catalogue, language: Language, title: str, keys: tuple[str, ...]) -> Iterator[str]:
    if keys:
        yield from ("", f"## {title}", "")
        yield from (f"- {catalogue.texts.say(language, key)}" for key in keys)


def _steps(catalogue: Catalogue, service: Service, language: Language) -> Iterator[str]:
    yield from ("", "## Steps", "", "| step | kind | title | asks | when |", "|---|---|---|---|---|")
    for step in service.steps:
        asks = ", ".join(_ask(catalogue, step, name) for name in step.ask) + (
            f" or {step.instead}" if step.instead else ""
        )
        when = f"`{step.when.text}`" if step.when else ""
        yield f"| {step.id} | {step.kind} | {catalogue.texts.say(language, step.title_key)} | {asks} | {when} |"


def _ask(catalogue: Catalogue, step: Step, name: str) -> str:
    fact = catalogue.facts[name]
    mark = "?" if fact.optional or name in step.optional else ""
    return f"{name}{mark} ({fact.type}, {fact.personal})"


def _rules(catalogue: Catalogue, service: Service, language: Language) -> Iterator[str]:
    if service.rules:
        yield from ("", "## Rules", "")
        for rule in service.rules:
            said = catalogue.texts.by_language[language][rule.text_key]
            yield f"- at {rule.step}: `{rule.rule.text}`, or else: {said}"


def _paths(catalogue: Catalogue, service: Service, today: date) -> Iterator[str]:
    walks = journeys(catalogue, service.id, today=today)
    ended = {walk.steps for walk in walks if walk.outcome == "ended"}
    lengths = sorted(len(path) for path in ended)
    stopped = sum(walk.outcome == "stopped" for walk in walks)
    yield from ("", "## Journeys", "")
    yield f"{len(walks)} walked, {stopped} stopped by a rule,"
    yield f"{len(ended)} different paths of {lengths[0]} to {lengths[-1]} steps."
