"""The catalogue as committed, loaded once."""

from pathlib import Path

import pytest

from kiosk.catalogue import Catalogue, load_catalogue

ASSETS = Path(__file__).parents[3] / "assets"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(ASSETS)


@pytest.fixture(scope="session")
def assets() -> Path:
    return ASSETS
