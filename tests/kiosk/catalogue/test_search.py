"""Finding a service as people type."""

import time

import pytest

from kiosk.catalogue import Catalogue


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("回鄉證", "GD-IDE-02"),
        ("回乡证", "GD-IDE-02"),
        ("home return permit", "GD-IDE-02"),
        ("Home Retrun Permit", "GD-IDE-02"),
        ("wuixoengzing", "GD-IDE-02"),
        ("huixiangzheng", "GD-IDE-02"),
        ("長者咭", "HK-WEL-01"),
        ("长者咭", "HK-WEL-01"),
        ("senior ctizen card", "HK-WEL-01"),
        ("zoengzekaat", "HK-WEL-01"),
        ("老人卡", "HK-WEL-01"),
        ("Vehicle Licence Renewal", "HK-PRO-07"),
        ("vehcle licnce", "HK-PRO-07"),
        ("護照", "HK-IDD-04"),
        ("huzhao", "HK-IDD-04"),
        ("BIR60", "HK-TAX-08"),
        ("HK-WEL-01", "HK-WEL-01"),
        ("良民證", "HK-IDD-01"),
        ("公积金", "GD-HPF-01"),
    ],
)
def test_the_service_that_is_meant_comes_first(catalogue: Catalogue, query: str, first: str) -> None:
    assert catalogue.search(query, "en")[0].id == first


@pytest.mark.parametrize("query", ["駕照", "driving licence", "jiazhao", "驾照"])
def test_driving_licences_of_both_sides_are_found(catalogue: Catalogue, query: str) -> None:
    assert {"HK-PRO-10", "GD-DRV-01"} <= {row.id for row in catalogue.search(query, "zh_Hant")}


@pytest.mark.parametrize("query", ["", "   ", "!!!", "x", "asdfgh", "𨋢", "\x00\x00", "ﷺ" * 300, "a" * 5000])
def test_nonsense_finds_nothing_and_breaks_nothing(catalogue: Catalogue, query: str) -> None:
    assert catalogue.search(query, "zh_Hans") == ()


@pytest.mark.parametrize("query", ["佛山", "退休", "foshan", "retire", "fatsaan"])
def test_a_life_event_leads_to_its_matters(catalogue: Catalogue, query: str) -> None:
    found = {row.id for row in catalogue.search(query, "zh_Hant")}
    assert set(catalogue.events["retire"].usual) & found


def test_the_index_can_be_built_before_somebody_types(catalogue: Catalogue) -> None:
    catalogue.prepare_search()
    assert catalogue.search("tax", "en")


def test_a_department_leads_to_its_services(catalogue: Catalogue) -> None:
    found = catalogue.search("社會福利署", "zh_Hant")
    assert {row.department for row in found} == {"SWD"}


def test_every_service_is_found_by_its_own_name_in_each_language(catalogue: Catalogue) -> None:
    for row in catalogue.listing:
        for language, name in row.names.items():
            assert row in catalogue.search(name, language), (row.id, name)


def test_a_query_is_answered_at_once(catalogue: Catalogue) -> None:
    catalogue.search("護照", "zh_Hant")  # builds the index
    spent = []
    for query in ("回鄉證", "vehicle licence renewal", "wuixoengzing", "公積金提取"):
        begun = time.thread_time()
        catalogue.search(query, "en")
        spent.append(time.thread_time() - begun)
    assert min(spent) < 0.020
