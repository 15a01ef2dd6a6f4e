"""The made-up people are fit for what the demo needs them for."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from hardware.cards import drawn_photo, people

TODAY = date(2026, 11, 22)


def hkid_check(number: str) -> str:
    """The check digit of an HKID number, written here anew so that nothing checks itself."""
    letters_and_digits = number.partition("(")[0].rjust(8)
    values = [36 if c == " " else int(c, 36) for c in letters_and_digits]
    rest = -sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True)) % 11
    return "0123456789A"[rest]


@pytest.mark.parametrize("name", sorted(people.PEOPLE))
def test_every_number_has_its_check_digit(name: str) -> None:
    number = people.PEOPLE[name].number
    assert number.endswith(f"({hkid_check(number)})")


@pytest.mark.parametrize("name", sorted(people.PEOPLE))
def test_every_photo_is_a_jpeg_of_its_own_and_the_same_each_time(name: str) -> None:
    document = people.document_of(name)
    assert document.photo_jpeg == people.document_of(name).photo_jpeg
    image = Image.open(BytesIO(document.photo_jpeg or b""))
    image.load()
    assert (image.format, image.size) == ("JPEG", drawn_photo.PHOTO_SIZE)
    assert len({people.document_of(other).photo_jpeg for other in people.PEOPLE}) == len(people.PEOPLE)


def test_there_is_somebody_for_every_case() -> None:
    assert TODAY.year - people.ELDER.birth_date.year > 65
    assert TODAY.year - people.ADULT.birth_date.year < 65
    assert set("㗎𨋢䶮") <= set(people.RARE.name_zh)
    assert people.ENGLISH.name_zh == ""
    assert {person.sex for person in people.PEOPLE.values()} == {"M", "F", ""}


def test_a_document_does_not_show_its_holder() -> None:
    assert repr(people.RARE.document()) == "IdentityDocument(kind='hkic', …)"
