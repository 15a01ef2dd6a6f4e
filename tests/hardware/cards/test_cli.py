"""The technician's commands, as a program and as a person would use them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hardware.cards import people
from hardware.cards.cli import main
from hardware.cards.sim.demo_card import DemoCard
from hardware.cards.sim.lab import CardLab


def run(*words: str, says: str = "", exit_code: int = 0) -> str:
    result = CliRunner().invoke(main, words, input=says)
    assert result.exit_code == exit_code, result.output
    return result.output


def lines(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_list_names_the_readers(lab: CardLab) -> None:
    assert run("list").splitlines() == ["Virtual PCD 00 00: empty", "Virtual PCD 00 01: empty"]
    assert [line["reader"] for line in lines(run("list", "--json"))] == ["Virtual PCD 00 00", "Virtual PCD 00 01"]


def test_list_says_when_there_is_no_service(lab: CardLab) -> None:
    lab.kill()
    assert lines(run("list", "--json", exit_code=1))[0]["fault"] == "reader_lost"
    assert "is pcscd running?" in run("list", exit_code=1)


def test_read_masks_the_holder_unless_asked(lab: CardLab) -> None:
    lab.slots[1].insert(DemoCard(people.RARE.document()))
    masked = run("read")
    shown = run("read", "--show", "--json")
    assert "987654" not in masked
    assert "䶮" not in masked
    assert lines(shown)[0]["name_zh"] == people.RARE.name_zh


def test_read_says_what_went_wrong(lab: CardLab) -> None:
    assert lines(run("read", "--timeout", "0.05", "--json", exit_code=1))[0]["fault"] == "card_timeout"
    lab.slots[0].tear_at = 3
    lab.slots[0].insert(DemoCard(people.RARE.document()))
    assert run("read", exit_code=1).startswith("card_removed")


@pytest.mark.parametrize("command", [[], ["list"], ["watch"], ["read"], ["lab"]])
def test_every_command_says_what_it_does(command: list[str]) -> None:
    assert len(run(*command, "--help")) > 100
