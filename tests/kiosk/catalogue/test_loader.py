"""Loading the catalogue: what is wrong is said with file, line and the nearest known name."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.catalogue import Catalogue, CatalogueError, Finding, load_catalogue
from kiosk.catalogue.loader import catalogue_version

SERVICE = "services/HK-WEL-01.toml"
EVENTS = '[[event]]\nid = "retire"\nusual = ["HK-WEL-01"]\n'


@pytest.fixture
def copy(tmp_path: Path, assets: Path) -> Path:
    """A catalogue of one service that a test may spoil; only the topics that belong to it."""
    for name in ("facts.toml", SERVICE, "services/listing.tsv", "services/synonyms.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(assets / name, tmp_path / name)
    (tmp_path / "services/events.toml").write_text(EVENTS, encoding="utf-8")
    for language in ("en", "zh_Hant", "zh_Hans"):
        folder = tmp_path / "texts" / language
        folder.mkdir(parents=True)
        for topic in ("facts", "catalogue"):
            shutil.copy(assets / "texts" / language / f"{topic}.toml", folder)
    return tmp_path


def spoil(copy: Path, name: str, old: str, new: str) -> CatalogueError:
    path = copy / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as raised:
        load_catalogue(copy)
    return raised.value


def line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def test_the_committed_catalogue_loads(catalogue: Catalogue) -> None:
    assert catalogue.services["HK-WEL-01"].department == "SWD"
    assert catalogue.services["HK-WEL-01"].step("portrait").size_mm == (38, 50)
    challenged = {service.id for service in catalogue.services.values() if any(s.liveness for s in service.steps)}
    assert challenged == {"GD-SOC-05", "HK-IAM-01", "HK-IAM-02"}
    assert len(catalogue.listing) == 144
    assert {row.id for row in catalogue.listing if row.available} == set(catalogue.services)


def test_a_catalogue_of_one_service_loads(copy: Path) -> None:
    assert set(load_catalogue(copy).services) == {"HK-WEL-01"}


@pytest.mark.parametrize(
    ("name", "old", "new", "said", "near"),
    [
        (SERVICE, "minutes = 6", "minuts = 6", "minuts is not a key", "minutes"),
        (SERVICE, 'kind = "checklist"', 'kind = "cheklist"', "'cheklist' is not known", "checklist"),
        (SERVICE, '"hkid", "birth_date"', '"hkidd", "birth_date"', "'hkidd' is not a fact", "hkid"),
        (SERVICE, 'department = "SWD"', 'department = "SWDD"', "'SWDD' has no text", "SWD"),
        (SERVICE, "applicant.age >= 65", "applicant.age >= 'x'", "never match", None),
        (SERVICE, "address_area != 'none'", "adress_area != 'none'", "no fact is called", "address_area"),
        (SERVICE, "address_area != 'none'", "portrait_on_paper", "not asked before", None),
        (SERVICE, 'ask = ["hkid_copy"]', 'ask = ["phone"]', "cannot ask phone", None),
        (SERVICE, "[38, 50]", "[38]", "must be width and height", None),
        (SERVICE, "[38, 50]", '"38x50"', "must be a list of two numbers", None),
        (SERVICE, 'instead = "portrait_on_paper"', "", "way without a picture", None),
        (SERVICE, "size_mm = [38, 50]", 'liveness = "must"', "'must' is not known", None),
        (SERVICE, 'kind = "checklist"', 'kind = "checklist"\nliveness = "ask"', "asked at a portrait", None),
        (SERVICE, 'seen = "verified"', 'seen = "reconstructed"', "must have the status to_confirm", None),
        (SERVICE, "version = 1", 'version = "1"', "must be a whole number", None),
        (SERVICE, "checked_on = 2026-11-22", "checked_on = 2026-02-30", "is not TOML", None),
        (SERVICE, 'category = "hk_welfare_education"', 'category = "hk_tax"', "in the listing", None),
        (SERVICE, 'rule.age = "This card', 'rule.agee = "This card', "has no text in", "service.HK-WEL-01.rule.age"),
        (SERVICE, "makes you {age}", "makes you {years}", "other placeholders", None),
        (SERVICE, 'step.request.title = "First', 'title = "x"\nstep.request.title = "First', "is not TOML", None),
        ("facts.toml", 'type = "hkid"', 'type = "hkidd"', "'hkidd' is not known", "hkid"),
        ("facts.toml", '["first", "replacement"]', '["first", "second"]', "choice.second is missing", None),
        ("texts/zh_Hant/facts.toml", "phone.label =", "fone.label =", "has no text in", "fact.fone.label"),
        ("texts/zh_Hans/facts.toml", "最多 {most} 个", "最多几个", "other placeholders in zh_Hans", None),
        ("texts/en/facts.toml", '"Sex"', '""', "must be a text that is not empty", None),
        ("services/listing.tsv", "\tSWD\t", "\tSWX\t", "'SWX' has no text", "SWD"),
        ("services/events.toml", '"HK-WEL-01"', '"HK-WEL-011"', "is not a service here", "HK-WEL-01"),
        ("services/events.toml", '"retire"', '"retired"', "event.retired.title is missing", None),
        ("services/events.toml", "usual", "usally", "usally is not a key", "usual"),
        ("services/synonyms.toml", '"GD-IDE-02"', '"GD-IDE-22"', "GD-IDE-22 is not in the listing", "GD-IDE-02"),
    ],
)
def test_a_fault_is_said_with_file_line_and_nearest_name(
    copy: Path, name: str, old: str, new: str, said: str, near: str | None
) -> None:
    error = spoil(copy, name, old, new)
    found = [finding for finding in error.findings if said in finding.why]
    assert found, error
    assert found[0].nearest == near
    assert found[0].line >= 1


def test_the_line_is_the_line_of_the_fault(copy: Path) -> None:
    error = spoil(copy, SERVICE, "minutes = 6", "minuts = 6")
    assert (SERVICE, line_of(copy / SERVICE, "minuts")) in [(found.file, found.line) for found in error.findings]


def test_the_line_of_a_condition_is_its_own(copy: Path) -> None:
    error = spoil(copy, SERVICE, "address_area != 'none'", "adress_area != 'none'")
    assert error.findings[0].line == line_of(copy / SERVICE, "adress_area")


def test_every_fault_is_said_at_once(copy: Path) -> None:
    (copy / "facts.toml").write_text("[x\n", encoding="utf-8")
    error = spoil(copy, "texts/en/catalogue.toml", '"Tax"', '""')
    assert {found.file for found in error.findings} >= {"facts.toml", "texts/en/catalogue.toml"}


def test_missing_files_are_findings(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as raised:
        load_catalogue(tmp_path)
    assert "facts.toml" in str(raised.value)


def test_the_version_changes_with_any_file(copy: Path) -> None:
    before = catalogue_version(copy)
    (copy / "facts.toml").write_text((copy / "facts.toml").read_text(encoding="utf-8") + "\n# x\n", encoding="utf-8")
    assert catalogue_version(copy) != before


def _cut(raw: bytes, dice: random.Random) -> bytes:
    return raw[: dice.randrange(len(raw))]


def _flip(raw: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(raw))
    return raw[:place] + bytes([dice.randrange(256)]) + raw[place + 1 :]


def _drop(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.split(b"\n")
    del lines[dice.randrange(len(lines))]
    return b"\n".join(lines)


def _double(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.split(b"\n")
    place = dice.randrange(len(lines))
    return b"\n".join([*lines[:place], lines[place], *lines[place:]])


def _swap(raw: bytes, dice: random.Random) -> bytes:
    words = (b"[", b"]", b'"', b"=", b"{", b"'", b"\n", b"\xff", b"9" * 5000, b"[" * 3000, b"when", b"\x00")
    place = dice.randrange(len(raw))
    return raw[:place] + dice.choice(words) + raw[place:]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (_cut, _flip, _drop, _double, _swap)


def findings(copy: Path) -> tuple[Finding, ...]:
    """What is found in a copy; the files that were not spoilt are remembered, which spares most of the time."""
    try:
        load_catalogue(copy, memory=copy / "parsed.json")
    except CatalogueError as error:
        return error.findings or (Finding("", 0, ""),)
    return ()


@pytest.mark.parametrize("seed", range(20))
def test_a_mutated_file_loads_or_is_refused_with_file_and_line(copy: Path, seed: int) -> None:
    """Twenty seeds of twenty-five: five hundred spoilt files, and never a traceback."""
    dice = random.Random(seed)
    names = [SERVICE, SERVICE, "facts.toml", "services/synonyms.toml", "services/listing.tsv", "texts/en/facts.toml"]
    for _ in range(25):
        path = copy / dice.choice(names)
        sound = path.read_bytes()
        path.write_bytes(dice.choice(MUTATIONS)(sound, dice))
        for found in findings(copy):
            assert found.file
            assert found.line >= 1
            assert found.why
        path.write_bytes(sound)
