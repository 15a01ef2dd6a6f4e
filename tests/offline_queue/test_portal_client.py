"""Whoever answers instead of the portal, and however: nothing counts, and every call ends in time."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from offline_queue.envelope import StatementKey, answer_header, answer_message
from offline_queue.http import TlsFiles
from offline_queue.portal_client import Deadlines, Hello, Kind, PortalClient, Trouble
from tests.offline_queue import bad_servers
from tests.offline_queue.bad_servers import Behaviour, serving
from tests.offline_queue.samples import Bench

PORTAL = StatementKey.generate()
KEYS = {PORTAL.key_id: PORTAL.public_bytes}
QUICK = Deadlines(call_s=0.6, connect_s=0.5)


def client(url: str, tls: TlsFiles | None = None) -> PortalClient:
    return PortalClient(url, receipt_keys=KEYS, deadlines=QUICK, tls=tls)


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (bad_servers.CAPTIVE, "not_the_portal"),
        (bad_servers.UNSIGNED_JSON, "not_the_portal"),
        (bad_servers.REDIRECT, "redirected"),
        (bad_servers.BOMB, "encoded"),
        (bad_servers.says("200 OK", bytes(70_000)), "oversized"),
        (bad_servers.says("500 Oops", b"{}"), "not_the_portal"),
        (bad_servers.says("422 No", b'{"code":"malformed"}'), "not_the_portal"),
        (bad_servers.says("401 No", b'{"code":"unknown_device"}'), "not_the_portal"),
        (bad_servers.garbage, "unreachable"),
        (bad_servers.hangs_up, "unreachable"),
        (bad_servers.resets, "unreachable"),
        (bad_servers.endless_body, "oversized"),
        (bad_servers.cut_body, "cut_off"),
        (bad_servers.nothing, "too_late"),
        (bad_servers.slow_headers, "too_late"),
        (bad_servers.slow_body, "too_late"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_an_answer_that_the_portal_did_not_sign_is_a_line_that_is_down(behaviour: Behaviour, code: str) -> None:
    with serving(behaviour) as url:
        began = time.monotonic()
        caller = client(url)
        for outcome in (caller.hello(), caller.deliver(Bench().sealed())):
            assert isinstance(outcome, Trouble)
            assert outcome.kind is Kind.OFFLINE
            assert outcome.code == code
        assert time.monotonic() - began < 25, "whoever waited for the whole answer would wait for ever"
        caller.close()


def test_nobody_at_the_address_is_a_line_that_is_down() -> None:
    caller = client("http://127.0.0.1:1")
    assert caller.hello() == Trouble(Kind.OFFLINE, "unreachable")
    caller.close()


def signed(status: int, body: bytes, *, replayed: bool = False, extra: str = "") -> Behaviour:
    """A portal that signs this answer, for the asker's nonce or for another's."""

    def answer(connection: socket.socket) -> None:
        raw = bad_servers._request(connection).decode("latin-1")
        method, path, _ = raw.split(" ", 2)
        nonce = next(line.split(": ")[1] for line in raw.split("\r\n") if line.lower().startswith("kiosk-nonce"))
        message = answer_message(nonce="old" if replayed else nonce, method=method, path=path, status=status, body=body)
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{extra}"
        head += f"Portal-Signature: {answer_header(message, PORTAL)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    return answer


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, b'{"code":"malformed"}', Trouble(Kind.POISON, "malformed")),
        (409, b'{"code":"conflict"}', Trouble(Kind.POISON, "conflict")),
        (409, b'{"code":"chunks_missing"}', Trouble(Kind.BUSY, "chunks_missing")),
        (422, b'{"code":"digest_mismatch"}', Trouble(Kind.POISON, "digest_mismatch")),
        (401, b'{"code":"unknown_device"}', Trouble(Kind.REFUSED, "unknown_device")),
        (403, b'{"code":"revoked_device"}', Trouble(Kind.REFUSED, "revoked_device")),
        (404, b'{"code":"not_found"}', Trouble(Kind.BUSY, "not_found")),
        (503, b'{"code":"busy"}', Trouble(Kind.BUSY, "busy")),
        (200, b"[]", Trouble(Kind.OFFLINE, "unreadable")),
        (200, b"not json", Trouble(Kind.OFFLINE, "unreadable")),
        (200, b"{}", Trouble(Kind.OFFLINE, "unreadable")),
    ],
)
def test_a_signed_refusal_says_what_to_do_next(status: int, body: bytes, expected: Trouble) -> None:
    with serving(signed(status, body)) as url:
        caller = client(url)
        assert caller.deliver(Bench().sealed()) == expected
        caller.close()


@pytest.mark.parametrize(("asked", "kept"), [("3600", 900.0), ("0", 1.0), ("20", 20.0), ("soon", None), ("-5", None)])
def test_the_wait_a_portal_asks_for_is_held_to_a_quarter_of_an_hour(asked: str, kept: float | None) -> None:
    with serving(signed(429, b'{"code":"too_many"}', extra=f"Retry-After: {asked}\r\n")) as url:
        caller = client(url)
        assert caller.hello() == Trouble(Kind.BUSY, "too_many", kept)
        caller.close()


def test_an_old_signed_answer_replayed_does_not_count() -> None:
    body = b'{"time":"2026-11-22T12:00:00Z","limits":{"inline_bytes":65536}}'
    with serving(signed(200, body)) as url:
        caller = client(url)
        assert isinstance(caller.hello(), Hello)
        caller.close()
    with serving(signed(200, body, replayed=True)) as url:
        caller = client(url)
        assert caller.hello() == Trouble(Kind.OFFLINE, "not_the_portal")
        caller.close()


def test_proxies_and_certificates_from_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    with serving(signed(200, b'{"time":"2026-11-22T12:00:00Z","limits":{"inline_bytes":1}}')) as url:
        caller = client(url)
        assert isinstance(caller.hello(), Hello)
        caller.close()


def test_a_call_in_another_thread_can_be_interrupted_at_once() -> None:
    with serving(bad_servers.nothing) as url:
        caller = PortalClient(url, receipt_keys=KEYS, deadlines=Deadlines(call_s=60))
        outcomes: list[object] = []
        thread = threading.Thread(target=lambda: outcomes.append(caller.hello()))
        thread.start()
        deadline = time.monotonic() + 30
        while thread.is_alive() and time.monotonic() < deadline:
            caller.interrupt()
            thread.join(0.02)
        assert outcomes == [Trouble(Kind.OFFLINE, "too_late")]
        caller.close()


def test_after_an_interrupt_no_further_call_begins() -> None:
    with serving(bad_servers.nothing) as url:
        caller = PortalClient(url, receipt_keys=KEYS, deadlines=Deadlines(call_s=60))
        caller.interrupt()
        began = time.monotonic()
        assert caller.hello() == Trouble(Kind.OFFLINE, "too_late")
        assert time.monotonic() - began < 30, "its own deadline is 60 s"
        caller.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> TlsFiles:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return TlsFiles(ca=tmp_path / "ca.pem")


def over_tls(certificate: trustme.LeafCert, behaviour: Behaviour) -> Behaviour:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    def answer(connection: socket.socket) -> None:
        with suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as wrapped:
            behaviour(wrapped)

    return answer


@pytest.fixture
def stalled_handshake() -> Iterator[str]:
    with serving(bad_servers.nothing) as url:
        yield url.replace("http:", "https:")


def test_a_certificate_by_the_trusted_authority_is_taken(authority: trustme.CA, trusted: TlsFiles) -> None:
    hello = signed(200, b'{"time":"2026-11-22T12:00:00Z","limits":{"inline_bytes":1}}')
    with serving(over_tls(authority.issue_cert("127.0.0.1"), hello)) as url:
        caller = client(url.replace("http:", "https:"), trusted)
        assert isinstance(caller.hello(), Hello)
        caller.close()


@pytest.mark.parametrize("fault", ["unknown_authority", "wrong_host"])
def test_a_server_that_cannot_prove_its_name_is_not_trusted(
    authority: trustme.CA, trusted: TlsFiles, fault: str
) -> None:
    leaf = trustme.CA().issue_cert("127.0.0.1") if fault == "unknown_authority" else authority.issue_cert("other.test")
    with serving(over_tls(leaf, bad_servers.CAPTIVE)) as url:
        caller = client(url.replace("http:", "https:"), trusted)
        assert caller.hello() == Trouble(Kind.UNTRUSTED, "tls")
        caller.close()


def test_a_stalled_handshake_and_a_slow_body_over_tls_end_at_the_deadline(
    authority: trustme.CA, trusted: TlsFiles, stalled_handshake: str
) -> None:
    caller = client(stalled_handshake, trusted)
    assert caller.hello() == Trouble(Kind.OFFLINE, "too_late")
    caller.close()
    with serving(over_tls(authority.issue_cert("127.0.0.1"), bad_servers.slow_body)) as url:
        caller = client(url.replace("http:", "https:"), trusted)
        assert caller.hello() == Trouble(Kind.OFFLINE, "too_late")
        caller.close()
