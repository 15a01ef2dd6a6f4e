"""A slip says what was handed in and what is true, in the resident's language and the office's, and names nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hardware.printer import NOTO, Code, Text, render
from kiosk.app import ASSETS
from kiosk.catalogue import LANGUAGES, Catalogue, Language, load_catalogue
from kiosk.receipt import SlipContent, slip_blocks

NOW = datetime(2026, 11, 20, 14, 41, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ASSETS)


def content(catalogue: Catalogue, **how: object) -> SlipContent:
    values: dict[str, object] = {
        "receipt_number": "TB1 2611 0457 K",
        "service": catalogue.services["HK-WEL-01"],
        "saved_at": NOW,
        "site": "Treasury Building",
        "site_office": "庫務大樓",
        "kiosk_id": "TB1",
        "fee_cents": 0,
        "delivered": False,
        "code_url": "https://portal.example/verify?c=AAAA",
        **how,
    }
    return SlipContent(**values)  # type: ignore[arg-type]


def words(catalogue: Catalogue, language: Language, **how: object) -> str:
    blocks = slip_blocks(content(catalogue, **how), catalogue.texts, language, "zh_Hant")
    return "\n".join(block.text for block in blocks if isinstance(block, Text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slip_has_number_service_department_state_and_code(catalogue: Catalogue, language: Language) -> None:
    text = words(catalogue, language)
    for key in ("service.HK-WEL-01.title", "department.SWD", "slip_paper.saved", "slip_paper.nameless"):
        assert catalogue.texts.say(language, key) in text
    assert "TB1 2611 0457 K" in text
    blocks = slip_blocks(content(catalogue), catalogue.texts, language, "zh_Hant")
    assert [block.data for block in blocks if isinstance(block, Code)] == ["https://portal.example/verify?c=AAAA"]


def test_the_office_reads_it_in_its_own_language_too(catalogue: Catalogue) -> None:
    assert "長者咭" in words(catalogue, "en")
    assert words(catalogue, "zh_Hant").count("長者咭") >= 1


def test_delivered_is_said_only_when_it_is(catalogue: Catalogue) -> None:
    delivered = catalogue.texts.say("en", "slip_paper.delivered", department="Social Welfare Department")
    assert delivered not in words(catalogue, "en")
    assert delivered in words(catalogue, "en", delivered=True)


@pytest.mark.parametrize(("cents", "says"), [(0, "Free"), (2500, "HK$25"), (None, "Fee set by the department")])
def test_the_fee_is_said_as_it_is_known(catalogue: Catalogue, cents: int | None, says: str) -> None:
    assert says in words(catalogue, "en", fee_cents=cents)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints_on_both_paper_widths(catalogue: Catalogue, language: Language) -> None:
    blocks = slip_blocks(content(catalogue), catalogue.texts, language, "zh_Hant")
    for width in (384, 576):
        assert render(blocks, width_dots=width, fonts=NOTO, language=language).height < 2400
