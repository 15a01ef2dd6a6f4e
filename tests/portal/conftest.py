"""What the tests of a served portal share; each file starts a `portal` of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from portal.place import Place
from portal.store import Store
from tests.offline_queue.samples import Bench
from tests.portal.postgres_server import PostgresServer, postgres_server
from tests.portal.process import PortalProcess

ENGINES = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for all tests of a run."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> str:
    """A fresh database of each engine: the URL that a portal is given ("" is SQLite)."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres").database())


@pytest.fixture
def place(tmp_path: Path, database: str) -> Place:
    """A portal's folder with a fresh database of each engine."""
    return Place(tmp_path, database)


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """The same, opened as a node opens it."""
    opened = place.open_store()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def bench(portal: PortalProcess) -> Bench:
    """A kiosk that this file's portal knows."""
    made = Bench(recipients=portal.trust.seal_to)
    portal.enrol(made.kiosk_id, made.device)
    return made


@pytest.fixture
def web() -> Iterator[requests.Session]:
    """A plain client, free of the machine's own settings."""
    with requests.Session() as session:
        session.trust_env = False
        yield session
