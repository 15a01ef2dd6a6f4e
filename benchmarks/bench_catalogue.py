"""The catalogue and the flow engine: loading, answering and searching, each as a resident or an officer meets it."""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import fastjsonschema

from benchmarks.row import Row
from kiosk.catalogue import Catalogue, Fact, load_catalogue
from kiosk.flow import FlowState, engine
from kiosk.flow.journeys import journeys, sample_answers

ASSETS = Path(__file__).parents[1] / "assets"
TODAY = date(2026, 11, 22)
ROUNDS = 7
JUDGED = 200  # times a form is judged in one round
QUERIES = (
    "回鄉證",
    "home return permit",
    "wuixoengzing",
    "vehcle licnce",
    "公积金",
    "senior ctizen card",
    "駕照",
    "tax",
)


def run() -> list[Row]:
    """Every row of the table; times are medians of rounds in this process."""
    with tempfile.TemporaryDirectory() as folder:
        memory = Path(folder) / "parsed.json"
        catalogue = load_catalogue(ASSETS, memory=memory)
        cold, warm, bare = _side_by_side(
            lambda: load_catalogue(ASSETS), lambda: load_catalogue(ASSETS, memory=memory), _parse_only
        )
    answers, found = _answer_ms(catalogue), _search_ms(catalogue)
    ours, theirs = _beside_json_schema(catalogue)
    return [
        Row("load of all services in three languages, warm", warm, "ms", "<= 150"),
        Row("the same without the memory of parsed files", cold, "ms", ""),
        Row("load without memory vs parsing the TOML alone", cold / bare, "ratio", "<= 2.5"),
        Row("one answer, 99th percentile over every service", _percentile(answers, 99), "ms", "<= 2"),
        Row("one form judged whole: conditions, rules, fee and review hash (median)", ours * 1000, "µs", ""),
        Row("the same form by fastjsonschema, compiled: shape and conditions only (median)", theirs * 1000, "µs", ""),
        Row("form judged / fastjsonschema", ours / theirs, "ratio", ""),
        Row("one search, slowest of eight", max(found), "ms", "<= 20"),
    ]


def _side_by_side(*works: Callable[[], object]) -> list[float]:
    """Median milliseconds of each, taken in turns so that a busy moment hits all alike."""
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, times in zip(works, spent, strict=True):
            gc.collect()
            times.append(_ms(work))
    return [statistics.median(times) for times in spent]


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _parse_only() -> None:
    for path in (ASSETS / "facts.toml", *(ASSETS / "services").glob("*.toml"), *(ASSETS / "texts").glob("*/*.toml")):
        tomllib.loads(path.read_text(encoding="utf-8"))


def _answer_ms(catalogue: Catalogue) -> list[float]:
    """Answer and review again, at every step of one journey of every service."""
    spent: list[float] = []
    for service_id in catalogue.services:
        choices = journeys(catalogue, service_id, today=TODAY)[0].choices
        state = engine.start(catalogue, service_id, today=TODAY)
        while (step := engine.current(state)) is not None:
            for values in sample_answers(catalogue.facts, TODAY, step, choices):
                begun = time.perf_counter()
                moved = engine.answer(state, values)
                spent.append((time.perf_counter() - begun) * 1000)
                if isinstance(moved, FlowState):
                    break
            else:
                break  # a rule stopped this journey
            state = moved
    return spent


def _beside_json_schema(catalogue: Catalogue) -> tuple[float, float]:
    """Median milliseconds to judge the Senior Citizen Card's whole form again, by the engine and as a JSON Schema.

    The schema says as much of the form as JSON Schema can: types, lengths, choices, what is required, and the address
    that is asked only of those who have one. Check digits, ages, fees and hashes it cannot say.
    """
    state = _reviewed(catalogue, "HK-WEL-01")
    answers = engine.payload(state)
    validate = fastjsonschema.compile(json_schema(catalogue, "HK-WEL-01"))
    validate(answers)
    broken = {name: value for name, value in answers.items() if name != "hkid"}
    try:
        validate(broken)
    except fastjsonschema.JsonSchemaValueException:
        pass
    else:
        raise AssertionError("the schema lets a form without its number pass")
    ours, theirs = _side_by_side(partial(_judged, state), partial(_repeated, validate, answers))
    return ours / JUDGED, theirs / JUDGED


def _judged(state: FlowState) -> None:
    for _ in range(JUDGED):
        fresh = replace(state)  # a moment keeps its path once it is worked out: a new one has to work it out again
        engine.path(fresh)
        engine.fee_cents(fresh)
        engine.review_hash(fresh)


def _repeated(validate: Callable[[object], object], answers: object) -> None:
    for _ in range(JUDGED):
        validate(answers)


def _reviewed(catalogue: Catalogue, service_id: str) -> FlowState:
    """A form filled up to its review with made-up answers."""
    state = engine.start(catalogue, service_id, today=TODAY)
    wish = {"address_area": "HK", "portrait_on_paper": True}
    while (step := engine.current(state)) is not None and step.kind != "review":
        tries = (engine.answer(state, values) for values in sample_answers(catalogue.facts, TODAY, step, wish))
        state = next(moved for moved in tries if isinstance(moved, FlowState))
    return state


def json_schema(catalogue: Catalogue, service_id: str) -> dict[str, object]:
    """The form of a service as a JSON Schema (draft 7), as far as JSON Schema can say it."""
    service = catalogue.services[service_id]
    steps = [step for step in service.steps if step.kind in ("identify", "form", "choice")]
    asked = {name: catalogue.facts[name] for step in steps for name in step.ask}
    needed = [
        name
        for step in steps
        for name in step.ask
        if step.when is None and name not in step.optional and not asked[name].optional
    ]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {name: _property(fact) for name, fact in asked.items()},
        "required": needed,
        "if": {"properties": {"address_area": {"enum": ["HK", "mainland"]}}},
        "then": {"required": ["address"]},
    }


def _property(fact: Fact) -> dict[str, object]:
    if fact.choices:
        return {"enum": list(fact.choices)}
    if fact.type == "yes_no":
        return {"type": "boolean"}
    if fact.type in ("number", "money"):
        return {"type": "integer"}
    found: dict[str, object] = {"type": "string", "minLength": fact.least or 1}
    return {**found, "format": "date"} if fact.type == "date" else {**found, "maxLength": fact.most or 400}


def _search_ms(catalogue: Catalogue) -> list[float]:
    catalogue.search("護照", "zh_Hant")  # builds the index
    works = [partial(catalogue.search, query, "en") for query in QUERIES]
    return [statistics.median(_ms(work) for _ in range(ROUNDS)) for work in works]


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
