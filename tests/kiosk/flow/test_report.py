"""The page that a department reads about its own service."""

from datetime import date

import pytest

from kiosk.catalogue import LANGUAGES, Catalogue, Language
from kiosk.flow.report import report

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_tells_steps_conditions_papers_fees_and_paths(catalogue: Catalogue, language: Language) -> None:
    page = report(catalogue, "HK-WEL-01", language, today=TODAY)
    assert catalogue.texts.say(language, "service.HK-WEL-01.title") in page
    assert "`address_area != 'none'`" in page
    assert "HKD 25.00 when `senior_card_request == 'replacement'`" in page
    assert "applicant.age >= 65" in page
    assert "different paths" in page


def test_a_fee_for_each_unit_is_told(catalogue: Catalogue) -> None:
    assert "HKD 500.00 and 100.00 for each further_accounts" in report(catalogue, "HK-COM-04", "en", today=TODAY)


def test_every_service_can_be_reported(catalogue: Catalogue) -> None:
    for service_id in list(catalogue.services)[::12]:
        assert service_id in report(catalogue, service_id, "zh_Hant", today=TODAY)
