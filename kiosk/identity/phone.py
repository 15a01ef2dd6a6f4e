"""Signing in with iAM Smart on the resident's own phone: the code to show, how far it is, and what it gave.

The kiosk talks to the portal only; the portal holds the account. What the phone gives is sealed to a key made for this
one sign-in and lives in memory until the visit ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, Literal, get_args

from kiosk.catalogue import Language
from kiosk.catalogue.model import Value
from kiosk.desk import asked
from kiosk.flow.filled import Filled
from kiosk.submission import Sender
from offline_queue.envelope import Json, Kem, Malformed, RecipientKey, b64, unb64, uuid7
from offline_queue.portal_client import Kind, PortalClient, Trouble

SOURCE: Final = "iam_smart"
Progress = Literal["waiting", "opened", "asked", "done", "cancelled", "rejected", "expired", "failed"]
ENDED: Final = frozenset({"cancelled", "rejected", "expired", "failed"})


@dataclass(frozen=True)
class PhoneCode:
    """A sign-in under way: the address in the code, the number on both screens, and the seconds it lives."""

    id: str
    address: str = field(repr=False)
    number: str
    seconds: float
    simulated: bool
    key: RecipientKey = field(repr=False)


@dataclass(frozen=True)
class PhoneMoment:
    """How far a sign-in is; `gave` when it is done."""

    progress: Progress
    gave: Mapping[str, Filled] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class PhoneEntry:
    """What the page shows: the code, how far it is, and which of the offered answers are left out."""

    code: PhoneCode
    shown_at: float
    moment: PhoneMoment = PhoneMoment("waiting")
    left_out: frozenset[str] = frozenset()

    def seconds_left(self, monotonic: float) -> int:
        """Seconds until the code is of no use, at least 0."""
        return max(0, round(self.code.seconds - (monotonic - self.shown_at)))

    def turned(self, fact: str) -> PhoneEntry:
        """Leave one answer out, or take it again."""
        return replace(self, left_out=self.left_out ^ {fact})

    @property
    def accepted(self) -> dict[str, Filled]:
        """The answers that are taken."""
        return {name: filled for name, filled in self.moment.gave.items() if name not in self.left_out}


@dataclass(frozen=True)
class PhoneDesk:
    """The way to the portal's sign-in; every call may block for its deadline and belongs to a worker thread."""

    sender: Sender
    client: PortalClient

    def begin(self, language: Language, now: datetime) -> PhoneCode | Trouble:
        """A new code; Trouble `not_found` when this portal offers no sign-in by phone."""
        key, sign_in = RecipientKey.generate(Kem.X25519), uuid7(now)
        wish: dict[str, Json] = {"sign_in": sign_in, "language": language, "reply_key": b64(key.recipient.public)}
        found = asked(self.sender, self.client, "sign_in", wish)
        if isinstance(found, Trouble):
            return found
        address, number, seconds = found.get("address"), found.get("number"), found.get("seconds")
        if not (isinstance(address, str) and isinstance(number, str) and type(seconds) is int):
            return Trouble(Kind.OFFLINE, "unreadable")
        return PhoneCode(sign_in, address, number, float(seconds), found.get("simulated") is True, key)

    def look(self, code: PhoneCode) -> PhoneMoment | Trouble:
        """How far it is now."""
        found = asked(self.sender, self.client, "sign_in_state", {"sign_in": code.id})
        if isinstance(found, Trouble):
            return found
        progress: Progress | None = next((each for each in get_args(Progress) if each == found.get("state")), None)
        if progress is None:
            return Trouble(Kind.OFFLINE, "unreadable")
        return _opened(code, found.get("sealed")) if progress == "done" else PhoneMoment(progress)

    def end(self, code: PhoneCode) -> None:
        """Let the portal forget it; when it does not hear this, it forgets by itself."""
        asked(self.sender, self.client, "sign_in_end", {"sign_in": code.id})


def _opened(code: PhoneCode, sealed: object) -> PhoneMoment | Trouble:
    try:
        clear = code.key.unwrap_key(unb64(str(sealed)), code.id.encode())
        if isinstance(clear, Malformed):
            return Trouble(Kind.UNTRUSTED, "not_for_this_sign_in")
        doc = json.loads(clear)
    except ValueError:
        return Trouble(Kind.OFFLINE, "unreadable")
    return PhoneMoment("done", phone_facts(doc) if isinstance(doc, dict) else {})


# ---- what iAM Smart says, as the facts a service asks ----


def phone_facts(said: Mapping[str, Any]) -> dict[str, Filled]:
    """The facts that these fields fill; a field that is missing or in no known form fills nothing."""
    found: dict[str, Value] = {}
    for name, read in _READERS.items():
        value = read(said.get(name))
        if value:
            found |= dict.fromkeys(_FACTS[name], value)
    return {fact: Filled(value, SOURCE) for fact, value in found.items()}


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: object) -> str:
    table = _table(value)
    body, digit = _text(table.get("Identification")), _text(table.get("CheckDigit"))
    return f"{body}({digit})" if body and digit else ""


def _birth(value: object) -> date | None:
    text = _text(value)
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if len(text) == 8 else None
    except ValueError:
        return None


def _phone(value: object) -> str:
    table = _table(value)
    country, number = _text(table.get("CountryCode")).lstrip("+"), _text(table.get("SubscriberNumber"))
    return f"+{country}{number}" if country and number else number


def _address(value: object) -> str:
    """One text, from the premises to the region, or free lines as they are."""
    table = _table(value)
    english = _table(table.get("EngPremisesAddress"))
    if english:
        return ", ".join(filter(None, _english(english)))
    chinese = _table(table.get("ChiPremisesAddress"))
    if chinese:
        return "".join(filter(None, _chinese(chinese)))
    free = _table(table.get("FreeFormatAddress"))
    lines = (_text(free.get(name)) for name in ("AddressLine1", "AddressLine2", "AddressLine3"))
    return "\n".join(filter(None, lines))


def _english(a: Mapping[str, Any]) -> list[str]:
    unit, floor, street = _table(a.get("EngUnit")), _table(a.get("EngFloor")), _table(a.get("EngStreet"))
    storey = _text(floor.get("FloorNum"))
    district = _table(a.get("EngDistrict"))
    return [
        " ".join(filter(None, (_text(unit.get("UnitDescriptor")), _text(unit.get("UnitNo"))))),
        f"{storey}/F" if storey else "",
        _text(a.get("BuildingName")),
        " ".join(filter(None, (_text(street.get("BuildingNoFrom")), _text(street.get("StreetName"))))),
        _text(district.get("Sub-district")),
        _REGIONS.get(_text(a.get("Region")), ("", ""))[0],
    ]


def _chinese(a: Mapping[str, Any]) -> list[str]:
    unit, floor, street = _table(a.get("ChiUnit")), _table(a.get("ChiFloor")), _table(a.get("ChiStreet"))
    storey, number = _text(floor.get("FloorNum")), _text(street.get("BuildingNoFrom"))
    return [
        _REGIONS.get(_text(a.get("Region")), ("", ""))[1],
        _text(_table(a.get("ChiDistrict")).get("Sub-district")),
        _text(street.get("StreetName")),
        f"{number}號" if number else "",
        _text(a.get("BuildingName")),
        f"{storey}樓" if storey else "",
        _text(unit.get("UnitNo")) + _text(unit.get("UnitDescriptor")),
    ]


_REGIONS: Final = {"HK": ("HONG KONG", "香港"), "KLN": ("KOWLOON", "九龍"), "NT": ("NEW TERRITORIES", "新界")}
_READERS: Final[Mapping[str, Callable[[object], Value | None]]] = {
    "idNo": _number,
    "enName": lambda value: _text(_table(value).get("UnstructuredName")),
    "chName": lambda value: _text(_table(value).get("ChineseName")),
    "gender": _text,
    "birthDate": _birth,
    "mobileNumber": _phone,
    "emailAddress": _text,
    "residentialAddress": _address,
}
_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "idNo": ("hkid",),
    "enName": ("name_en",),
    "chName": ("name_zh",),
    "gender": ("sex",),
    "birthDate": ("birth_date",),
    "mobileNumber": ("phone", "mobile"),
    "emailAddress": ("email", "email_needed"),
    "residentialAddress": ("address", "home_address"),
}
