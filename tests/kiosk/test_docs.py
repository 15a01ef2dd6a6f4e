"""The documents say what the code does: commands, configuration keys, pictures, links."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
MODULES = {
    "kiosk": "kiosk.cli",
    "portal": "portal.cli",
    "hardware.cards": "hardware.cards.cli",
    "hardware.camera": "hardware.camera.__main__",
    "hardware.printer": "hardware.printer.__main__",
}


def group(module: str) -> click.Group:
    found = importlib.import_module(MODULES[module])
    main: click.Group = found.main
    return main


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for module, rest in re.findall(r"python -m ([a-z.]+)((?: [a-z][a-z0-9-]*)*)", text):
        if module not in MODULES:
            assert module in ("benchmarks", "pip", "venv"), module
            continue
        command: click.Command = group(module)
        for word in rest.split():
            if not isinstance(command, click.Group):
                break
            assert word in command.commands, f"{page.name}: python -m {module}{rest}"
            command = command.commands[word]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.M))
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_is_there(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert link.startswith("https://") or (page.parent / link).exists(), link


def test_the_configuration_table_has_every_key_with_the_shipped_value() -> None:
    shipped = tomllib.loads((ROOT / "kiosk.toml").read_text(encoding="utf-8"))
    table = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for section, keys in shipped.items():
        for key, value in keys.items():
            written = f'"{value}"' if isinstance(value, str) else str(value).lower()
            assert f"| `{section}.{key}` | `{written}` |" in table, f"{section}.{key}"


def test_the_readme_shows_what_the_benchmarks_print() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "| what | measured | target |" in readme
    for part in ("screens", "memory"):
        code = (ROOT / "benchmarks" / f"bench_{part}.py").read_text("utf-8")
        rows = re.findall(r'Row\(\s*"([^"]{12,})",.*?"([<>]= [^"]+|-)",?\s*\)', code, re.S)
        assert len(rows) == code.count("Row(")
        for name, target in rows:
            assert re.search(rf"^\| {re.escape(name)} \| [\d.]+ .* \| {re.escape(target)} \|$", readme, re.M), name


def test_the_readme_names_every_group_of_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in group("kiosk").commands:
        assert f"python -m kiosk {name}" in readme, name
