"""Signing in with a phone at a real portal: one code, one phone, one kiosk, and nothing kept that could be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from kiosk.identity.phone import PhoneCode, PhoneDesk, PhoneMoment
from kiosk.simulated_phone import PhoneError, SimulatedPhone
from kiosk.submission import Sender
from offline_queue.envelope import Kem, Malformed, RecipientKey, b64, instant, unb64, uuid7
from offline_queue.portal_client import PortalClient, Trouble
from portal.iam_smart import CANCELLED, OK, Given, IamSmart
from portal.iam_smart_simulated import make_simulated
from portal.problem import Problem
from portal.sign_in import LIFE, SignIns
from portal.store import Store
from tests.offline_queue.samples import Bench, eventually
from tests.portal.process import PortalProcess

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("sign_in")).start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def desk(portal: PortalProcess, bench: Bench) -> PhoneDesk:
    sender = Sender(bench.kiosk_id, bench.device, portal.trust.seal_to, None)  # type: ignore[arg-type]
    return PhoneDesk(sender, PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys))


def begun(desk: PhoneDesk) -> PhoneCode:
    code = desk.begin("en", NOON)
    assert isinstance(code, PhoneCode)
    return code


def progress(desk: PhoneDesk, code: PhoneCode) -> str:
    found = desk.look(code)
    return found.code if isinstance(found, Trouble) else found.progress


# ---- on a real portal process ----


def test_what_the_phone_gives_reaches_the_kiosk_and_lies_nowhere_in_clear(
    desk: PhoneDesk, portal: PortalProcess
) -> None:
    code = begun(desk)
    assert (code.simulated, progress(desk, code)) == (True, "waiting")
    phone = SimulatedPhone(code.address)
    assert phone.scan() == code.number
    assert progress(desk, code) == "opened"
    phone.answer("approve", "elder")
    eventually(lambda: progress(desk, code) == "done")
    moment = desk.look(code)
    assert isinstance(moment, PhoneMoment)
    assert moment.gave["hkid"].value == "A123456(3)"
    assert {filled.source for filled in moment.gave.values()} == {"iam_smart"}
    kept = b"".join(path.read_bytes() for path in Path(portal.folder).iterdir() if path.is_file())
    for word in ("A123456", "CHAN", "陳大文", "51234567", "EXAMPLE STREET"):
        assert word.encode() not in kept
    desk.end(code)
    assert progress(desk, code) == "unknown_sign_in"


@pytest.mark.parametrize(("wish", "ended"), [("reject", "rejected"), ("cancel", "cancelled")])
def test_who_says_no_on_the_phone_gives_nothing(desk: PhoneDesk, wish: str, ended: str) -> None:
    code = begun(desk)
    SimulatedPhone(code.address).answer(wish)
    assert progress(desk, code) == ended


def test_a_code_that_was_used_opens_nothing_more(desk: PhoneDesk) -> None:
    code = begun(desk)
    SimulatedPhone(code.address).answer()
    with pytest.raises(PhoneError):
        SimulatedPhone(code.address).scan()


def test_a_made_up_code_is_told_to_ask_for_a_new_one_in_every_language(
    portal: PortalProcess, web: requests.Session
) -> None:
    page = web.get(f"{portal.url}/phone/none-of-ours", timeout=10)
    assert page.status_code == 404
    for sentence in ("Ask the kiosk for a new one", "請在服務站取新的二維碼", "请在服务站获取新的二维码"):
        assert sentence in page.text


def test_another_kiosk_sees_nothing_of_a_sign_in(desk: PhoneDesk, portal: PortalProcess) -> None:
    code = begun(desk)
    other = Bench(recipients=portal.trust.seal_to, kiosk_id="KIOSK-2")
    portal.enrol("KIOSK-2", other.device)
    sender = Sender("KIOSK-2", other.device, portal.trust.seal_to, None)  # type: ignore[arg-type]
    theirs = PhoneDesk(sender, PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys))
    assert progress(theirs, code) == "unknown_sign_in"
    theirs.end(code)
    assert progress(desk, code) == "waiting"


def test_a_sign_in_page_reads_in_the_language_of_the_kiosk(desk: PhoneDesk, web: requests.Session) -> None:
    code = desk.begin("zh_Hant", NOON)
    assert isinstance(code, PhoneCode)
    text = web.get(code.address, timeout=10).text
    assert "服務站是否顯示這個號碼" in text
    assert "Does the kiosk" not in text


def test_with_encryption_and_no_account_no_sign_in_is_offered(tmp_path: Path) -> None:
    import trustme

    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    leaf.private_key_pem.write_to_path(tmp_path / "key.pem")
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca)
    options = ("--tls-certificate", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    process = PortalProcess.make(tmp_path / "portal", *options).start()
    try:
        answer = requests.get(
            f"https://127.0.0.1:{process.port}/phone/x", verify=str(ca), headers={"Connection": "close"}, timeout=10
        )
    finally:
        process.stop()
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


# ---- on both databases, by the clock ----


def sign_ins() -> SignIns:
    account, _ = make_simulated("http://127.0.0.1:9", wall=lambda: NOON)
    return SignIns(IamSmart(account, wall=lambda: NOON), "http://portal.test", simulated=True)


class Visit:
    """A sign-in that a kiosk began, by its calls on a database."""

    def __init__(self, store: Store) -> None:
        self.store, self.calls = store, sign_ins()
        self.key = RecipientKey.generate(Kem.X25519)
        self.wish = uuid7(NOON)
        self.body = {"kiosk_id": "K1", "sign_in": self.wish, "language": "en"}
        self.body["reply_key"] = b64(self.key.recipient.public)
        found = store.submit(lambda db: self.calls.begin(db, self.body, NOON)).result()
        assert not isinstance(found, Problem)
        self.token = str(found["address"]).rpartition("/")[2]

    def state(self, now: datetime = NOON) -> str:
        found = self.store.submit(lambda db: self.calls.look(db, self.body, now)).result()
        return found.code if isinstance(found, Problem) else str(found["state"])

    def open(self, now: datetime = NOON) -> bool:
        return self.store.submit(lambda db: self.calls.open(db, self.token, now)).result() is not None

    def back(self, code: str = "code", now: datetime = NOON) -> bool:
        return self.store.submit(lambda db: self.calls.came_back(db, self.token, code, now)).result() is not None

    def take(self, code: str = OK, now: datetime = NOON) -> bool:
        given = Given(self.wish, code, {"emailAddress": "a@example.org"})
        return self.store.submit(lambda db: self.calls.take(db, given, now)).result()


def test_a_sign_in_goes_from_code_to_phone_to_what_was_given(store: Store) -> None:
    visit = Visit(store)
    assert visit.state() == "waiting"
    assert visit.open()
    assert visit.state() == "opened"
    assert visit.back()
    assert visit.state() == "asked"
    assert visit.take()
    found = store.submit(lambda db: visit.calls.look(db, visit.body, NOON)).result()
    assert not isinstance(found, Problem)
    clear = visit.key.unwrap_key(unb64(str(found["sealed"])), visit.wish.encode())
    assert not isinstance(clear, Malformed)
    assert json.loads(clear) == {"emailAddress": "a@example.org"}


def test_each_step_counts_once_and_none_out_of_order(store: Store) -> None:
    visit = Visit(store)
    assert not visit.take()  # nobody asked iAM Smart yet
    assert not visit.back()  # the page of the code was not opened
    assert visit.open()
    assert visit.back()
    assert not visit.back()
    assert not visit.open()
    assert visit.take()
    assert not visit.take()


def test_nothing_works_when_the_time_is_over(store: Store) -> None:
    visit, late = Visit(store), NOON + LIFE
    assert visit.state(late) == "expired"
    assert not visit.open(late)
    visit.open()
    assert not visit.back(now=late)
    visit.back()
    assert not visit.take(now=late)


def test_old_sign_ins_are_deleted_when_another_begins(store: Store) -> None:
    old = Visit(store)
    much_later = NOON + 3 * LIFE
    body = {**old.body, "sign_in": uuid7(much_later)}
    assert not isinstance(store.submit(lambda db: old.calls.begin(db, body, much_later)).result(), Problem)
    assert old.state() == "unknown_sign_in"


def test_a_refusal_that_iam_smart_delivers_ends_it(store: Store) -> None:
    visit = Visit(store)
    visit.open()
    visit.back()
    assert visit.take(CANCELLED)
    assert visit.state() == "cancelled"


def test_a_phone_that_comes_back_without_a_code_ends_it(store: Store) -> None:
    visit = Visit(store)
    visit.open()
    assert visit.back("")
    store.submit(lambda db: visit.calls.stop(db, visit.wish, "D99999")).result()
    assert visit.state() == "failed"


@pytest.mark.parametrize(
    ("field", "value"),
    [("sign_in", "not-a-uuid"), ("sign_in", 7), ("language", "fr"), ("reply_key", "short"), ("reply_key", None)],
)
def test_a_sign_in_that_is_not_in_the_contracts_form_is_refused(store: Store, field: str, value: object) -> None:
    visit = Visit(store)
    body = {**visit.body, "sign_in": uuid7(NOON + timedelta(seconds=1)), field: value}
    found = store.submit(lambda db: visit.calls.begin(db, body, NOON)).result()
    assert found == Problem(400, "malformed")


def test_the_same_sign_in_begins_only_once(store: Store) -> None:
    visit = Visit(store)
    assert store.submit(lambda db: visit.calls.begin(db, visit.body, NOON)).result() == Problem(409, "known_sign_in")


def test_the_tables_hold_no_token_as_it_stands_in_the_code(store: Store) -> None:
    visit = Visit(store)
    rows = store.submit(lambda db: db.execute("SELECT * FROM sign_in").fetchall()).result()
    assert len(rows) == 1
    assert visit.token not in json.dumps([list(map(str, row)) for row in rows])
    assert instant(NOON + LIFE) in map(str, rows[0])
