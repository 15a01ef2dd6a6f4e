"""The kiosk killed after "saved" at random moments: nothing is lost or doubled, nothing readable is left behind."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.app import ROOT, build_kiosk
from kiosk.embedded_portal import EmbeddedPortal
from offline_queue.sealing import FileDeviceKey
from screens.glass import wait_until
from screens.main import application
from tests.screens.conftest import test_config

KILLS = 3
SHOWN_BY_FORMS = [b"A123456(3)"]  # the specimen number stands in the product's own texts, too
# The made-up person of the demo, as text, as UTF-16 and as the date of birth is written on screens and in facts.
CANARIES = [
    *(text.encode() for text in ("CHAN, Tai Man", "CHAN, TAI MAN", "陳大文", "A123456(3)", "1951-03-08", "08031951")),
    "CHAN, Tai Man".encode("utf-16-le"),
    "陳大文".encode("utf-16-le"),
]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[EmbeddedPortal]:
    """A portal that outlives the kiosks; its line is down at first."""
    with EmbeddedPortal(tmp_path / "portal") as found:
        yield found


def start(folder: Path, portal: EmbeddedPortal) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.visitor", str(folder), portal.url, str(portal.public_file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run_and_kill(folder: Path, portal: EmbeddedPortal, wish: random.Random) -> tuple[list[str], str]:
    """Let residents come until one number is out, wait a random moment, kill; the numbers and all it printed."""
    kiosk = start(folder, portal)
    out = kiosk.stdout
    assert out is not None
    said = [out.readline()]
    killer = threading.Timer(wish.uniform(0.0, 2.5), kiosk.kill)
    killer.start()
    said += list(out)
    kiosk.wait()
    out.close()
    killer.cancel()
    return [line.strip() for line in said if line.startswith("TB1 ")], "".join(said)


def assert_unreadable(folder: Path, printed: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found = [canary for canary in CANARIES if canary in content]
            assert found == (SHOWN_BY_FORMS if path.name == "catalogue.json" else []), path
    assert [canary for canary in CANARIES if canary in printed.encode()] == []


def test_a_kiosk_killed_at_random_moments_loses_and_doubles_nothing(tmp_path: Path, portal: EmbeddedPortal) -> None:
    application()  # waiting is Qt's
    wish = random.Random(20261122)
    folder = tmp_path / "kiosk"
    key = FileDeviceKey.load_or_create(made(folder / "queue") / "device.key")
    portal.enrol("TB1", key.public_bytes)
    portal.offline()
    numbers: list[str] = []
    for _ in range(KILLS):
        said, printed = run_and_kill(folder, portal, wish)
        assert said, printed
        numbers += said
        assert_unreadable(folder, printed)
    portal.online()
    config = test_config(folder)
    config = replace(config, portal=replace(config.portal, url=portal.url, public_file=portal.public_file))
    kiosk = build_kiosk(config)
    kiosk.start()
    try:
        kiosk.sync.wake()
        assert wait_until(lambda: kiosk.sender.outbox.status().pending == 0, 60.0)
        assert wait_until(lambda: len(portal.received()) >= len(numbers), 30.0)
    finally:
        kiosk.stop()
    received = [str(entry["receipt_number"]) for entry in portal.received()]
    assert len(received) == len(set(received)), "each number once"
    assert set(numbers) <= set(received), "every number that was shown was delivered"
    assert len(received) <= len(numbers) + KILLS, "at most the one being shown when it was killed comes on top"
    assert_unreadable(folder, "")


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
