"""The department's commands: list, check, new, report, preview."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.app import ASSETS, ROOT
from kiosk.catalogue import load_catalogue
from kiosk.cli import main

Run = Callable[..., Result]
NEW = {
    "--id": "HK-NEW-01",
    "--side": "HK",
    "--category": "hk_health",
    "--department": "DH",
    "--kind": "application",
    "--name-en": "A made-up service",
    "--name-zh-hant": "虛構服務",
    "--name-zh-hans": "虚构服务",
}


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    shutil.copytree(ASSETS, tmp_path / "draft")
    return tmp_path / "draft"


@pytest.fixture
def run(draft: Path) -> Run:
    return lambda *words: CliRunner().invoke(main, ["services", *words, "--assets", str(draft)])


def words(**other: str) -> list[str]:
    """`services new` with some options otherwise: name_en stands for --name-en."""
    given = NEW | {f"--{name.replace('_', '-')}": value for name, value in other.items()}
    return [word for pair in given.items() for word in pair]


def test_list_shows_every_known_service(run: Run) -> None:
    rows = json.loads(run("list", "--json").output)
    assert len(rows) == len(load_catalogue(ASSETS).listing)
    assert {"id", "side", "category", "name", "available"} == set(rows[0])
    plain = run("list").output.splitlines()
    assert len(plain) == len(rows)
    assert any(line.startswith("HK-WEL-01") and "Senior Citizen Card" in line for line in plain)


def test_check_finds_nothing_wrong_with_what_is_shipped(run: Run) -> None:
    assert "nothing wrong" in run("check").output
    told = json.loads(run("check", "--json").output)
    assert (told["ok"], told["findings"]) == (True, [])


def test_check_names_file_line_and_the_nearest_known_name(run: Run, draft: Path) -> None:
    path = draft / "services" / "HK-WEL-01.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"hkid_copy"', '"hkid_cpy"'), encoding="utf-8")
    done = run("check")
    assert done.exit_code == 1
    assert done.stderr.startswith("services/HK-WEL-01.toml:")
    assert "did you mean 'hkid_copy'?" in done.stderr
    finding = json.loads(run("check", "--json").stdout)["findings"][0]
    assert (finding["file"], finding["nearest"]) == ("services/HK-WEL-01.toml", "hkid_copy")
    assert path.read_text(encoding="utf-8").splitlines()[finding["line"] - 1] == 'ask = ["hkid_cpy"]'


def test_check_walks_what_loads_and_tells_a_step_that_nobody_reaches(run: Run, draft: Path) -> None:
    path = draft / "services" / "HK-WEL-01.toml"
    text = path.read_text(encoding="utf-8")
    never = "address_area == 'none' and address_area == 'HK'"
    path.write_text(text.replace("address_area != 'none'", never), encoding="utf-8")
    done = run("check", "--json")
    assert done.exit_code == 1
    assert [f["why"] for f in json.loads(done.stdout)["findings"]] == ["the step address is never reached"]


def test_check_of_a_folder_that_is_none_is_findings_and_no_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "services", "check", "--assets", str(tmp_path / "none")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "facts.toml:1:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["application", "enquiry", "appointment", "payment", "referral"])
def test_a_new_service_of_any_kind_passes_the_check_at_once(run: Run, draft: Path, kind: str) -> None:
    done = run("new", *words(kind=kind), "--json")
    assert done.exit_code == 0, done.output
    written = [Path(name) for name in json.loads(done.output)["written"]]
    assert written == [draft / "services" / "HK-NEW-01.toml", draft / "services" / "listing.tsv"]
    assert run("check").exit_code == 0


def test_new_overwrites_nothing(run: Run, draft: Path) -> None:
    run("new", *words())
    path = draft / "services" / "HK-NEW-01.toml"
    path.write_text("# an hour of work", encoding="utf-8")
    done = run("new", *words())
    assert done.exit_code == 1
    assert "is there already" in done.stderr
    assert path.read_text(encoding="utf-8") == "# an hour of work"


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"id": "../HK-NEW-01"}, "is not like HK-WEL-07"),
        ({"id": "GD-NEW-01"}, "does not begin with the side HK"),
        ({"category": "hk_healt"}, "did you mean hk_health?"),
        ({"department": "DHH"}, "did you mean DH?"),
        ({"kind": "miracle"}, "'miracle' is not one of"),
        ({"name_en": 'A "quoted" name'}, 'without "'),
        ({"name_zh_hant": "兩\n行"}, "a name is one line"),
    ],
)
def test_new_refuses_what_would_not_load_and_writes_nothing(
    run: Run, draft: Path, other: dict[str, str], says: str
) -> None:
    before = sorted(draft.rglob("*"))
    listing = (draft / "services" / "listing.tsv").read_bytes()
    done = run("new", *words(**other))
    assert done.exit_code == 2
    assert says in done.stderr
    assert sorted(draft.rglob("*")) == before
    assert (draft / "services" / "listing.tsv").read_bytes() == listing


def test_new_in_a_folder_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["services", "new", *words(), "--assets", str(tmp_path / "none")])
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")


def test_report_writes_a_page_per_service(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "report"
    done = run("report", "--out", str(out), "--service", "HK-WEL-01", "--service", "GD-SOC-01", "--json")
    assert [Path(name).name for name in json.loads(done.output)["written"]] == ["HK-WEL-01.md", "GD-SOC-01.md"]
    assert "## Steps" in (out / "HK-WEL-01.md").read_text(encoding="utf-8")
    run("report", "--out", str(out), "--service", "HK-WEL-01", "--language", "zh_Hant")
    assert (out / "HK-WEL-01.md").read_text(encoding="utf-8").startswith("# 長者咭")


def test_report_writes_all_services_if_none_is_named(run: Run, tmp_path: Path) -> None:
    assert run("report", "--out", str(tmp_path / "all")).exit_code == 0
    assert len(list((tmp_path / "all").glob("*.md"))) == len(load_catalogue(ASSETS).services)


@pytest.mark.parametrize("command", ["report", "preview"])
def test_an_unknown_service_and_a_folder_that_cannot_be_are_one_sentence(
    run: Run, tmp_path: Path, command: str
) -> None:
    done = run(command, "--out", str(tmp_path / "x"), "--service", "HK-WEL-91")
    assert done.exit_code == 2
    assert "there is no service HK-WEL-91" in done.stderr
    (tmp_path / "file").write_text("")
    done = run(command, "--out", str(tmp_path / "file" / "x"), "--service", "HK-WEL-01")
    assert done.exit_code == 1
    assert "cannot be made" in done.stderr


def test_preview_of_what_the_screens_cannot_draw_is_one_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.session.Session.offered", lambda *_: False)
    done = run("preview", "--out", str(tmp_path / "x"), "--service", "HK-WEL-01")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: The screens cannot draw all pages of HK-WEL-01 yet")
    assert done.stderr.count("\n") == 1
