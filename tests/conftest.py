"""What all tests share: nothing is left behind, and every warning of Qt is a failure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TESTS = Path(__file__).resolve().parent
LONG = (
    "screens/test_touching",
    "screens/test_send",
    "screens/test_pages",
    "screens/test_desks",
    "screens/test_cases",
    "screens/test_journeys",
    "screens/test_review",
    "screens/test_leaving",
    "screens/test_compare",
    "offline_queue/test_power_cut",
    "screens/test_every_service",
    "faults/test_unplugged",
    "hardware/printer/test_slip_printer",
    "screens/test_identify",
    "screens/test_listening",
    "screens/test_phone",
    "screens/test_paper",
    "screens/test_take_home",
    "offline_queue/test_kill",
    "screens/test_staff",
    "faults/test_bad_input",
    "screens/test_portrait",
    "faults/test_killed",
    "screens/test_guide",
    "screens/test_slip_again",
    "screens/test_sign_and_list",
    "kiosk/test_cli_services",
    "screens/test_screen_reader",
    "screens/test_typing",
    "screens/test_walk_away",
    "benchmarks/test_memory",
    "docs/test_adding_a_service",
    "kiosk/catalogue/test_loader",
    "hardware/vision/test_challenger",
    "portal/test_together",
    "hardware/cards/test_matrix",
    "screens/test_first_picture",
    "screens/test_qml",
    "portal/test_nodes",
    "hardware/camera/test_sheet",
    "hardware/printer/test_document",
    "portal/test_serving",
    "offline_queue/test_backlog",
    "hardware/printer/test_document_printer",
    "hardware/papers/test_ocr",
    "offline_queue/test_sync",
    "screens/test_order",
    "offline_queue/test_desk",
    "hardware/cards/test_reader",
)
"""Files that take half a minute or more on two busy cores, the longest first: `make quick` leaves them out."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is long, before anything is chosen by its marks."""
    for item in items:
        if _rank(item) < len(LONG):
            item.add_marker(pytest.mark.long)


class LongFirst:
    """Puts long files first, after all was shuffled: a run on several cores must not end with one of them."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """The order within a file, and of the files that are not long, stays as it was shuffled."""
        items.sort(key=_rank)


def pytest_configure(config: pytest.Config) -> None:
    """Two hooks of one name need two plugins."""
    config.pluginmanager.register(LongFirst())


def _rank(item: pytest.Item) -> int:
    name = item.path.relative_to(TESTS).with_suffix("").as_posix() if item.path.is_relative_to(TESTS) else ""
    return LONG.index(name) if name in LONG else len(LONG)
