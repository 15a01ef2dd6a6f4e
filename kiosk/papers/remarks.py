"""What to tell about papers: too old, another name, a page missing. Never a refusal. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from hardware.papers.page import Page
from kiosk.papers.dates import issue_date, months_old
from kiosk.papers.names import names_person, same_name
from kiosk.papers.read import Reading

RULES: Final = Path(__file__).resolve().parents[2] / "assets" / "papers.toml"
Code = Literal["too_old", "no_date", "other_name", "missing_pages", "no_number", "other_number", "little_text"]
CODES: Final[tuple[Code, ...]] = (
    "too_old", "no_date", "other_name", "missing_pages", "no_number", "other_number", "little_text",
)  # fmt: skip
"""Every remark; each needs the texts `paper.<code>` and `paper.<code>_more` in every language."""

LEAST_LETTERS: Final = 12
_PAGE_OF: Final = (
    re.compile(r"\bpage\s*(\d{1,2})\s*(?:of|/)\s*(\d{1,2})\b", re.I),
    re.compile(r"第\s*(\d{1,2})\s*[頁页]\s*[，,、/]?\s*共\s*(\d{1,2})\s*[頁页]"),
    re.compile(r"\bP\.?\s*(\d{1,2})\s*/\s*(\d{1,2})\b"),
)


@dataclass(frozen=True)
class Rule:
    """What a department wants of one kind of paper, by its fact id."""

    max_months: int | None = None
    named: bool = False
    identity: bool = False


@dataclass(frozen=True)
class Applicant:
    """What is known of the person the papers should name."""

    name_zh: str = field(default="", repr=False)
    name_en: str = field(default="", repr=False)
    numbers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Remark:
    """One thing to look at: a text id's last word and the values it waits for."""

    code: Code
    values: Mapping[str, object] = field(default_factory=dict)


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """The rules of assets/papers.toml by the paper's fact id."""
    return {name: Rule(**table) for name, table in tomllib.loads(RULES.read_text(encoding="utf-8")).items()}


def remarks(
    pages: Sequence[Page], reading: Reading, rule: Rule, applicant: Applicant, *, today: date
) -> tuple[Remark, ...]:
    """Everything worth a look about the pages of one paper, most important first."""
    lines = [line.text for page in pages for line in page.lines]
    if sum(len(line) for line in lines) < LEAST_LETTERS:
        return (Remark("little_text"),)
    found: Iterable[Remark | None] = (
        _number(reading, applicant) if rule.identity else None,
        _age(lines, rule.max_months, today) if rule.max_months is not None else None,
        _name(lines, reading, applicant) if rule.named or rule.identity else None,
        _missing(lines),
    )
    return tuple(remark for remark in found if remark is not None)


def _number(reading: Reading, applicant: Applicant) -> Remark | None:
    read = {name: str(fact.value) for name, fact in reading.facts.items() if name in NUMBERS}
    if not read:
        return Remark("no_number")
    for name, number in read.items():
        known = applicant.numbers.get(name)
        if known and known != number:
            return Remark("other_number")
    return None


NUMBERS: Final = ("hkid", "resident_id", "permit", "passport")


def _age(lines: list[str], most: int, today: date) -> Remark | None:
    made = issue_date(lines, today=today)
    if made is None:
        return Remark("no_date", {"limit": most})
    months = months_old(made, today)
    over = months > most or (months == most and made.day != today.day)
    return Remark("too_old", {"months": max(months, most), "limit": most}) if over else None


def _name(lines: list[str], reading: Reading, applicant: Applicant) -> Remark | None:
    if not (applicant.name_zh or applicant.name_en):
        return None
    if names_person(lines, name_zh=applicant.name_zh, name_en=applicant.name_en):
        return None
    read = [str(fact.value) for name, fact in reading.facts.items() if name in ("name_zh", "name_en")]
    if any(same_name(name, known) for name in read for known in (applicant.name_zh, applicant.name_en) if known):
        return None
    return Remark("other_name")


def _missing(lines: list[str]) -> Remark | None:
    """Pages that a paper counts itself and that were not shown."""
    seen = [(int(got[1]), int(got[2])) for line in lines for form in _PAGE_OF for got in form.finditer(line)]
    total = max((count for at, count in seen if 1 <= at <= count), default=0)
    missing = sorted(set(range(1, total + 1)) - {at for at, count in seen if count == total})
    if not missing or total > 30:
        return None
    return Remark("missing_pages", {"pages": ", ".join(map(str, missing)), "total": total})
