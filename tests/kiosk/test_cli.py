"""The command line as a whole: every command says what it does, and trouble is one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kiosk.cli import main
from kiosk.diagnose import Check

ROOT = Path(__file__).parent.parent.parent


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """Every command and group by its words."""
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name)


def command_of(path: tuple[str, ...]) -> click.Command:
    found: click.Command = main
    for name in path:
        assert isinstance(found, click.Group)
        found = found.commands[name]
    return found


@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_help_says_what_a_command_does_and_what_each_option_is_for(path: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, [*path, "--help"])
    assert done.exit_code == 0
    command = command_of(path)
    assert command.help is not None
    assert command.help.split()[0] in done.output
    assert len(command.help.split()) >= 5
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"--{option.name} says nothing"


def test_what_a_program_would_read_can_be_had_as_json() -> None:
    silent = {("run",), ("demo",), ("prompts", "script")}  # the last writes a file for a spreadsheet
    for path in commands(main):
        command = command_of(path)
        if isinstance(command, click.Group) or path in silent:
            continue
        assert "as_json" in {option.name for option in command.params}, path


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--windowed", "big"),
        ("rehearse", "--service", "HK-NOT-01", "--out", "x"),
        ("rehearse", "--service", "HK-WEL-01", "--out", "x", "--fault", "earthquake"),
        ("rehearse", "--service", "HK-WEL-01", "--out", "x", "--language", "la"),
        ("queue", "nothing"),
        ("services", "new"),
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_one_sentence_and_exit_code_2(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2, done.output
    assert len([line for line in done.stderr.splitlines() if line.startswith("Error: ")]) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("run",), ("diagnose",), ("rehearse", "--service", "HK-WEL-01", "--out", "x")])
def test_a_missing_kiosk_file_is_one_sentence_and_exit_code_1(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, [*words, "--config", str(tmp_path / "none.toml")])
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "there is no such file" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(("well", "code"), [(True, 0), (False, 1)])
def test_diagnose_tells_each_check_and_exits_by_the_outcome(
    monkeypatch: pytest.MonkeyPatch, well: bool, code: int
) -> None:
    monkeypatch.setattr("kiosk.cli.examine", lambda _: [Check("printer", well, "says so")])
    plain = CliRunner().invoke(main, ["diagnose"])
    assert plain.exit_code == code
    assert plain.output.startswith("ok  " if well else "FAIL")
    told = CliRunner().invoke(main, ["diagnose", "--json"])
    assert json.loads(told.output) == [{"name": "printer", "ok": well, "says": "says so"}]


def test_rehearse_lists_what_it_can_break() -> None:
    done = CliRunner().invoke(main, ["rehearse", "--list-faults"])
    assert done.exit_code == 0
    assert "paper_out" in done.output.splitlines()


def test_the_real_program_ends_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "queue", "status", "--config", str(tmp_path / "none.toml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Error: ")
