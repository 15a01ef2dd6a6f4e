"""kiosk.toml: every key known, every mistake a sentence with file, line and the next move."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from kiosk.app import ROOT
from kiosk.config import Config, ConfigError, load_config
from kiosk.devices import build_devices


def written(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_names_every_key_with_its_default(tmp_path: Path) -> None:
    import tomllib

    shipped = tomllib.loads((ROOT / "kiosk.toml").read_text(encoding="utf-8"))
    sections = {field.name: field.type for field in dataclasses.fields(Config)}
    assert set(shipped) == set(sections)
    for name in sections:
        section = getattr(Config(), name)
        assert set(shipped[name]) == {field.name for field in dataclasses.fields(section)}, name
    empty = load_config(written(tmp_path, ""))
    beside = tmp_path / "shipped"
    beside.mkdir()
    there = load_config(written(beside, (ROOT / "kiosk.toml").read_text(encoding="utf-8")))
    assert there.site == empty.site
    assert there.screen == empty.screen
    assert there.queue.folder == beside / "var" / "queue"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[site]\nidd = "X"\n', ["line 2", "'idd'", "Did you mean 'id'"]),
        ('\n[sites]\nid = "X"\n', ["line 2", "'sites'", "Did you mean 'site'"]),
        ('[screen]\nwidth = "wide"\n', ["line 2", "a whole number above 0"]),
        ("[screen]\nwidth = 0\n", ["line 2", "a whole number above 0"]),
        ("[screen]\nfullscreen = 1\n", ["line 2", "true or false"]),
        ("[visit]\nidle_s = -1\n", ["line 2", "a number above 0"]),
        ('[site]\nside = "MO"\n', ["line 2", "'HK', 'GD'"]),
        ("[fonts]\nregular = 3\n", ["line 2", "a path in quotes"]),
        ("site = 3\n", ["a section"]),
        ('[site]\nid = "tb1"\n', ["line 2", "for example TB1"]),
        ("[[", ["not TOML"]),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_do(tmp_path: Path, text: str, says: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    for part in says:
        assert part in str(caught.value)


def test_a_missing_file_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such file.*--config"):
        load_config(tmp_path / "nowhere.toml")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(path)


def test_relative_paths_count_from_the_file(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, '[queue]\nfolder = "here"\n'))
    assert config.queue.folder == tmp_path / "here"


@pytest.mark.parametrize(("camera", "key"), [("face_camera", "exposure"), ("document_camera", "focus")])
def test_a_camera_is_set_to_auto_keep_or_a_number_and_nothing_else(camera: str, key: str) -> None:
    config = Config()
    odd = dataclasses.replace(config, **{camera: dataclasses.replace(getattr(config, camera), **{key: "bright"})})
    with pytest.raises(ConfigError, match=f"{camera}.*{key} = 'bright' will not do.*keep"):
        build_devices(odd, lambda _: None)
