"""Sources: films, folders, specifications; V4L2 without a camera."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from hardware.camera.drawing import wall
from hardware.camera.frame import Frame
from hardware.camera.jpeg import encode_jpeg
from hardware.camera.sources import FilmSource, FolderSource, Pace, TurnedSource, V4l2Source, open_source, source_for
from hardware.camera.synthetic import SyntheticSource
from hardware.device import Fault


def fault_code(result: object) -> str | None:
    return result.code if isinstance(result, Fault) else None


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "@90",
        "v4l2:",
        "v4l2:0@45",
        "v4l2:/etc/passwd",
        "v4l2:x",
        "v4l2:-1",
        "v4l2:99999",
        "file:",
        "synthetic:cat",
        "rtsp://x",
    ],
)
def test_an_unknown_specification_is_named(spec: str) -> None:
    assert fault_code(source_for(spec)) == "camera_unsupported"


@pytest.mark.parametrize(
    "spec", ["v4l2:97", "v4l2:/dev/v4l/by-id/nothing-here", "v4l2:97@90", "file:/no/such.avi", "images:/no/such"]
)
def test_what_is_not_there_is_missing(spec: str) -> None:
    assert fault_code(open_source(spec)) == "camera_missing"


def test_both_synthetic_scenes_open() -> None:
    for spec, scene in (("synthetic", "face"), ("synthetic:document", "document")):
        source = open_source(spec)
        assert isinstance(source, SyntheticSource)
        assert source.scene == scene
        assert isinstance(source.read(1.0), Frame)


@pytest.mark.parametrize(("turn", "shape"), [(90, (1280, 720)), (180, (720, 1280)), (270, (1280, 720))])
def test_a_camera_on_its_side_is_turned(turn: int, shape: tuple[int, int]) -> None:
    source = open_source(f"synthetic@{turn}")
    assert isinstance(source, TurnedSource)
    frame = source.read(1.0)
    source.close()
    assert isinstance(frame, Frame)
    assert frame.image.shape[:2] == shape
    assert frame.image.flags.c_contiguous


def test_turning_is_clockwise(tmp_path: Path) -> None:
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, :20] = 255  # white at the left
    cv2.imwrite(str(tmp_path / "1.png"), picture)
    source = open_source(f"images:{tmp_path}@90")
    assert not isinstance(source, Fault)
    frame = source.read(1.0)
    assert isinstance(frame, Frame)
    assert frame.image[:20].mean() > 250  # white at the top


def test_a_film_is_looped(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (64, 48))
    for level in (20, 120, 220):
        film.write(np.full((48, 64, 3), level, np.uint8))
    film.release()
    source = FilmSource(path, sleep=lambda _: None)
    assert source.open() is None
    frames = [source.read(1.0) for _ in range(4)]
    source.close()
    levels = [round(float(frame.image.mean())) for frame in frames if isinstance(frame, Frame)]
    assert levels[0] < levels[1] < levels[2]
    assert levels[3] == levels[0]


def test_a_file_that_is_no_film_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / "film.avi").write_bytes(b"no film" * 100)
    assert fault_code(open_source(f"file:{tmp_path / 'film.avi'}")) == "image_corrupt"


def test_a_folder_gives_its_pictures_in_order_and_names_the_bad_one(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(encode_jpeg(wall()))
    (tmp_path / "2.jpg").write_bytes(encode_jpeg(wall())[:500])
    (tmp_path / "notes.txt").write_text("not a picture")
    source = FolderSource(tmp_path, sleep=lambda _: None)
    assert source.open() is None
    assert [fault_code(source.read(1.0)) for _ in range(3)] == [None, "image_corrupt", None]


def test_an_empty_folder_is_missing(tmp_path: Path) -> None:
    assert fault_code(open_source(f"images:{tmp_path}")) == "camera_missing"


def test_reading_a_camera_that_was_never_opened_is_lost() -> None:
    assert fault_code(V4l2Source(97).read(0.1)) == "camera_lost"
    assert fault_code(FolderSource(Path("/no/such")).read(0.1)) == "camera_lost"


def test_the_pace_is_held_and_a_late_frame_is_not_made_up_for() -> None:
    now = [100.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    pace = Pace(10.0, sleep, lambda: now[0])
    pace.wait()
    pace.wait()
    now[0] += 5
    pace.wait()
    pace.wait()
    assert slept == [0.1, 0.1]
