"""Identity documents by their print: Hong Kong identity card, Mainland cards, Home Return Permit, passports. Pure.

Nothing is repaired: a number whose check digit does not fit is not used, and what remains is shown to be confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from hardware.papers.mrz_lines import Zone, zone
from hardware.papers.page import Line, Page
from kiosk.identity.numbers import (  # fmt: skip
    Hkid,
    HomeReturnPermit,
    NumberFault,
    ResidentId,
    parse_hkid,
    parse_permit,
    parse_resident_id,
)
from kiosk.papers.read import Read, Reading

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HKID = re.compile(r"([A-Z]{1,2}\d{6})\s*[(（\[]\s*([0-9A])\s*[)）\]]")
_RESIDENT = re.compile(r"(?<!\d)(\d{17}[\dXx])(?![\dA-Za-z])")
_PERMIT = re.compile(r"(?<![A-Z0-9])([HM]\d{8}(?:\d{2})?)(?![A-Z0-9])")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{2})-(\d{2})-(\d{4})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*[.年/-]\s*(\d{1,2})\s*[.月/-]\s*(\d{1,2})\s*日?(?!\d)")
_NAME_EN = re.compile(r"[A-Z][A-Z' -]*,\s*[A-Z][A-Za-z' -]*")
_NAME_ZH = re.compile(rf"[{HAN}·]{{2,6}}")
_HKIC_WORDS = re.compile(r"HONG ?KONG|IDENTITY CARD|身份[證证]|永久性|居民")
_PERMIT_WORDS = re.compile(r"往来内地|往來內地|来往内地|來往內地|通行[证證]|Mainland Travel Permit", re.I)
_RESIDENT_WORDS = re.compile(r"公民身份号码|姓名|居住证|民族|住址")
_LABELS = re.compile(
    r"^(姓名|性别|民族|出生|住址|公民身份号码|公民身份証號碼|签发机关|有效期限|Name|Sex|Date of birth)[:：\s]*", re.I
)
_NOT_NAMES = re.compile(
    r"香港|身份|永久|居民|樣本|样本|出生|日期|中[华華]|签发|簽發|有效|通行|公安|姓名|性[别別]|首次|登記"
)
_SYMBOLS = re.compile(r"\*{1,3}\s?[A-Z]{1,4}|(?<![A-Z])(?:AZ|CO|UO|RO|AX|RW)(?![A-Z])")


def read_identity(page: Page, *, today: date) -> Reading:
    """What an identity document says; an empty reading for anything else."""
    found = zone([line.text for line in page.lines])
    if found is not None:
        return _by_zone(found, page, today)
    for reader in (_hkic, _resident, _permit):
        reading = reader(page, today)
        if reading is not None:
            return reading
    return Reading()


# ---- Hong Kong identity card -----------------------------------------------------------------------------------------


def _hkic(page: Page, today: date) -> Reading | None:
    number, failed = _first(page, _HKID, lambda got: parse_hkid(f"{got[1]}({got[2]})"))
    text = _text(page)
    if number is None and not (failed and _HKIC_WORDS.search(text)):
        return None
    facts: dict[str, Read] = {}
    if number is not None and isinstance(number.value, Hkid):
        facts["hkid"] = Read(number.value.formatted, number.sure, checked=True)
    facts |= _named(page) | _born(page, _DAY_FIRST, (2, 1, 0), today) | _sex(page)
    return Reading("hkic", facts, number_failed=number is None)


def symbols(page: Page) -> tuple[str, ...]:
    """The symbols under the date of birth of a Hong Kong identity card: *** (travel document), A (right of abode) …"""
    return tuple(match.group().replace(" ", "") for line in page.lines for match in _SYMBOLS.finditer(line.text))


# ---- Mainland resident identity card, residence permits of HK, Macao and Taiwan residents ----------------------------


def _resident(page: Page, today: date) -> Reading | None:
    number, failed = _first(page, _RESIDENT, lambda got: parse_resident_id(got[1], today=today))
    if number is None and not (failed and _RESIDENT_WORDS.search(_text(page))):
        return None
    facts = _labelled_name(page) | _born(page, _YEAR_FIRST, (0, 1, 2), today) | _sex(page)
    if number is None or not isinstance(number.value, ResidentId):
        return Reading("resident_id", facts, number_failed=True)
    read = number.value
    facts["resident_id"] = Read(read.number, number.sure, checked=True)
    facts["birth_date"] = _agreed(facts.get("birth_date"), read.birth_date, number.sure)
    facts["sex"] = _agreed(facts.get("sex"), read.sex, number.sure)
    return Reading("resident_id" if read.region == "mainland" else "residence_permit", facts)


def _agreed(printed: Read | None, in_number: date | str, sure: float) -> Read:
    """What the number says, surer where the print says the same; the number has a check digit, the print has none."""
    return Read(in_number, sure, checked=printed is None or printed.value == in_number)


# ---- Home Return Permit ----------------------------------------------------------------------------------------------


def _permit(page: Page, today: date) -> Reading | None:
    if not _PERMIT_WORDS.search(_text(page)):
        return None
    number, _ = _first(page, _PERMIT, lambda got: parse_permit(got[1]))
    facts = _named(page) | _labelled_name(page) | _born(page, _YEAR_FIRST, (0, 1, 2), today) | _sex(page)
    if number is not None and isinstance(number.value, HomeReturnPermit):
        facts["permit"] = Read(number.value.number, number.sure)
    return Reading("home_return_permit", facts)


# ---- machine-readable zones ------------------------------------------------------------------------------------------


def _by_zone(found: Zone, page: Page, today: date) -> Reading:
    mrz = found.mrz
    sure = min((line.sure for line in page.lines if len(line.text) > 24), default=page.sure)
    kind = "passport" if mrz.document_code.startswith("P") else "travel_document"
    facts: dict[str, Read] = {}
    names = [part for part in (mrz.surname.text, mrz.given_names.text) if part]
    if names:
        facts["name_en"] = Read(", ".join(names), sure)
    born = _yymmdd(mrz.birth_date.text, today)
    if born is not None:
        facts["birth_date"] = Read(born, sure, checked=True)
    if mrz.sex.text:
        facts["sex"] = Read(mrz.sex.text, sure)
    if kind == "passport":
        facts["passport"] = Read(mrz.number.text, sure, checked=True)
    return Reading(kind, facts)


def _yymmdd(text: str, today: date) -> date | None:
    """A date of birth: of the two centuries the one that is not in the future."""
    if not text.isdigit():
        return None
    for century in (2000, 1900):
        try:
            born = date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
        except ValueError:
            continue
        if born <= today:
            return born
    return None


# ---- parts -----------------------------------------------------------------------------------------------------------


class _Number:
    """A number that fits, and how sure its line was."""

    def __init__(self, value: Hkid | ResidentId | HomeReturnPermit, sure: float) -> None:
        self.value, self.sure = value, sure


def _first(page: Page, pattern: re.Pattern[str], parse: object) -> tuple[_Number | None, bool]:
    """The first number of that form that fits, and whether one was seen that does not."""
    failed = False
    for line in page.lines:
        for got in pattern.finditer(line.text.upper().replace(" ", "")):
            parsed = parse(got)  # type: ignore[operator]
            if not isinstance(parsed, NumberFault):
                return _Number(parsed, line.sure), False
            failed = True
    return None, failed


def _named(page: Page) -> dict[str, Read]:
    """Names that stand on lines of their own."""
    facts: dict[str, Read] = {}
    for line in page.lines:
        bare = line.text.strip()
        if "name_en" not in facts and _NAME_EN.fullmatch(bare) and not _HKIC_WORDS.search(bare.upper()):
            facts["name_en"] = Read(bare, line.sure)
        han = bare.replace(" ", "")
        if "name_zh" not in facts and _NAME_ZH.fullmatch(han) and not _NOT_NAMES.search(han):
            facts["name_zh"] = Read(han, line.sure)
    return facts


def _labelled_name(page: Page) -> dict[str, Read]:
    """The name behind its label on one line, or on the line right of the label."""
    for line in page.lines:
        bare = line.text.strip().replace(" ", "")
        if not bare.startswith("姓名"):
            continue
        rest = bare[2:].lstrip(":：")
        if not rest:
            rest, line = _right_of(page, line)
        if _NAME_ZH.fullmatch(rest):
            return {"name_zh": Read(rest, line.sure)}
    return {}


def _right_of(page: Page, label: Line) -> tuple[str, Line]:
    beside = [
        line
        for line in page.lines
        if line is not label and abs(line.top - label.top) < max(label.height, 8) and line.left > label.left
    ]
    nearest = min(beside, key=lambda line: line.left, default=label)
    return nearest.text.replace(" ", "") if nearest is not label else "", nearest


def _born(page: Page, pattern: re.Pattern[str], order: tuple[int, int, int], today: date) -> dict[str, Read]:
    """The earliest date on the document: a birth comes before every issue."""
    dates = [(born, line.sure) for line in page.lines for born in _dates(line.text, pattern, order) if born <= today]
    if not dates:
        return {}
    born, sure = min(dates)
    return {"birth_date": Read(born, sure)}


def _dates(text: str, pattern: re.Pattern[str], order: tuple[int, int, int]) -> Iterable[date]:
    for got in pattern.finditer(text):
        parts = [int(part) for part in got.groups()]
        try:
            yield date(parts[order[0]], parts[order[1]], parts[order[2]])
        except ValueError:
            continue


def _sex(page: Page) -> dict[str, Read]:
    """男 or M, 女 or F, on a line short enough to be that field."""
    for line in page.lines:
        bare = _LABELS.sub("", line.text.strip()).replace(" ", "")
        for sex, word in (("M", "男"), ("F", "女")):
            if (
                bare in (word, word + sex, f"{word}/{sex}", sex)
                or bare.startswith(f"{word}民族")
                or ("性别" in line.text and word in line.text)
            ):
                return {"sex": Read(sex, line.sure)}
    return {}


def _text(page: Page) -> str:
    return "\n".join(line.text for line in page.lines)
