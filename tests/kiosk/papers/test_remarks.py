from __future__ import annotations

from datetime import date

import pytest

from kiosk.app import ASSETS
from kiosk.catalogue import LANGUAGES, load_catalogue
from kiosk.papers.dates import dates_in, issue_date, months_old
from kiosk.papers.identity import read_identity
from kiosk.papers.names import names_person, same_name
from kiosk.papers.read import Reading
from kiosk.papers.remarks import CODES, Applicant, Remark, Rule, remarks, rules
from tests.kiosk.papers.test_identity import HKIC, page

TODAY = date(2026, 11, 25)
CHAN = Applicant("陳大文", "CHAN, Tai Man", {"hkid": "A123456(3)"})
BILL = (
    "示例電力有限公司",
    "陳大文先生",
    "賬單日期 Bill Date 12 Oct 2026",
    "繳費限期 Due Date 02 Dec 2026",
    "應繳總額 512.30",
)


def said(*texts: str, rule: Rule, applicant: Applicant = CHAN) -> list[tuple[str, dict[str, object]]]:
    shown = page(*texts)
    reading = read_identity(shown, today=TODAY) if rule.identity else Reading()
    return [(one.code, dict(one.values)) for one in remarks([shown], reading, rule, applicant, today=TODAY)]


@pytest.mark.parametrize(
    "text",
    ["2026年3月5日", "2026-03-05", "2026.3.5", "5/3/2026", "05-03-2026", "5 Mar 2026", "5th March 2026",
     "March 5, 2026",
     "二〇二六年三月五日", "２０２６／３／５", "5 MARCH 2026", "2026 年 03 月 05 號"],
)  # fmt: skip
def test_a_date_is_read_as_both_sides_write_it(text: str) -> None:
    assert set(dates_in(text)) == {date(2026, 3, 5)}


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "A123456", "12345678", "512.30", "29 Feb 2025", "5/3/26"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert list(dates_in(text)) == []


def test_the_bill_s_own_day_counts_and_not_the_day_it_is_due_or_somebody_s_birth() -> None:
    lines = ["Date of birth 01/02/1955", "Bill Date 12 Jul 2026", "Due Date 02 Aug 2026", "Valid until 01/01/2027"]
    assert issue_date(lines, today=TODAY) == date(2026, 7, 12)
    assert issue_date(["日期", "2026年10月1日"], today=TODAY) == date(2026, 10, 1)
    assert issue_date(["nothing here"], today=TODAY) is None


@pytest.mark.parametrize(
    ("made", "today", "months"),
    [
        (date(2026, 7, 12), date(2026, 11, 25), 4),
        (date(2026, 8, 25), date(2026, 11, 25), 3),
        (date(2026, 8, 26), date(2026, 11, 25), 2),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2025, 12, 31), date(2026, 1, 1), 0),
    ],
)
def test_months_are_whole_months(made: date, today: date, months: int) -> None:
    assert months_old(made, today) == months


def test_a_good_bill_needs_no_remark() -> None:
    assert said(*BILL, rule=Rule(3, named=True)) == []


def test_an_old_bill_is_said_with_its_age_and_the_limit() -> None:
    old = tuple(text.replace("12 Oct", "12 Jul") for text in BILL)
    assert said(*old, rule=Rule(3, named=True)) == [("too_old", {"months": 4, "limit": 3})]


def test_a_bill_of_exactly_three_months_is_not_too_old_and_a_day_more_is() -> None:
    for day, remark in ((25, []), (24, ["too_old"])):
        dated = tuple(text.replace("12 Oct", f"{day} Aug") for text in BILL)
        assert [code for code, _ in said(*dated, rule=Rule(3))] == remark


def test_a_paper_without_a_date_is_said() -> None:
    assert said("示例電力有限公司", "陳大文先生 賬單", rule=Rule(3)) == [("no_date", {"limit": 3})]


@pytest.mark.parametrize(
    "line", ["陈大文先生", "陳 大 文", "Mr CHAN Tai Man", "TAI MAN CHAN", "CHAN TAI-MAN", "CHAN Tai Mam"]
)
def test_the_applicant_is_known_in_either_script_and_any_order(line: str) -> None:
    found = names_person(["somebody", line], name_zh="陳大文", name_en="CHAN, Tai Man")
    assert found is (line != "CHAN Tai Mam"), "a short name must be right in every letter"


@pytest.mark.parametrize("line", ["陳大明", "CHAN Siu Ming", "Mr Chan", "TAI MAN", "", "大文"])
def test_somebody_else_is_not_the_applicant(line: str) -> None:
    assert not names_person([line], name_zh="陳大文", name_en="CHAN, Tai Man")


def test_a_long_name_may_have_one_wrong_letter() -> None:
    assert names_person(["FERNANDEZ Marla Clara"], name_zh="", name_en="FERNANDEZ, Maria Clara")


def test_a_name_over_two_lines_is_found() -> None:
    assert names_person(["CHAN", "Tai Man"], name_zh="", name_en="CHAN, Tai Man")


def test_one_name_in_two_forms() -> None:
    assert same_name("陳大文", "陈大文")
    assert same_name("CHAN, Tai Man", "TAI MAN CHAN")
    assert not same_name("陳大文", "陳大明")


def test_a_bill_of_somebody_else_is_said() -> None:
    other = Applicant("黃小明", "WONG, Siu Ming")
    assert [code for code, _ in said(*BILL, rule=Rule(3, named=True), applicant=other)] == ["other_name"]


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (("Page 1 of 3", "Page 3 of 3"), "2"),
        (("第1頁，共2頁",), "2"),
        (("第 1 页 共 4 页", "第 4 页 共 4 页"), "2, 3"),
        (("P. 1/2", "P. 2/2"), None),
        (("on page 7 of this leaflet",), None),
    ],
)
def test_pages_that_a_paper_counts_itself_are_missed(lines: tuple[str, ...], missing: str | None) -> None:
    found = said(*BILL, *lines, rule=Rule())
    assert [values["pages"] for code, values in found if code == "missing_pages"] == ([missing] if missing else [])


def test_another_person_s_card_and_the_back_of_a_card_are_said() -> None:
    assert said(*HKIC, rule=Rule(identity=True)) == []
    other = Applicant("陳大文", "CHAN, Tai Man", {"hkid": "B654321(4)"})
    assert [code for code, _ in said(*HKIC, rule=Rule(identity=True), applicant=other)] == ["other_number"]
    back = ("此證屬香港特別行政區政府所有", "This card belongs to the Government", "陳大文")
    assert [code for code, _ in said(*back, rule=Rule(identity=True))] == ["no_number"]


def test_an_empty_sheet_is_said_and_nothing_else() -> None:
    assert said("A", rule=Rule(3, named=True, identity=True)) == [("little_text", {})]


def test_every_remark_has_its_texts_and_every_rule_a_paper_of_the_catalogue() -> None:
    catalogue = load_catalogue(ASSETS)
    for code in CODES:
        for key in (f"reading.{code}", f"reading.{code}_more"):
            assert key in catalogue.texts.keys, key
    assert {name for name in rules() if catalogue.facts[name].type != "document"} == set()
    values = {"months": 4, "limit": 3, "pages": "2, 3", "total": 3}
    for language in LANGUAGES:
        for code in CODES:
            assert catalogue.texts.say(language, f"reading.{code}", **values)


def test_a_remark_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Remark("no_date").code = "too_old"  # type: ignore[misc]
