"""Identity numbers. All numbers are made up or published examples; any resemblance to a real one is chance."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.numbers import (
    Hkid,
    HomeReturnPermit,
    Mrz,
    NumberFault,
    ResidentId,
    hkid_check_digit,
    mrz_check_digit,
    parse_brn,
    parse_hkid,
    parse_mrz,
    parse_permit,
    parse_resident_id,
    parse_uscc,
    resident_check_character,
)

TODAY = date(2026, 11, 22)
MADE_UP_HKIDS = [
    "A123456(3)",
    "G123456(A)",
    "C123456(9)",
    "K123456(0)",
    "M123456(6)",
    "L555555(0)",
    "Z999999(0)",
    "T125876(6)",
    "AB987654(3)",
    "WX123456(9)",
    "C668668(9)",
]


@pytest.mark.parametrize("text", MADE_UP_HKIDS)
def test_an_hkid_whose_check_digit_fits_is_read(text: str) -> None:
    found = parse_hkid(text)
    assert isinstance(found, Hkid)
    assert found.formatted == text


@pytest.mark.parametrize("text", ["a1234563", " A123456（3） ", "A 123456 (3)", "A123456-3"])
def test_an_hkid_is_read_however_it_was_typed(text: str) -> None:
    assert parse_hkid(text) == Hkid("A", "123456", "3")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A123456(4)", "check_digit"),
        ("F123432(3)", "check_digit"),
        ("Z683365(5)", "check_digit"),
        ("C668668(E)", "form"),
        ("A12345(3)", "length"),
        ("", "length"),
        ("A" * 300, "length"),
        ("１２３４５６７８", "form"),
        ("A12345٣3", "form"),
    ],
)
def test_a_wrong_hkid_says_what_is_wrong(text: str, code: str) -> None:
    found = parse_hkid(text)
    assert isinstance(found, NumberFault)
    assert found.code == code


LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=2)


@given(LETTERS, st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_the_two_schemes_agree_for_one_letter_and_never_for_two(prefix: str, digits: str) -> None:
    official = hkid_check_digit(prefix, digits)
    other = hkid_check_digit(prefix, digits, "letters_from_one")
    assert (official == other) == (len(prefix) == 1)
    if len(prefix) == 2:
        assert parse_hkid(f"{prefix}{digits}{other}") == NumberFault("check_digit")


def test_an_hkid_is_masked_and_never_shows_in_a_repr() -> None:
    found = parse_hkid("A123456(3)")
    assert isinstance(found, Hkid)
    assert found.masked == "A123XXX(X)"
    assert "123456" not in repr(found)


@pytest.mark.parametrize(
    ("text", "region", "born", "sex"),
    [
        ("11010519491231002X", "mainland", date(1949, 12, 31), "F"),
        ("440524188001010014", "mainland", date(1880, 1, 1), "M"),
        ("810000199408230021", "HK", date(1994, 8, 23), "F"),
        ("820000199408230023", "MO", date(1994, 8, 23), "F"),
        ("830000199201300022", "TW", date(1992, 1, 30), "F"),
    ],
)
def test_a_resident_number_tells_area_birth_and_sex(text: str, region: str, born: date, sex: str) -> None:
    found = parse_resident_id(text.lower(), today=TODAY)
    assert isinstance(found, ResidentId)
    assert (found.region, found.birth_date, found.sex) == (region, born, sex)
    assert text not in repr(found)
    assert found.masked == f"{text[:6]}**********{text[-2:]}"


def made_up(first17: str) -> str:
    return first17 + resident_check_character(first17)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("110105194912310021", "check_digit"),
        (made_up("11010519490230002"), "birth_date"),
        (made_up("11010520990101002"), "birth_date"),
        (made_up("99010519491231002"), "area"),
        ("11010519491231002", "length"),
        ("1101051949123100ZZ", "form"),
        ("１１０１０５１９４９１２３１００２X", "form"),
    ],
)
def test_a_wrong_resident_number_says_what_is_wrong(text: str, code: str) -> None:
    assert parse_resident_id(text, today=TODAY) == NumberFault(code)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("h01234567", HomeReturnPermit("H01234567")),
        ("M0123456702", HomeReturnPermit("M01234567", "02")),
        ("HA1234567", HomeReturnPermit("HA1234567", chinese_national=False)),
        ("H0123456", NumberFault("length")),
        ("X01234567", NumberFault("form")),
    ],
)
def test_a_home_return_permit_is_read_leniently(text: str, expected: object) -> None:
    assert parse_permit(text) == expected


def test_a_permit_tells_where_its_holder_is_from_and_is_masked() -> None:
    found = parse_permit("M01234567")
    assert isinstance(found, HomeReturnPermit)
    assert (found.holder_from, found.masked) == ("MO", "M01****67")


@pytest.mark.parametrize("text", ["91350100M000100Y43", "91440300708461136T"])
def test_a_credit_code_is_read(text: str) -> None:
    assert parse_uscc(text.lower()) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [("91350100M000100Y44", "check_digit"), ("91350100I000100Y43", "form"), ("91350100", "length")],
)
def test_a_wrong_credit_code_says_what_is_wrong(text: str, code: str) -> None:
    assert parse_uscc(text) == NumberFault(code)  # type: ignore[arg-type]


def test_a_business_registration_number_has_eight_digits() -> None:
    assert parse_brn("77054426") == "77054426"
    assert parse_brn("7705442") == NumberFault("length")
    assert parse_brn("7705442A") == NumberFault("form")


@pytest.mark.parametrize(
    ("text", "digit"), [("L898902C3", "6"), ("740812", "2"), ("120415", "9"), ("D23145890", "7"), ("<<<<<<", "0")]
)
def test_check_digits_of_machine_readable_fields(text: str, digit: str) -> None:
    assert mrz_check_digit(text) == digit


TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")


@pytest.mark.parametrize(("lines", "number"), [(TD3, "L898902C3"), (TD1, "D23145890")])
def test_the_specimens_of_the_standard_are_read(lines: tuple[str, ...], number: str) -> None:
    found = parse_mrz(lines)
    assert isinstance(found, Mrz)
    assert (found.issuer, found.number, found.name, found.sex) == ("UTO", number, "ERIKSSON ANNA MARIA", "F")
    assert number not in repr(found)


@given(st.integers(0, 43), st.sampled_from("ABC123<"))
def test_a_changed_character_in_the_checked_part_is_noticed(place: int, char: str) -> None:
    lower = TD3[1][:place] + char + TD3[1][place + 1 :]
    unchecked = range(10, 13), range(20, 21)
    if lower != TD3[1] and not any(place in part for part in unchecked):
        digit = mrz_check_digit(lower[:10] + lower[13:20] + lower[21:43])
        assert isinstance(parse_mrz((TD3[0], lower)), NumberFault) or digit == lower[43]


def test_a_zone_of_another_shape_is_refused() -> None:
    assert parse_mrz(("P<UTO",)) == NumberFault("length")
    assert parse_mrz((TD3[0], TD3[1].replace("L", "!"))) == NumberFault("form")
