"""The catalogue and the flow engine: loading, answering and searching, each as a resident or an officer meets it."""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from benchmarks.row import Row
from kiosk.catalogue import Catalogue, load_catalogue
from kiosk.flow import FlowState, engine
from kiosk.flow.journeys import journeys, sample_answers

ASSETS = Path(__file__).parents[1] / "assets"
TODAY = date(2026, 11, 22)
ROUNDS = 7
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
    return [
        Row("load of all services in three languages, warm", warm, "ms", "<= 150"),
        Row("the same without the memory of parsed files", cold, "ms", ""),
        Row("load without memory vs parsing the TOML alone", cold / bare, "ratio", "<= 2.5"),
        Row("one answer, 99th percentile over every service", _percentile(answers, 99), "ms", "<= 2"),
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


def _search_ms(catalogue: Catalogue) -> list[float]:
    catalogue.search("護照", "zh_Hant")  # builds the index
    works = [partial(catalogue.search, query, "en") for query in QUERIES]
    return [statistics.median(_ms(work) for _ in range(ROUNDS)) for work in works]


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
