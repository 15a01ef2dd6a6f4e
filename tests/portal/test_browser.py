"""The portal's pages in a real browser: an operator's morning, and a resident's phone. Chromium comes from Debian."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of, url_contains
from selenium.webdriver.support.ui import WebDriverWait

from kiosk.identity.phone import PhoneCode, PhoneDesk
from kiosk.submission import Sender
from offline_queue.envelope import Json, sign_statement
from offline_queue.portal_client import PortalClient, Trouble
from portal.operators import set_password
from tests.offline_queue.samples import CANARY, NOON, Bench, eventually
from tests.portal.process import PortalProcess
from tests.portal.test_serving import packet_of, put

PASSWORD = "correct horse battery"
NUMBER = "TB1 2611 0457 K"
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("portal"), "--without-worker")
    set_password(process.folder, "ops", PASSWORD)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    profile = tmp_path_factory.mktemp("profile")
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"):
        options.add_argument(word)
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chrome: Chrome) -> Iterator[Chrome]:
    """A browser with nobody signed in; afterwards the pages must have broken no rule of their own."""
    chrome.delete_all_cookies()
    chrome.get_log("browser")
    yield chrome
    told = [entry["message"] for entry in chrome.get_log("browser") if "status of 40" not in entry["message"]]
    assert [message for message in told if "favicon" not in message] == []


@pytest.fixture(scope="module")
def fleet(portal: PortalProcess, bench: Bench) -> Bench:
    """A kiosk with trouble, and one submission of its."""
    sealed = bench.sealed(number=NUMBER)
    with requests.Session() as web:
        web.trust_env = False
        assert put(web, portal, sealed, packet_of(sealed)).status_code == 201
        body: dict[str, Json] = {
            "kiosk_id": bench.kiosk_id,
            "counts": {"READY": 3, "QUARANTINED": 1},
            "oldest_age_s": 7260,
            "health": {"printer": "<b>fault</b>", "card": "ready"},
            "audit_seq": 5,
            "audit_hash": "aa",
        }
        beat = sign_statement("heartbeat", body, bench.device)
        assert web.post(f"{portal.url}/v1/heartbeat", data=beat.encode(), timeout=5).status_code == 200
    return bench


def words(browser: Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


def press(browser: Chrome, label: str) -> None:
    """Press what leads to another page, and wait until it is there."""
    before = browser.find_element(By.TAG_NAME, "html")
    browser.find_element(By.XPATH, f"//button[contains(., '{label}')] | //a[contains(., '{label}')]").click()
    WebDriverWait(browser, 10).until(staleness_of(before))


def sign_in(browser: Chrome, portal: PortalProcess, password: str = PASSWORD) -> None:
    browser.get(f"{portal.url}/operator")
    browser.find_element(By.NAME, "name").send_keys("ops")
    browser.find_element(By.NAME, "password").send_keys(password)
    press(browser, "Sign in")


def look(browser: Chrome, name: str) -> None:
    """Nothing may be cut off at the width of a desk or a phone; a picture is kept where PICTURES says."""
    for size, (width, height) in SIZES.items():
        browser.set_window_size(width, height)
        wide = browser.execute_script(  # type: ignore[no-untyped-call]
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{name} is {wide} px too wide for a {size}"
        if "PICTURES" in os.environ:
            browser.save_screenshot(str(Path(os.environ["PICTURES"]) / f"{name}-{size}.png"))


def test_an_operator_signs_in_sees_what_is_wrong_and_finds_a_receipt(
    browser: Chrome, portal: PortalProcess, fleet: Bench
) -> None:
    sign_in(browser, portal, "a wrong password")
    assert "do not go together" in words(browser)
    look(browser, "refused")
    sign_in(browser, portal)
    for text in (fleet.kiosk_id, "envelopes set aside", "unsent for over an hour", "2 h 1 min", "<b>fault</b>"):
        assert text in words(browser)
    look(browser, "fleet")
    browser.find_element(By.NAME, "number").send_keys(NUMBER.lower())
    press(browser, "Look up")
    assert "Taken" in words(browser)
    assert "Social Welfare Department" in words(browser)
    assert CANARY not in browser.page_source
    look(browser, "receipt")
    press(browser, "All kiosks")
    press(browser, "Sign out")
    assert browser.find_elements(By.NAME, "password")
    browser.get(f"{portal.url}/operator")
    assert fleet.kiosk_id not in words(browser)


def test_an_operators_cookie_goes_to_no_script_and_to_no_other_site(
    browser: Chrome, portal: PortalProcess, fleet: Bench
) -> None:
    sign_in(browser, portal)
    assert browser.execute_script("return document.cookie") == ""  # type: ignore[no-untyped-call]
    cookie = browser.get_cookie("operator")
    assert cookie is not None
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


def test_a_slip_is_checked_on_a_phone(browser: Chrome, portal: PortalProcess) -> None:
    browser.get(f"{portal.url}/verify?c=nothing")
    assert "Not confirmed" in words(browser)
    look(browser, "verify")


def test_a_resident_signs_in_on_a_phone(browser: Chrome, portal: PortalProcess, bench: Bench) -> None:
    sender = Sender(bench.kiosk_id, bench.device, portal.trust.seal_to, None)  # type: ignore[arg-type]
    desk = PhoneDesk(sender, PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys))
    code = desk.begin("zh_Hant", NOON)
    assert isinstance(code, PhoneCode)
    browser.get(code.address)
    assert code.number in words(browser)
    look(browser, "phone")
    press(browser, "以智方便繼續")
    look(browser, "simulated")
    browser.find_element(By.CSS_SELECTOR, "input[value=elder]").click()
    press(browser, "同意提供")
    WebDriverWait(browser, 10).until(url_contains("/phone/back"))
    assert "請看服務站" in words(browser)
    look(browser, "phone-done")

    def done() -> bool:
        found = desk.look(code)
        return not isinstance(found, Trouble) and found.progress == "done"

    eventually(done)
