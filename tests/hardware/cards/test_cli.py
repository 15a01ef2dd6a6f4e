"""The technician's commands, as a program and as a person would use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hardware.cards import __main__ as program
from hardware.cards import people
from hardware.cards.mainland.pages import COMMAND
from hardware.cards.sim.demo_card import DemoCard
from hardware.cards.sim.issuer import Issuer, utopia
from hardware.cards.sim.lab import CardLab
from hardware.cards.sim.sam import MAINLANDERS, SamModule

main = program.main


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


@pytest.mark.parametrize("command", [[], ["list"], ["watch"], ["read"], ["lab"], ["verify"], ["trace"], ["emulate"],
                                     ["trust", "import"], ["trust", "revoke"], ["trust", "show"]])  # fmt: skip
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


def test_verify_tells_a_proved_chip_from_one_that_may_be_a_copy_and_names_nobody() -> None:
    proved = run("verify", "--lab", "provedpassport-rare", "--can", "123456")
    assert "its issuer signed the data; its chip holds its key" in proved
    perhaps = run("verify", "--lab", "passport-rare", "--can", "123456", "--json", exit_code=2)
    assert lines(perhaps) == [
        {"kind": "passport", "origin": "genuine", "chip_proved": False, "groups": [1, 2, 11, 12],
         "issued_by": "Made-up Utopia", "issued_on": "20251231", "common_agrees": True}
    ]  # fmt: skip
    assert "data groups as signed: 1, 2, 11, 12; EF.COM lists the same" in proved
    assert "YEUNG" not in proved + perhaps


def test_verify_judges_by_the_sites_trust_folder(tmp_path: Path) -> None:
    (tmp_path / "trust").mkdir()
    key = ("--lab", "provedpassport-rare", "--can", "123456", "--trust", str(tmp_path / "trust"))
    assert "does not have" in run("verify", *key, exit_code=2)
    publisher, listed = tmp_path / "publisher.cer", tmp_path / "list.ml"
    publisher.write_bytes(utopia().anchor)
    listed.write_bytes(utopia().master_list([utopia().anchor]))
    folder = ("--folder", str(tmp_path / "trust"))
    assert "vouched for" in run("trust", "import", str(listed), "--publisher", str(publisher), *folder)
    assert "its issuer signed the data" in run("verify", *key)


def test_trust_shows_the_date_of_the_list_and_refuses_strangers(tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path / "trust"))
    assert "no master list" in run("trust", "show", *folder, exit_code=1)
    listed, stranger, revoked = tmp_path / "list.ml", tmp_path / "stranger.crl", tmp_path / "revoked.crl"
    listed.write_bytes(utopia().master_list([utopia().anchor]))
    assert run("trust", "import", str(listed), *folder, exit_code=1).startswith("card_not_genuine")
    run("trust", "import", str(listed), "--unvouched", *folder)
    stranger.write_bytes(Issuer().revocations(2))
    revoked.write_bytes(utopia().revocations(2))
    assert run("trust", "revoke", str(stranger), *folder, exit_code=1).startswith("card_not_genuine")
    assert "1 revoked" in run("trust", "revoke", str(revoked), *folder)
    shown = run("trust", "show", *folder)
    assert "published by UT on 2020-01-01: NOT vouched for" in shown
    assert "1 revoked, as of 2020-01-01" in shown
    assert run("verify", "--lab", "passport-rare", "--can", "123456", "--trust", str(tmp_path / "trust"),
               exit_code=1).startswith("card_not_genuine")  # fmt: skip


def test_trace_counts_the_commands_and_shows_none_of_their_content() -> None:
    said = lines(run("trace", "--lab", "passport-rare", "--can", "123456", "--json"))
    assert said[-1]["commands"] == len(said) - 1
    assert {len(str(line["header"])) for line in said[:-1]} == {8}
    assert "123456" not in json.dumps(said)


def test_emulate_holds_a_card_until_its_input_ends() -> None:
    said = lines(run("emulate", "passport-elder", "--json"))[0]
    assert said["key"] == "EmrtdCard --mrz UT1234567,510308,351231 or --can 123456"
    assert "no card named nobody" in run("emulate", "nobody", exit_code=1)


def test_a_mainland_card_is_read_by_pseudo_apdu_and_by_a_module(lab: CardLab) -> None:
    person = MAINLANDERS["resident"]
    shown = lines(run("read", "--lab", "mainland-resident", "--pseudo-apdu", COMMAND, "--show", "--json"))
    assert (shown[0]["kind"], shown[0]["number"]) == ("resident_id", person.number)
    assert "like FF B0" in run("read", "--pseudo-apdu", "FF", exit_code=2)
    module = SamModule()
    try:
        module.present(person)
        assert lines(run("read", "--sam", module.path, "--show", "--json"))[0]["number"] == person.number
    finally:
        module.close()
    assert lines(run("read", "--sam", "/dev/no-such-line", "--timeout", "0.2", "--json", exit_code=1))[0]["fault"] == (
        "reader_lost"
    )


def test_the_lab_has_documents_of_other_states() -> None:
    shown = lines(run("read", "--lab", "homepermit-rare", "--mrz", "HX0000001,480229,351231", "--json"))
    assert (shown[0]["kind"], shown[0]["origin"]) == ("home_return_permit", "genuine")
    assert "passport: its issuer signed" in run("verify", "--lab", "hkpassport-elder", "--can", "123456", exit_code=2)


def test_emulate_holds_a_mainland_card_on_a_module_until_its_input_ends() -> None:
    held = lines(run("emulate", "sam-permit", "--json"))
    assert str(held[0]["path"]).startswith("/dev/pts/")
    assert "read --sam /dev/pts/" in run("emulate", "sam-foreigner2023")
    assert "has no card named sam-nobody" in run("emulate", "sam-nobody", exit_code=1)
