"""The calls to iAM Smart: signatures and seals as published, keys that run out, answers that are no answers."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from portal import iam_smart
from portal.iam_smart import KEY_EXPIRED, OK, UNREADABLE, Access, IamSmart, Refusal, open_content, seal_content
from portal.iam_smart_simulated import (
    KEY_LIFE,
    PEOPLE,
    SimulatedIamSmart,
    add_simulated_iam_smart,
    make_simulated,
)
from tests.offline_queue.samples import eventually

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
KEY = bytes(range(32))


class Clock:
    """A wall clock that tests move."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Back(threading.Thread):
    """The simulated service on a port of its own; what it posts is kept."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.clock = Clock()
        self.posted: list[bytes] = []
        app = FastAPI()
        config = uvicorn.Config(app, port=0, log_level="warning", access_log=False)
        self._socket = config.bind_socket()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        account, self.service = make_simulated(self.url, wall=self.clock)
        add_simulated_iam_smart(app, self.service)
        self._keep(app)
        self.client = IamSmart(account, wall=self.clock)
        self._server = uvicorn.Server(config)

    def _keep(self, app: FastAPI) -> None:
        @app.post("/phone/given")
        def given(body: dict[str, Any]) -> dict[str, str]:
            self.posted.append(json.dumps(body).encode())
            return {"code": OK}

    def run(self) -> None:
        self._server.run(sockets=[self._socket])

    @property
    def started(self) -> bool:
        return self._server.started

    def end(self) -> None:
        self._server.should_exit = True
        self.join()


@pytest.fixture
def back() -> Iterator[Back]:
    thread = Back()
    thread.start()
    eventually(lambda: thread.started)
    yield thread
    thread.end()


def signed_in(back: Back, person: str = "elder") -> Access:
    access = back.client.redeem(back.service.new_code(person))
    assert isinstance(access, Access)
    return access


def test_a_content_travels_as_length_iv_ciphertext_and_tag() -> None:
    text = seal_content(KEY, {"code": "abc", "grantType": "authorization_code"})
    raw = base64.b64decode(text)
    assert raw[:4] == b"\0\0\0\x0c"
    clear = json.dumps({"code": "abc", "grantType": "authorization_code"}).encode()
    assert len(raw) == 4 + 12 + len(clear) + 16
    assert open_content(KEY, text) == {"code": "abc", "grantType": "authorization_code"}


def test_a_signature_is_over_client_method_time_nonce_and_body() -> None:
    # reckoned beside it with `openssl dgst -sha256 -hmac secret -binary | base64`
    found = iam_smart.signature("secret", "client", "1700000000000", "abcd", '{"a":1}')
    assert found == "Be9baXxFl5q1jn5lEnDXM%2FCXMY6JZMByQbblXC3H5EA%3D"


@given(st.binary(max_size=80) | st.text(max_size=80) | st.none() | st.integers())
def test_what_was_not_sealed_with_our_key_is_refused_and_never_an_error(raw: object) -> None:
    assert open_content(KEY, raw) == Refusal(UNREADABLE)


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_changed_byte_is_refused(at: int, by: int) -> None:
    raw = bytearray(base64.b64decode(seal_content(KEY, {"code": "abc", "grantType": "authorization_code"})))
    raw[at] ^= by
    assert open_content(KEY, base64.b64encode(bytes(raw)).decode()) == Refusal(UNREADABLE)


def test_what_a_resident_gives_arrives_under_its_business_id(back: Back) -> None:
    assert back.client.ask(signed_in(back), "business-1", f"{back.url}/phone/given") is None
    eventually(lambda: bool(back.posted))
    given = back.client.given(back.posted[0])
    assert not isinstance(given, Refusal)
    assert (given.business_id, given.code) == ("business-1", OK)
    assert given.fields["idNo"] == PEOPLE["elder"]["idNo"]
    assert "CHAN" not in repr(given)


def test_a_code_and_a_token_work_once(back: Back) -> None:
    code = back.service.new_code("elder")
    access = back.client.redeem(code)
    assert isinstance(access, Access)
    assert back.client.redeem(code) == Refusal(iam_smart.CODE_NOT_VALID)
    assert back.client.ask(access, "b", f"{back.url}/phone/given") is None
    assert back.client.ask(access, "b", f"{back.url}/phone/given") == Refusal(iam_smart.CODE_NOT_VALID)


def test_a_content_key_that_ran_out_there_is_fetched_once_more(back: Back) -> None:
    first = signed_in(back)
    back.service.forget_key()
    assert isinstance(back.client.redeem(back.service.new_code("adult")), Access)
    back.clock.now += KEY_LIFE + timedelta(seconds=1)
    assert isinstance(back.client.redeem(back.service.new_code("adult")), Access)
    assert first != signed_in(back)


def test_a_call_signed_with_another_secret_is_refused(back: Back) -> None:
    account = back.client.account
    other = iam_smart.Account(account.base_url, account.client_id, "another secret", account.kek)
    assert IamSmart(other, wall=back.clock).redeem("x") == Refusal(iam_smart.SIGNATURE_FAILED)


def test_a_service_that_does_not_answer_is_a_refusal_and_not_an_error() -> None:
    account, _ = make_simulated("http://127.0.0.1:9", wall=Clock())
    assert IamSmart(account, wall=Clock()).redeem("x") == Refusal("no_answer")


def test_a_delivery_before_any_key_was_fetched_or_in_no_known_form_is_refused(back: Back) -> None:
    assert back.client.given(b"{}") == Refusal(KEY_EXPIRED)
    signed_in(back)
    for raw in (b"", b"[]", b"null", b"{}", b'{"content": 3}', b"\xff"):
        assert back.client.given(raw) == Refusal(UNREADABLE)


def test_the_address_for_a_phone_names_client_state_and_language() -> None:
    account, _ = make_simulated("http://127.0.0.1:9", wall=Clock())
    address = IamSmart(account, wall=Clock()).address("the-state", "https://portal.test/phone/back", "zh_Hant")
    assert "state=the-state" in address
    assert "lang=zh-HK" in address
    assert "redirectURI=https%3A%2F%2Fportal.test%2Fphone%2Fback" in address
    assert account.secret not in address


def test_an_account_is_read_from_the_portals_folder(tmp_path: Path) -> None:
    assert iam_smart.load_account(tmp_path) is None
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "kek.pem").write_bytes(pem)
    doc = {
        "base_url": "https://service.test",
        "client_id": "c",
        "client_secret": "s",
        "key_file": "kek.pem",
        "public_url": "https://portal.test",
    }
    (tmp_path / iam_smart.CONFIGURATION).write_text(json.dumps(doc), encoding="utf-8")
    found = iam_smart.load_account(tmp_path)
    assert found is not None
    account, public_url = found
    assert (account.client_id, public_url) == ("c", "https://portal.test")
    assert account.kek().key_size == 2048
    assert "'s'" not in repr(account)


def test_everybody_who_is_simulated_is_on_a_made_up_card_as_well() -> None:
    from hardware.cards.people import PEOPLE as CARDS  # the test of tests: one cast for cards and phones

    for name, person in PEOPLE.items():
        number = f"{person['idNo']['Identification']}({person['idNo']['CheckDigit']})"
        assert number == CARDS[name].number
        assert person["chName"]["ChineseName"] == CARDS[name].name_zh
        assert person["birthDate"] == f"{CARDS[name].birth_date:%Y%m%d}"


def test_the_simulated_service_takes_no_call_that_is_not_signed() -> None:
    account, service = make_simulated("http://127.0.0.1:9", wall=Clock())
    assert isinstance(service, SimulatedIamSmart)
    assert not service.signed({"clientid": account.client_id, "signature": ""}, b"{}")
