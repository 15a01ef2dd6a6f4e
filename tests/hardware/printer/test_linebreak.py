"""Where lines break, in Chinese and English."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from hardware.printer.linebreak import CLOSING, MAX_CHARACTERS, OPENING, break_lines, clean, is_wide, units


def measure(text: str) -> float:
    return sum(0 if unicodedata.combining(character) else 2 if is_wide(character) else 1 for character in text)


def test_a_comma_never_starts_a_line() -> None:
    lines = break_lines("請取走收據，多謝使用。", 10, measure)
    assert all(line[0] not in CLOSING for line in lines)


def test_an_opening_bracket_never_ends_a_line() -> None:
    lines = break_lines("交給社會福利署（灣仔）的職員", 16, measure)
    assert all(line[-1] not in OPENING for line in lines)


def test_english_words_stay_whole() -> None:
    assert break_lines("the department has it", 13, measure) == ["the", "department", "has it"]


def test_a_last_line_of_two_characters_takes_one_from_the_line_before() -> None:
    lines = break_lines("掃描可查進度不用連接網絡", 20, measure)
    assert lines == ["掃描可查進度不用連", "接網絡"]


def test_new_lines_are_kept() -> None:
    assert break_lines("一\n\n二", 20, measure) == ["一", "", "二"]


def test_a_word_wider_than_the_paper_is_cut_and_nothing_of_it_lost() -> None:
    lines = break_lines("A" * 50, 12, measure)
    assert "".join(lines) == "A" * 50
    assert max(map(measure, lines)) <= 12


def test_control_format_and_surrogate_characters_do_not_reach_the_paper() -> None:
    assert clean("a\x00\x1b@\u202eb\ud800\u200d\u2028c") == "a@b\ufffd\nc"


def test_decomposed_letters_are_composed() -> None:
    assert clean("e\u0301") == "\u00e9"


@given(st.text(max_size=400), st.integers(4, 60))
def test_no_line_is_too_wide_and_no_character_is_lost(text: str, width: int) -> None:
    printable = clean(text)
    lines = break_lines(printable, width, measure)
    assert all(measure(line) <= width for line in lines)
    keep = [character for character in printable if not character.isspace()]
    assert [character for line in lines for character in line if not character.isspace()] == keep


@given(st.text(alphabet="中文字，。」（「ab 1", max_size=200), st.integers(14, 40))
def test_closing_marks_start_no_line_unless_a_unit_is_wider_than_the_paper(text: str, width: int) -> None:
    if max(map(measure, units(text)), default=0) > width:
        return
    for line in break_lines(text, width, measure)[1:]:
        assert not line or line[0] not in CLOSING


@given(st.characters(), st.integers(1, 50))
def test_a_very_long_text_is_cut_with_an_ellipsis(character: str, more: int) -> None:
    assert len(clean(character * (MAX_CHARACTERS + more))) <= MAX_CHARACTERS
