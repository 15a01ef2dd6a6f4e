"""What the tests of a served portal share; each file starts a `portal` of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.offline_queue.samples import Bench
from tests.portal.process import PortalProcess


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
