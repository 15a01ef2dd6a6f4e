"""Begins a new service: a file that loads at once and that an officer then turns into the real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from kiosk.catalogue.findings import Finding
from kiosk.catalogue.model import LANGUAGES, Language, Side

_ENDS: Final[Mapping[str, str]] = {"enquiry": "enquire", "appointment": "book", "payment": "pay", "referral": "refer"}
_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "enquire": ("result",),
    "book": ("slot", "review", "consent", "submit", "receipt"),
    "pay": ("result", "pay", "receipt"),
}
_SEND: Final = ("review", "consent", "submit", "receipt")
_ASKS: Final[Mapping[str, str]] = {"slot": "appointment", "pay": "payment"}
_WORDS: Final[Mapping[Language, tuple[str, str]]] = {
    "en": ("Say in one sentence what a resident gets here.", "Say who may apply."),
    "zh_Hant": ("用一句說明市民在這裏可辦理甚麼。", "說明誰可以申請。"),
    "zh_Hans": ("用一句话说明在这里可以办理什么。", "说明谁可以申请。"),
}


@dataclass(frozen=True)
class NewService:
    """What must be known to begin: where the service belongs and what it is called."""

    id: str
    side: Side
    category: str
    department: str
    kind: str
    names: Mapping[Language, str]


def begin(assets: Path, new: NewService, *, today: date) -> tuple[Path, ...] | Finding:
    """Write the service's file and, if it is not there yet, its row of the directory; never overwrites."""
    path, listing = assets / "services" / f"{new.id}.toml", assets / "services" / "listing.tsv"
    if path.exists():
        return Finding(f"services/{new.id}.toml", 1, "is there already; edit it, or choose another id")
    path.write_text(service_text(new, today=today), encoding="utf-8")
    rows = listing.read_text(encoding="utf-8")
    if any(line.split("\t")[0] == new.id for line in rows.splitlines()):
        return (path,)
    listing.write_text(rows.rstrip("\n") + "\n" + listing_row(new) + "\n", encoding="utf-8")
    return (path, listing)


def listing_row(new: NewService) -> str:
    """Its row of listing.tsv."""
    return "\t".join((new.id, new.side, new.category, new.department, new.kind, *(new.names[x] for x in LANGUAGES)))


def service_text(new: NewService, *, today: date) -> str:
    """A file that loads: every particular is marked as to be confirmed, and no fee or time is claimed."""
    finish = _ENDS.get(new.kind, "submit")
    return "\n\n".join((_head(new, finish, today), *_steps(finish), *map(lambda x: _text(new, x), LANGUAGES))) + "\n"


def _head(new: NewService, finish: str, today: date) -> str:
    lines = (
        f'id = "{new.id}"',
        "version = 1",
        f'side = "{new.side}"',
        f'category = "{new.category}"',
        f'department = "{new.department}"',
        f'kind = "{new.kind}"',
        f'finish = "{finish}"',
        'status = "to_confirm" # "confirmed" once somebody has compared it with its source',
        f"valid_from = {today}",
        "min_trust = 2",
        "minutes = 5",
        *(("needs_line = true",) if finish in _STEPS else ()),
        'bring = ["hkid_card"] # ids of facts, or of texts under [paper]',
        "",
        "[source]",
        'seen = "reconstructed"',
        'where = "not seen on a public page"',
        f"checked_on = {today}",
        "",
        "[fee] # no row: the department sets the fee",
        f'currency = "{"HKD" if new.side == "HK" else "CNY"}"',
    )
    return "\n".join(lines)


def _steps(finish: str) -> tuple[str, ...]:
    kinds = ("checklist", "identify", "contact", *_STEPS.get(finish, _SEND))
    return tuple(_step(kind) for kind in kinds)


def _step(kind: str) -> str:
    if kind == "identify":
        return '[[step]]\nkind = "identify"\nask = ["name_en", "name_zh", "hkid"]'
    if kind == "contact":
        return '[[step]]\nid = "contact"\nkind = "form"\nask = ["phone", "email"]'
    ask = f'\nask = ["{_ASKS[kind]}"]' if kind in _ASKS else ""
    return f'[[step]]\nkind = "{kind}"{ask}'


def _text(new: NewService, language: Language) -> str:
    summary, who = _WORDS[language]
    return f'[text.{language}]\ntitle = "{new.names[language]}"\nsummary = "{summary}"\nwho = ["{who}"]'
