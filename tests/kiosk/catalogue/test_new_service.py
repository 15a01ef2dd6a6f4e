"""A new service begins as a file that loads."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from kiosk.catalogue import Finding, load_catalogue
from kiosk.catalogue.new_service import NewService, begin
from kiosk.flow.journeys import journeys

TODAY = date(2026, 11, 22)
NAMES = {"en": "A made-up service", "zh_Hant": "虛構服務", "zh_Hans": "虚构服务"}


@pytest.fixture
def copy(tmp_path: Path, assets: Path) -> Path:
    shutil.copytree(assets, tmp_path / "assets")
    return tmp_path / "assets"


@pytest.mark.parametrize("kind", ["application", "renewal", "registration", "enquiry", "appointment", "payment"])
def test_a_new_service_loads_and_can_be_walked_at_once(copy: Path, kind: str) -> None:
    new = NewService("HK-NEW-01", "HK", "hk_health", "DH", kind, NAMES)  # type: ignore[arg-type]
    written = begin(copy, new, today=TODAY)
    assert isinstance(written, tuple)
    assert [path.name for path in written] == ["HK-NEW-01.toml", "listing.tsv"]
    catalogue = load_catalogue(copy)
    assert catalogue.services["HK-NEW-01"].status == "to_confirm"
    assert {walk.outcome for walk in journeys(catalogue, "HK-NEW-01", today=TODAY)} == {"ended"}


def test_nothing_is_overwritten(copy: Path) -> None:
    before = (copy / "services" / "HK-WEL-01.toml").read_bytes()
    new = NewService("HK-WEL-01", "HK", "hk_health", "DH", "application", NAMES)  # type: ignore[arg-type]
    assert isinstance(begin(copy, new, today=TODAY), Finding)
    assert (copy / "services" / "HK-WEL-01.toml").read_bytes() == before
