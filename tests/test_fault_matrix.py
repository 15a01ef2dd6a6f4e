"""The table of faults stays true: all rows are there, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = re.findall(
    r"^\| (\d+) \|(.+)\|(.+)\|(.+)\|$", (ROOT / "docs" / "fault-matrix.md").read_text("utf-8"), re.MULTILINE
)


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_row_is_there_once_and_in_order() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, 33))


@pytest.mark.parametrize(("number", "shown"), [(row[0], row[3]) for row in ROWS])
def test_every_row_names_tests_that_exist_or_says_why_there_is_none(number: str, shown: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", shown)
    for file, test in named:
        assert test in names_in(ROOT / file), f"row {number}: {file} has no {test}"
    assert named or "not here: " in shown
