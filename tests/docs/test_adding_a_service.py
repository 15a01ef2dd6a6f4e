"""docs/adding-a-service.md, followed to the letter by somebody who does only what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from kiosk.catalogue import load_catalogue
from kiosk.flow.journeys import journeys

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "adding-a-service.md"
SERVICE = "HK-CUL-90"
_BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n```(?P<kind>\w+)\n(?P<body>.*?)```", re.S)
_DRAWS = "services preview"


@dataclass(frozen=True)
class Block:
    """One fenced block, and the line above it."""

    before: str
    kind: str
    body: str


def blocks() -> Iterator[Block]:
    for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield Block(found["before"], found["kind"], found["body"])


def typed(commands: str, folder: Path) -> str:
    """Type the commands of one block; each must succeed."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        ["sh", "-e", "-c", commands], cwd=folder, env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
    return done.stdout


def follow(folder: Path) -> list[str]:
    """Do what the page says, but for the pictures; what each command printed."""
    printed = []
    for block in blocks():
        if block.kind == "sh" and _DRAWS not in block.body:
            printed.append(typed(block.body, folder))
        elif block.kind == "toml":
            edit(block, folder)
    return printed


def edit(block: Block, folder: Path) -> None:
    said = re.fullmatch(r"(Add at the end of|Replace) `([^`]+)`(?: with)?:", block.before)
    assert said is not None, f"the page does not say where this goes: {block.before!r}"
    path = folder / said[2]
    assert path.is_file(), said[2]
    before = path.read_text(encoding="utf-8") if said[1] != "Replace" else ""
    path.write_text(before + block.body, encoding="utf-8")


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("officer")
    shutil.copytree(ROOT / "assets", folder / "assets")
    return folder, follow(folder)


def test_each_check_on_the_way_finds_nothing_wrong(followed: tuple[Path, list[str]]) -> None:
    checks = [text for text in followed[1] if "nothing wrong" in text]
    wanted = [block for block in blocks() if block.kind == "sh" and "services check" in block.body]
    assert len(checks) == len(wanted) == 3


def test_the_new_service_loads_and_walks_to_its_end_by_both_ways(followed: tuple[Path, list[str]]) -> None:
    catalogue = load_catalogue(followed[0] / "assets")
    assert next(row for row in catalogue.listing if row.id == SERVICE).available
    walks = journeys(catalogue, SERVICE, today=date(2026, 11, 22))
    assert {walk.outcome for walk in walks} == {"ended"}
    assert {"proof" in walk.steps for walk in walks} == {True, False}


def test_the_report_is_there_for_whoever_approves(followed: tuple[Path, list[str]]) -> None:
    page = (followed[0] / "report" / f"{SERVICE}.md").read_text(encoding="utf-8")
    assert page.startswith("# Borrow a telescope (HK-CUL-90)")
    assert "telescope == 'large'" in page


def test_a_slip_of_the_pen_is_told_as_the_page_promises(followed: tuple[Path, list[str]], tmp_path: Path) -> None:
    promised = next(block.body for block in blocks() if block.kind == "text")
    shutil.copytree(followed[0] / "assets", tmp_path / "draft")
    path = tmp_path / "draft" / "services" / f"{SERVICE}.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('["telescope"]', '["telescop"]'), encoding="utf-8")
    command = [sys.executable, "-m", "kiosk", "services", "check", "--assets", str(tmp_path / "draft")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert promised.strip() in done.stderr.splitlines()


def test_the_page_draws_every_step_in_three_languages(followed: tuple[Path, list[str]]) -> None:
    """The command that draws takes longest, so it has a test of its own."""
    folder = followed[0]
    command = next(block.body for block in blocks() if _DRAWS in block.body)
    typed(command, folder)
    drawn = {path.name for path in (folder / "pictures" / "en").iterdir()}
    for language in ("zh_Hant", "zh_Hans"):
        assert {path.name for path in (folder / "pictures" / language).iterdir()} == drawn
    steps = {name.split("-", 1)[1].removesuffix(".png") for name in drawn}
    wanted = {"checklist", "identify", "which", "loan", "proof", "contact", "review", "consent", "receipt"}
    assert steps == wanted
