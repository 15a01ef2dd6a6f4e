"""The drawn people are told apart by the model that compares faces, and their heads have a depth."""

from __future__ import annotations

from itertools import permutations

import pytest

from hardware.camera.drawing import seated
from hardware.camera.frame import Image
from hardware.camera.jpeg import decode_image
from hardware.cards.people import PEOPLE
from hardware.device import Fault
from hardware.likeness import FACES
from hardware.vision import judge
from hardware.vision.liveness import OPEN, SHUT, TURNED, is_flat
from hardware.vision.match import Matcher
from tests.hardware.vision import heads

matcher = Matcher(heads.sessions)


def photo_of(name: str) -> Image:
    decoded = decode_image(PEOPLE[name].document().photo_jpeg or b"")
    assert not isinstance(decoded, Fault)
    return decoded


def band(live: str, document: str) -> str:
    found = matcher.compare(seated(FACES[live]), photo_of(document), turns=(0,))
    assert not isinstance(found, Fault)
    return found.band


@pytest.mark.parametrize("name", FACES)
def test_everybody_is_the_one_on_their_own_card_and_may_be_photographed(name: str) -> None:
    assert band(name, name) == "match"
    picture = seated(FACES[name])
    face = heads.only(picture)
    eyes = heads.reader.eyes(picture, face)
    assert not isinstance(eyes, Fault)
    assert judge.verdict(picture, [face], judge.measure(picture, face, eyes)) == "ready"


def test_nobody_is_taken_for_another_and_some_are_seen_to_be_somebody_else() -> None:
    bands = {pair: band(*pair) for pair in permutations(FACES, 2)}
    assert "match" not in bands.values()
    assert bands["elder", "english"] == bands["english", "elder"] == "no_match"
    assert bands["rare", "english"] == "ask_staff"


@pytest.mark.parametrize(("yaw", "side"), [(55, 1), (-55, -1)])
def test_a_turned_head_reads_as_turned_and_not_as_a_tilted_picture(yaw: int, side: int) -> None:
    straight, turned = heads.only(seated(FACES["elder"])), heads.only(seated(FACES["elder"], yaw=yaw))
    assert side * turned.yaw > TURNED
    assert not is_flat(straight.points, turned)


def test_the_eyes_read_as_open_and_as_shut() -> None:
    for eyes_open in (True, False):
        picture = seated(FACES["elder"], eyes_open=eyes_open)
        eyes = heads.reader.eyes(picture, heads.only(picture))
        assert not isinstance(eyes, Fault)
        assert min(eyes) > OPEN if eyes_open else max(eyes) < SHUT
