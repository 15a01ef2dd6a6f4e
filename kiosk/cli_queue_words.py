"""The words of `python -m kiosk queue`: faults, states and moments as an operator reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.app import START_SENTENCES
from kiosk.catalogue import Language
from kiosk.catalogue.texts import Texts
from kiosk.config import Config
from offline_queue.records import State, Why

SENTENCES: Final[Mapping[str, str]] = {
    **START_SENTENCES,
    "queue_missing": "There is no queue in {path} yet; it is made when the kiosk first starts.",
    "queue_full": "The queue in {path} is full. Bring the line up, or export it with `queue export`.",
    "unknown_item": "The queue has no application {key}. `queue list` shows those that wait.",
    "wrong_state": "{key} cannot be handled like that now: it is {detail}. `queue why {key}` says more.",
    "bundle_damaged": "{key} is not a file of receipts that a portal gave for an export.",
    "kiosk_silent": "A running kiosk owns the queue {path} and did not answer. Stop it, then give the order again.",
}
STATES: Final[Mapping[State, str]] = {
    State.READY: "ready to go",
    State.WAITING: "behind another of its case",
    State.SENDING: "being sent",
    State.QUARANTINED: "set aside for an operator",
    State.EXPORTED: "exported",
    State.ACKED: "delivered",
    State.PURGED: "delivered and wiped",
    State.ABANDONED: "given up",
}
SLIPS: Final[Mapping[str, str]] = {
    "slip_unreadable": "This is not the code of a slip.",
    "slip_forged": "Not genuine: the signature is not that of the kiosk it names.",
    "slip_unknown_kiosk": "Cannot be told: this kiosk does not know the key that signed it. Give it with --keys.",
}
_MOMENTS: Final = frozenset({"since", "next_at"})


def sentence(code: str, path: Path, *, key: str = "", detail: str = "") -> str:
    """What a fault of the queue means and what to do."""
    found = SENTENCES.get(code, "The queue in {path} cannot be used ({detail}). Call a technician.")
    return found.format(path=path, key=key, detail=detail or code)


def said(texts: Texts, config: Config, language: Language, why: Why) -> str:
    """Why an application has not gone, as an operator reads it."""
    if why.text_id not in texts.keys:
        return why.text_id.rpartition(".")[2].replace("_", " ")
    values = {name: moment(str(x), config) if name in _MOMENTS else x for name, x in why.values.items()}
    if "code" in values:
        values["code"] = reason(texts, language, str(values["code"]))
    return texts.say(language, why.text_id, **values)


def reason(texts: Texts, language: Language, code: str) -> str:
    """The portal's (or the disk's) code as half a sentence."""
    key = f"queue.code.{code}"
    return (
        texts.say(language, key)
        if key in texts.keys
        else texts.say(language, "queue.code.other", code=code.replace("_", " ") or "-")
    )


def moment(text: str, config: Config) -> str:
    """A moment of the records as the clock on the wall shows it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text or "?"
    return f"{moment.astimezone(ZoneInfo(config.site.timezone)):%Y-%m-%d %H:%M}"


def span(seconds: float) -> str:
    """A length of time: 3 d 4 h, 2 h 5 min, 7 min."""
    minutes = int(seconds // 60)
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
