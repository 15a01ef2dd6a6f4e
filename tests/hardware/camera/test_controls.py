"""What is wished of exposure and focus, and when a camera stands as wished; test_v4l2.py sets a camera."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.camera import Camera
from hardware.camera.controls import Profile, Setting, Wish, apply, settings, wish_of
from hardware.camera.sources import TurnedSource, settings_of, source_for


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("auto", "auto"),
        ("keep", "keep"),
        ("0", 0),
        ("2047", 2047),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("١", None),
    ],
)
def test_a_wish_is_a_word_or_a_whole_number(text: str, wish: Wish | None) -> None:
    assert wish_of(text) == wish


@pytest.mark.parametrize(
    ("wish", "value", "automatic", "met"),
    [
        ("keep", 5, False, True),
        ("auto", 5, True, True),
        ("auto", 5, False, False),
        ("auto", None, None, True),
        (5, 5, False, True),
        (5, 5, None, True),
        (5, 5, True, False),
        (5, 6, False, False),
        (5, None, None, False),
    ],
)
def test_a_control_is_as_wished_only_where_it_is(
    wish: Wish, value: int | None, automatic: bool | None, met: bool
) -> None:
    assert Setting("focus", wish, value, automatic).met is met


def test_a_camera_that_is_not_there_is_no_trouble_here(tmp_path: Path) -> None:
    apply(tmp_path / "video9", Profile(3, 4))
    assert [each.offered for each in settings(tmp_path / "video9", Profile())] == [False, False]


def test_a_file_that_is_no_camera_is_none_either(tmp_path: Path) -> None:
    node = tmp_path / "video9"
    node.write_bytes(b"")
    apply(node, Profile(3, 4))
    assert [each.offered for each in settings(node, Profile())] == [False, False]


@pytest.mark.parametrize("spec", ["synthetic", "synthetic:document@90"])
def test_the_simulated_camera_stands_as_wished_within_its_numbers(spec: str) -> None:
    camera = Camera(spec, profile=Profile(100, 9999))
    exposure, focus = camera.settings()
    assert (exposure.value, exposure.automatic, exposure.met) == (100, False, True)
    assert (focus.value, focus.most, focus.met) == (250, 250, False)


def test_a_turned_source_tells_of_the_one_it_turns_and_a_film_of_none(tmp_path: Path) -> None:
    turned = source_for("synthetic@90", Profile(7, "auto"))
    assert isinstance(turned, TurnedSource)
    assert settings_of(turned)[0].value == 7
    film = source_for(f"file:{tmp_path}/film.mp4")
    assert settings_of(film) == ()  # type: ignore[arg-type]
