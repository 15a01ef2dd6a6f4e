"""Machine-readable zones: specimens of ICAO 9303, made-up ones, and every single wrong character."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.camera.mrz import ALPHABET, FAULT_CODES, Format, Mrz, MrzFault, check_digit, parse_mrz

# The specimens of Doc 9303: Utopia, and Anna Maria Eriksson, whom nobody ever met.
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
MRV_A = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<")
MRV_B = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<")
SPECIMENS: dict[Format, tuple[str, ...]] = {"TD3": TD3, "TD1": TD1, "TD2": TD2, "MRV-A": MRV_A, "MRV-B": MRV_B}


def read(lines: tuple[str, ...]) -> Mrz:
    mrz = parse_mrz(lines)
    assert isinstance(mrz, Mrz)
    return mrz


@pytest.mark.parametrize("kind", SPECIMENS)
def test_the_specimens_are_valid(kind: Format) -> None:
    mrz = read(SPECIMENS[kind])
    assert mrz.format == kind
    assert mrz.valid
    assert (mrz.surname.text, mrz.given_names.text, mrz.sex.text) == ("ERIKSSON", "ANNA MARIA", "F")


def test_the_fields_of_a_passport() -> None:
    mrz = read(TD3)
    assert (mrz.document_code, mrz.issuer.text, mrz.nationality.text) == ("P", "UTO", "UTO")
    assert (mrz.number.text, mrz.birth_date.text, mrz.expiry_date.text) == ("L898902C3", "740812", "120415")
    assert mrz.optional.text == "ZE184226B"


def test_only_the_dates_need_no_confirmation() -> None:
    assert set(read(TD3).to_confirm) == set(read(TD3).fields) - {"birth_date", "expiry_date"}


def test_a_long_number_goes_on_in_the_optional_field() -> None:
    number = "D23145890734"
    body = f"I<UTO{number[:9]}<{number[9:]}{check_digit(number)}".ljust(30, "<")
    second = "7408122F1204159UTO<<<<<<<<<<<"
    composite = check_digit(body[5:30] + second[0:7] + second[8:15] + second[18:29])
    mrz = read((body, second + str(composite), TD1[2]))
    assert mrz.valid
    assert mrz.number.text == number


def test_blanks_are_dropped_and_nothing_else_is_changed() -> None:
    spaced = (" " + TD3[0][:20] + "  " + TD3[0][20:], "", TD3[1] + "\n")
    assert parse_mrz(spaced) == parse_mrz(TD3)
    assert parse_mrz((TD3[0].lower(), TD3[1])) == MrzFault("bad_character", 1, 1)


def test_look_alikes_are_not_repaired() -> None:
    assert parse_mrz((TD3[0], TD3[1].replace("740812", "74O812"))) == MrzFault("bad_date", 2)


EXISTING = ("000229", "74<<<<", "7408<<", "740831")
IMPOSSIBLE = ("740230", "010229", "741301", "74<<12", "740800", "7<0812")


@pytest.mark.parametrize(("birth", "good"), [*((day, True) for day in EXISTING), *((day, False) for day in IMPOSSIBLE)])
def test_dates_must_exist(birth: str, good: bool) -> None:
    second = TD3[1][:13] + birth + str(check_digit(birth)) + TD3[1][20:43]
    second += str(check_digit(second[0:10] + second[13:20] + second[21:43]))
    assert isinstance(parse_mrz((TD3[0], second)), Mrz) == good


def test_a_partly_unknown_date_is_to_be_confirmed() -> None:
    second = TD3[1][:13] + "7408<<" + str(check_digit("7408<<")) + TD3[1][20:]
    assert "birth_date" in read((TD3[0], second)).to_confirm


@pytest.mark.parametrize("lines", [(), (TD3[0],), (TD3[0][:43], TD3[1]), (TD1[0], TD1[1]), ("X" + TD3[0][1:], TD3[1])])
def test_wrong_shapes_are_named(lines: tuple[str, ...]) -> None:
    fault = parse_mrz(lines)
    assert isinstance(fault, MrzFault)
    assert fault.code in FAULT_CODES


def test_a_picture_of_a_document_shows_nothing_personal_in_a_log() -> None:
    assert not any(word in repr(read(TD3)) for word in ("ERIKSSON", "ANNA", "L898902C3", "740812"))


Place = tuple[int, range, str]
IN_TWO_LINES: list[Place] = [
    (1, range(0, 10), "number"),
    (1, range(13, 20), "birth_date"),
    (1, range(21, 28), "expiry_date"),
]
CHECKED: dict[Format, list[Place]] = {
    "TD3": [*IN_TWO_LINES, (1, range(28, 43), "optional")],
    "TD1": [(0, range(5, 15), "number"), (1, range(0, 7), "birth_date"), (1, range(8, 15), "expiry_date")],
    "TD2": IN_TWO_LINES,
    "MRV-A": IN_TWO_LINES,
    "MRV-B": IN_TWO_LINES,
}


@pytest.mark.parametrize("kind", SPECIMENS)
def test_no_single_wrong_character_in_a_checked_field_is_accepted_unmarked(kind: Format) -> None:
    lines = SPECIMENS[kind]
    for row, columns, name in CHECKED[kind]:
        for at in columns:
            for wrong in ALPHABET.replace(lines[row][at], ""):
                changed = [*lines]
                changed[row] = lines[row][:at] + wrong + lines[row][at + 1 :]
                mrz = parse_mrz(changed)
                if isinstance(mrz, Mrz) and mrz.valid and mrz.fields[name] != read(lines).fields[name]:
                    assert name in mrz.to_confirm
                    assert check_digit(wrong) == check_digit(lines[row][at]) or wrong == "<"


letters = st.text(alphabet=ALPHABET, max_size=46)


@settings(max_examples=300, deadline=None)
@given(st.lists(letters | st.text(max_size=46), max_size=4))
def test_any_lines_end_in_a_zone_or_a_named_fault(lines: list[str]) -> None:
    result = parse_mrz(lines)
    assert isinstance(result, Mrz) or result.code in FAULT_CODES


def test_a_hundred_thousand_spoilt_zones_are_read_in_bounded_time() -> None:
    random_source = random.Random(9303)
    accepted = 0
    for _ in range(20_000):  # five documents each
        for lines in SPECIMENS.values():
            row, at = random_source.randrange(len(lines)), random_source.randrange(len(lines[0]))
            changed = [*lines]
            changed[row] = lines[row][:at] + random_source.choice(ALPHABET) + lines[row][at + 1 :]
            accepted += isinstance(parse_mrz(changed), Mrz)
    assert accepted > 10_000
