"""Twenty groups of nasty input: where each is tested, and the ones that go through every eye of the kiosk at once."""

from __future__ import annotations

import io
import re
import struct
import time
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image as Pictures

from hardware.camera import document, read_codes
from hardware.camera.drawing import tray
from hardware.camera.frame import Frame, Image
from hardware.camera.jpeg import decode_image, encode_jpeg
from hardware.device import Fault
from hardware.vision.match import Comparison, Matcher
from hardware.vision.photographer import Photographer
from tests.hardware.papers import prints
from tests.hardware.vision import heads

TESTS = Path(__file__).parents[2]
CAMERA, VISION, PAPERS, KIOSK = (
    "hardware/camera/", "hardware/vision/", "hardware/papers/", "kiosk/papers/",
)  # fmt: skip
WHERE: dict[str, tuple[str, ...]] = {
    "1 no camera at start, appears later": (f"{CAMERA}test_v4l2.py::test_a_camera_that_appears_later_is_found",),
    "2 unplug": (f"{CAMERA}test_v4l2.py::test_an_unplug_is_noticed_within_a_second_and_a_replug_within_three",),
    "3 stall": (f"{CAMERA}test_v4l2.py::test_a_stall_is_named_and_ends",),
    "4 truncated frames": (
        f"{CAMERA}test_v4l2.py::test_truncated_frames_are_seen_and_not_shown_as_the_picture_before",
    ),
    "5 black, white, noise": (
        f"{VISION}test_face.py::test_black_and_white_pictures_have_no_face",
        f"{VISION}test_face.py::test_pure_noise_has_no_face",
        f"{VISION}test_judge.py::test_nobody_black_and_white_are_said",
    ),
    "6 two faces": (f"{VISION}test_judge.py::test_a_second_face_of_half_the_size_is_said_and_a_small_one_is_not",),
    "7 print, screen, cartoon": (
        f"{VISION}test_liveness.py::test_a_tilted_print_never_reads_as_turned_far_enough_and_up_to_35_degrees_is_flat",
        f"{VISION}test_liveness.py::test_a_still_picture_never_passes",
    ),
    "8 eyes, mask, profile, mouth": (
        f"{VISION}test_judge.py::test_each_trouble_is_said_by_name",
        f"{VISION}test_judge.py::test_each_place_is_said_by_name",
    ),
    "9 turned face, turned camera": (
        f"{VISION}test_match.py::test_the_same_person_matches_however_the_document_lies",
        f"{CAMERA}test_sources.py::test_a_camera_on_its_side_is_turned",
    ),
    "10 tight, grey, tiny": (
        f"{VISION}test_face.py::test_a_tight_cut_around_a_head_is_found_with_a_margin",
        f"{VISION}test_match.py::test_a_portrait_too_small_or_too_soft_is_not_compared",
    ),
    "11 shapes, bombs, flipped bits": (
        f"{VISION}test_nasty.py::test_a_picture_of_any_shape_is_answered_by_every_eye_in_bounded_time",
        f"{VISION}test_nasty.py::test_a_bomb_is_refused_at_once",
        f"{VISION}test_nasty.py::test_a_picture_lying_by_its_exif_is_turned",
        f"{VISION}test_nasty.py::test_a_picture_in_printers_colours_is_read",
        f"{CAMERA}test_jpeg.py::test_one_flipped_bit_never_breaks_the_reader",
    ),
    "12 papers that lie badly": (
        f"{VISION}test_nasty.py::test_a_paper_that_lies_badly_gets_a_verdict_and_a_picture",
        f"{PAPERS}test_ocr.py::test_a_card_on_its_head_is_turned",
        f"{CAMERA}test_document.py::test_a_card_half_out_of_the_picture_is_cut_off",
    ),
    "13 glare, guilloche": (
        f"{CAMERA}test_sheet.py::test_glare_on_any_sheet_is_seen",
        f"{PAPERS}test_ocr.py::test_a_zone_is_read_without_a_wrong_letter",
    ),
    "14 zones": (
        f"{PAPERS}test_mrz_lines.py::test_no_single_character_change_makes_another_value_that_counts_as_sure",
        f"{PAPERS}test_mrz_lines.py::test_a_hundred_thousand_fuzzed_lines",
        f"{CAMERA}test_mrz.py::test_dates_must_exist",
    ),
    "15 codes": (
        f"{CAMERA}test_codes.py::test_light_on_dark_is_read",
        f"{CAMERA}test_codes.py::test_control_characters_are_taken_out_and_said_so",
        f"{CAMERA}test_codes.py::test_a_text_has_an_end",
        f"{CAMERA}test_codes.py::test_many_codes_are_bounded",
    ),
    "16 another format": (f"{CAMERA}test_v4l2.py::test_a_camera_that_knows_only_yuyv_still_gives_a_picture",),
    "17 clock jump": (f"{VISION}test_liveness.py::test_a_clock_that_jumps_ends_it_without_a_pass",),
    "18 reader killed, hung": (
        f"{PAPERS}test_ocr.py::test_a_killed_process_is_started_again_and_the_page_is_read",
        f"{PAPERS}test_ocr.py::test_a_process_that_hangs_is_ended_in_time_and_reported",
        f"{PAPERS}test_ocr.py::test_one_that_dies_or_babbles_is_unavailable_and_leaves_nothing_behind",
    ),
    "19 scripts, rare characters": (
        f"{KIOSK}test_identity.py::test_rare_characters_of_hong_kong_and_beyond_the_basic_plane_are_names_too",
        f"{KIOSK}test_remarks.py::test_the_applicant_is_known_in_either_script_and_any_order",
        f"{KIOSK}test_remarks.py::test_a_date_is_read_as_both_sides_write_it",
    ),
    "20 models": (
        f"{VISION}test_models.py::test_a_missing_model_is_a_named_fault",
        f"{VISION}test_models.py::test_one_changed_byte_is_a_named_fault_and_nothing_is_loaded",
    ),
}  # fmt: skip
"""Every group, and the tests that hold its typed outcome."""


def test_every_group_has_tests_that_exist() -> None:
    assert len(WHERE) == 20
    for tests in WHERE.values():
        for name in tests:
            path, _, function = name.partition("::")
            assert re.search(rf"^def {function}\(", (TESTS / path).read_text(encoding="utf-8"), re.M), name


matcher = Matcher(heads.sessions)


def every_eye(picture: Image) -> None:
    """Whatever the picture is, each eye gives its typed answer."""
    assert isinstance(Photographer(heads.sessions).look(Frame.of(1, 0.0, picture)).code, str)
    assert isinstance(matcher.compare(picture, picture), Comparison)
    verdict = document.assess(picture)
    assert document.capture(picture, verdict)[:2] == b"\xff\xd8"
    read_codes(picture)


SHAPES = [(1, 4000), (4000, 3), (1, 1), (2, 2), (480, 640), (3000, 4000)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fill", ["white", "noise"])
def test_a_picture_of_any_shape_is_answered_by_every_eye_in_bounded_time(shape: tuple[int, int], fill: str) -> None:
    chance = np.random.default_rng(1)
    picture = (
        chance.integers(0, 256, (*shape, 3)).astype(np.uint8)
        if fill == "noise"
        else np.full((*shape, 3), 255, np.uint8)
    )
    began = time.monotonic()
    every_eye(picture)
    assert time.monotonic() - began < 60, "seconds even on a busy machine"


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds hardly anything."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 90)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (100_000, 10), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_at_once(size: tuple[int, int]) -> None:
    began = time.monotonic()
    found = decode_image(png_header(*size))
    assert isinstance(found, Fault)
    assert found.code == "image_too_large"
    assert time.monotonic() - began < 10, "unpacked, it would fill the memory first"


def jpeg_by(picture: Image, mode: str = "RGB", exif: int | None = None) -> bytes:
    made = Pictures.fromarray(picture[..., ::-1]).convert(mode)
    written = io.BytesIO()
    about = Pictures.Exif()
    if exif is not None:
        about[0x0112] = exif
    made.save(written, "JPEG", quality=90, exif=about)
    return written.getvalue()


@pytest.mark.parametrize("exif", range(1, 9))
def test_a_picture_lying_by_its_exif_is_turned(exif: int) -> None:
    found = decode_image(jpeg_by(heads.portrait(150), exif=exif))
    assert not isinstance(found, Fault)
    assert (found.shape[0] > found.shape[1]) is (exif >= 5)


def test_a_picture_in_printers_colours_is_read() -> None:
    found = decode_image(jpeg_by(heads.portrait(150), "CMYK"))
    assert not isinstance(found, Fault)
    heads.only(found)


def laid(place: tuple[int, int], degrees: float = 0.0, table: Image | None = None, count: int = 1) -> Image:
    """Cards on a table, the first with its middle at `place`."""
    frame = (tray() if table is None else table).copy()
    card = cv2.resize(prints.drawn(prints.HKIC), (540, 340), interpolation=cv2.INTER_AREA)
    for number in range(count):
        turn = cv2.getRotationMatrix2D((270, 170), degrees, 1.0)
        turn[:, 2] += (place[0] - 270 + number * 560, place[1] - 170)
        shown = cv2.warpAffine(card, turn, (1280, 720))
        mask = cv2.warpAffine(np.full(card.shape[:2], 255, np.uint8), turn, (1280, 720))
        cv2.copyTo(shown, mask, frame)
    return frame


def bricks() -> Image:
    picture = cv2.resize(skimage.data.brick(), (1280, 1280))[:720]
    return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)


BADLY = {
    "upside down": laid((640, 360), 180),
    "on its side": laid((640, 360), 90),
    "half out": laid((1240, 360)),
    "two cards": laid((330, 360), count=2),
    "on bricks": laid((640, 360), 8, bricks()),
    "closed cover": cv2.rectangle(tray().copy(), (420, 120), (860, 620), (70, 30, 90), -1),
}


@pytest.mark.parametrize("how", BADLY)
def test_a_paper_that_lies_badly_gets_a_verdict_and_a_picture(how: str) -> None:
    verdict = document.assess(np.asarray(BADLY[how], np.uint8))
    assert verdict.code in document.VERDICT_CODES
    if how in ("upside down", "on its side"):
        assert verdict.code == "ready"
    if how == "half out":
        assert verdict.code == "cut_off"
    picture = decode_image(document.capture(np.asarray(BADLY[how], np.uint8), verdict))
    assert not isinstance(picture, Fault)
    assert encode_jpeg(picture)
