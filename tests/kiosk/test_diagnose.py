"""What a technician is told of the documents a kiosk can judge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hardware.camera import Camera
from hardware.camera.controls import Profile
from hardware.cards.emrtd import trust_folder
from hardware.cards.sim.issuer import utopia
from kiosk.config import Card, Config, DocumentCamera, FaceCamera, Queue, Voice
from kiosk.diagnose import BROKER_SAYS, Check, _devices, camera_settings, swap_check, trust_checks


def told(folder: Path, driver: str = "pcsc") -> list[Check]:
    return list(trust_checks(replace(Config(), card=Card(driver, trust=folder))))  # type: ignore[arg-type]


def test_the_date_of_the_master_list_and_of_the_revocations_is_shown(tmp_path: Path) -> None:
    assert [(check.name, check.ok) for check in told(tmp_path)] == [("master list", False)]
    trust_folder.import_list(tmp_path, utopia().master_list([utopia().anchor]), [utopia().anchor])
    trust_folder.import_revocations(tmp_path, utopia().revocations(99))
    listed, revocations = told(tmp_path)
    assert listed == Check("master list", True, "of 2020-01-01, 1 certificates of 1 countries")
    assert revocations == Check("revocations", True, "1 lists, 0 of them stale")


def test_a_list_that_was_changed_or_that_nobody_vouches_for_is_not_well(tmp_path: Path) -> None:
    trust_folder.import_list(tmp_path, utopia().master_list([utopia().anchor]), [], unvouched=True)
    assert "vouched for by nobody" in told(tmp_path)[0].says
    (tmp_path / trust_folder.LIST).write_bytes(b"changed")
    assert (told(tmp_path)[0].ok, "import it again" in told(tmp_path)[0].says) == (False, True)


def test_a_simulated_reader_needs_no_master_list(tmp_path: Path) -> None:
    assert told(tmp_path, "simulated") == []


def test_a_brokers_reader_is_left_to_the_running_kiosk(tmp_path: Path) -> None:
    none = {"face_camera": FaceCamera("none"), "document_camera": DocumentCamera("none"), "voice": Voice("none")}
    queue = Queue(folder=tmp_path)
    config = replace(Config(), card=Card("hkic_broker"), queue=queue, **none)
    found = {check.name: check for check in _devices(config)}
    assert (found["card"].ok, found["card"].says) == (True, BROKER_SAYS)


def test_a_place_to_swap_to_on_a_disk_is_not_well_and_memory_that_is_packed_is(tmp_path: Path) -> None:
    table = tmp_path / "swaps"
    assert swap_check(table).ok
    table.write_text("Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n", encoding="utf-8")
    assert swap_check(table).ok
    table.write_text("Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n", encoding="utf-8")
    assert (swap_check(table).ok, "/dev/sda2" in swap_check(table).says) == (False, True)


def test_exposure_and_focus_are_told_beside_what_was_wished() -> None:
    camera = Camera("synthetic", profile=Profile(100, 9999))
    checks = list(camera_settings(camera))
    assert checks == [
        Check("face_camera exposure", True, "set, at 100 of 3 to 2047"),
        Check("face_camera focus", False, "set, at 250 of 0 to 250; kiosk.toml says 9999"),
    ]
    assert list(camera_settings(None)) == []
