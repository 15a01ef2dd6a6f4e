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


def test_read_opens_the_labs_passports_with_their_keys() -> None:
    asked = lines(run("read", "--lab", "passport-rare", "--json", exit_code=1))[0]
    assert (asked["fault"], asked["detail"]) == ("access_key_needed", "--mrz or --can")
    for key in (["--can", "123456"], ["--mrz", "UT1234567,480229,351231"]):
        found = lines(run("read", "--lab", "passport-rare", *key, "--json", "--show"))[0]
        assert (found["origin"], found["name_zh"]) == ("genuine", people.RARE.name_zh)
    denied = lines(run("read", "--lab", "oldpassport-rare", "--mrz", "UT1234567,480228,351231", "--json", exit_code=1))
    assert denied[0]["fault"] == "card_access_denied"


def test_read_says_what_is_wrong_with_its_options() -> None:
    assert "no card named nobody" in run("read", "--lab", "nobody", exit_code=1)
    assert "MRZ length" in run("read", "--mrz", "P<UTO", exit_code=2)


def test_login_lets_the_labs_staff_in_and_keeps_the_pin_to_itself() -> None:
    assert lines(run("login", "--lab", "--json", "--pin", "246810"))[0]["event"] == "StaffRead"
    refused = run("login", "--lab", says="135791\n", exit_code=1)
    assert "pin_wrong: 2 tries left" in refused
    assert "135791" not in refused


def test_the_lab_is_a_console() -> None:
    said = run("lab", says="insert passport-elder\ninsert staff 1\nshow\nquit\n")
    assert "export PCSCLITE_CSOCK_NAME=" in said
    assert "0: EmrtdCard --mrz UT1234567,510308,351231 or --can 123456, 1: PivCard PIN 246810" in said
    assert lines(run("lab", "--json", says=""))[-1] == {"reply": "bye"}


def test_read_traces_commands_without_their_content() -> None:
    said = lines(run("read", "--lab", "elder", "--trace", "--json"))
    assert said[0]["header"] == "00A40400"
    assert said[-1]["event"] == "IdentityRead"
    assert "00B0" in run("read", "--lab", "elder", "--trace")
