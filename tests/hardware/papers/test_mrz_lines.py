from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from hardware.camera.mrz import ALPHABET, Mrz, parse_mrz
from hardware.papers.mrz_lines import tidy, zone
from tests.hardware.papers import prints

TD3, TD1 = prints.td3(), prints.td1()


@pytest.mark.parametrize("rows", [TD3, TD1], ids=["TD3", "TD1"])
def test_a_zone_is_found_among_other_lines(rows: tuple[str, ...]) -> None:
    found = zone(["PASSPORT 護照", "CHAN TAI MAN", *rows])
    assert found is not None
    assert found.rows == rows
    assert not found.refilled


def test_brackets_of_any_make_are_fillers_and_small_letters_capitals() -> None:
    assert tidy("p〈chn chan《tai＜man") == "P<CHNCHAN<<TAI<MAN"


@pytest.mark.parametrize("length", [-3, -1, 1, 4])
def test_a_run_of_fillers_that_was_miscounted_is_made_to_fit_and_marked(length: int) -> None:
    run = "<" * 14
    second = TD3[1].replace(run, "<" * (14 + length))
    found = zone([TD3[0] + "<" * max(0, length), second])
    assert found is not None
    assert found.rows == TD3
    assert found.refilled


def test_a_row_without_a_run_is_never_stretched() -> None:
    assert zone([TD3[0], TD3[1].replace("<" * 14, "ABC<DEF<GHI<JK")[:-1]]) is None


def test_a_nought_in_a_name_is_the_letter_and_one_in_a_number_stays_what_was_read() -> None:
    rows = prints.td3("WONG", "SIU<OI", "K0101010<")
    found = zone([rows[0].replace("O", "0").replace("I", "1"), rows[1]])
    assert found is not None
    assert found.rows == rows
    assert found.refilled
    assert found.mrz.surname.trust == "unchecked", "a person confirms it"
    card = prints.td1("C00110011")
    lettered = zone([card[0], card[1], card[2].replace("I", "1")])
    assert lettered is not None
    assert lettered.rows == card


@pytest.mark.parametrize("letter", ["O", "I"])
def test_a_letter_in_a_number_is_not_made_a_digit(letter: str) -> None:
    assert zone([TD3[0], TD3[1].replace("550201", f"55{letter}2{letter}1", 1)]) is None


def accepted_unmarked(before: Mrz, after: Mrz) -> bool:
    """Whether a checked field became another value and nothing says so."""
    names = ("number", "birth_date", "expiry_date")
    return any(
        getattr(before, name).text != getattr(after, name).text and getattr(after, name).trust == "sure"
        for name in names
    )


def test_no_single_character_change_makes_another_value_that_counts_as_sure() -> None:
    for rows in (TD3, TD1):
        before = parse_mrz(rows)
        assert isinstance(before, Mrz)
        for line, row in enumerate(rows):
            for place in range(len(row)):
                for letter in ALPHABET:
                    changed = list(rows)
                    changed[line] = row[:place] + letter + row[place + 1 :]
                    found = zone(changed)
                    assert found is None or not accepted_unmarked(before, found.mrz)


def fuzz(count: int, seed: int) -> None:
    chance = random.Random(seed)
    letters = ALPHABET + "abcXYZ 0OQDB8S5Z2«〈<<<<é中\x00"
    for _ in range(count):
        rows = [list(row) for row in chance.choice([TD3, TD1])]
        for _ in range(chance.choice([1, 1, 2, 5, 30])):
            row = chance.choice(rows)
            place = chance.randrange(len(row) + 1)
            how = chance.random()
            if how < 0.6 and place < len(row):
                row[place] = chance.choice(letters)
            elif how < 0.8:
                row.insert(place, chance.choice(letters))
            elif place < len(row):
                del row[place]
        found = zone(["".join(row) for row in rows])
        assert found is None or found.mrz.valid


def test_fuzzed_lines_are_refused_or_valid_and_nothing_else_happens() -> None:
    fuzz(3_000, 1)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_hundred_thousand_fuzzed_lines() -> None:
    fuzz(100_000, 2)


@settings(max_examples=200, deadline=None)
@given(some.lists(some.text(max_size=60), max_size=6))
def test_any_text_at_all_gets_an_answer(texts: list[str]) -> None:
    assert zone(texts) is None or len(texts) >= 2
