"""The command line of the cameras."""

import json
from pathlib import Path

import cv2
from click.testing import CliRunner

from hardware.camera.__main__ import main
from hardware.camera.jpeg import jpeg_size
from tests.hardware.camera.test_codes import held, made
from tests.hardware.camera.test_mrz import TD3
from tests.hardware.vision import heads


def run(*words: str) -> tuple[int, list[dict[str, object]]]:
    result = CliRunner().invoke(main, [*words, "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, [json.loads(line) for line in result.output.splitlines()]


def test_a_snap_is_a_picture_with_a_verdict(tmp_path: Path) -> None:
    file = tmp_path / "snap.jpg"
    code, (facts,) = run("snap", "--source", "synthetic:document", "--out", str(file), "--check", "document")
    assert (code, facts["verdict"]) == (0, "ready")
    assert jpeg_size(file.read_bytes()) == (1280, 720)


def test_a_snap_without_a_camera_names_the_fault(tmp_path: Path) -> None:
    code, (facts,) = run("snap", "--source", "v4l2:97", "--out", str(tmp_path / "snap.jpg"))
    assert (code, facts["fault"]) == (1, "camera_missing")


def test_watch_says_the_state_the_rate_and_the_verdict() -> None:
    _, told = run("watch", "--source", "synthetic", "--check", "portrait", "--seconds", "1.5")
    assert [event["state"] for event in told if "state" in event] == ["starting", "ready", "stopped"]
    rates = [event for event in told if "fps" in event]
    assert rates[0]["verdict"] in ("ready", "eyes_shut"), "the made-up face blinks"
    assert int(str(rates[0]["fps"])) >= 20


def test_list_answers_with_cameras_or_says_there_is_none() -> None:
    code, told = run("list")
    assert code == 1 or all(str(facts["source"]).startswith("v4l2:") for facts in told)
    if code == 1:
        assert told == [{"fault": "camera_missing"}]


def test_a_code_is_read_without_saying_what_it_says(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), held(made("QRCode", "made up")))
    code, (facts,) = run("codes", "--source", f"images:{tmp_path}")
    assert (code, facts["kind"], facts["characters"], "text" in facts) == (0, "qr", 7, False)
    assert run("codes", "--source", f"images:{tmp_path}", "--show")[1][0]["text"] == "made up"


def test_no_code_in_time_is_said_by_the_exit_code() -> None:
    assert run("codes", "--source", "synthetic", "--seconds", "0.2") == (1, [])


def test_a_machine_readable_zone_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "mrz.txt"
    file.write_text("\n".join(TD3))
    code, (facts,) = run("mrz", str(file))
    assert (code, facts["valid"], facts["number"], facts["birth_date"]) == (0, True, "alias", "sure")
    file.write_text(TD3[0])
    assert run("mrz", str(file)) == (1, [{"fault": "not_mrz", "line": 0, "column": 0}])


def test_a_portrait_is_judged_with_its_figures() -> None:
    code, (facts,) = run("portrait", "--source", "synthetic")
    assert (code, facts["verdict"], facts["fault"]) == (0, "ready", None)
    assert {"eye_distance", "yaw", "eyes", "sharpness"} <= set(facts)


def test_a_portrait_is_compared_with_another(tmp_path: Path) -> None:
    one, other = tmp_path / "one.png", tmp_path / "other.png"
    cv2.imwrite(str(one), heads.portrait(150))
    cv2.imwrite(str(other), heads.drawn())
    assert run("portrait", "--picture", str(one), "--against", str(one))[1][1]["band"] == "match"
    assert run("portrait", "--picture", str(one), "--against", str(other))[1][1]["band"] == "no_match"


def test_a_picture_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "none.jpg"
    file.write_bytes(b"\xff\xd8 nothing")
    assert run("portrait", "--picture", str(file)) == (
        1,
        [{"fault": "image_corrupt", "detail": "no size in the header"}],
    )


def test_a_document_is_found_and_read_without_saying_what_it_says(tmp_path: Path) -> None:
    out = tmp_path / "sheet.jpg"
    code, told = run("document", "--source", "synthetic:document", "--read", "--out", str(out))
    assert (code, told[0]["verdict"]) == (0, "ready")
    assert len(str(told[0]["corners"])) > 20
    assert told[-1]["lines"] == len(told) - 2 > 5
    assert not any("text" in line for line in told)
    assert jpeg_size(out.read_bytes()) is not None
