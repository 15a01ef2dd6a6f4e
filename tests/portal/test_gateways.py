"""Mail and text messages leave by real protocols: a mail server of the standard library's, and servers that fail."""

from __future__ import annotations

import socket
import socketserver
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from email import message_from_string
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import trustme

from offline_queue.slip_message import SlipMessage, Way
from portal.gateways import (
    HttpSmsGateway,
    MailServer,
    Outcome,
    SmtpGateway,
    TextMessages,
    load_gateways,
)
from tests.offline_queue.samples import eventually

CODE = "https://portal.example/verify?c=" + "A" * 250
CHINESE = f"收據\nTB1 2611 0001 J\n敬老 㗎 𨋢\n.\n..兩點\n{CODE}"
MESSAGE = SlipMessage(Way.EMAIL, "chan@example.org", "zh_Hant", "收據 TB1 2611 0001 J", CHINESE, (CODE,))
SENDER = "slips@portal.example"


def gateway(port: int, *, deadline_s: float = 5.0, url: str = "") -> SmtpGateway:
    return SmtpGateway(MailServer(url or f"smtp://127.0.0.1:{port}", SENDER, deadline_s=deadline_s))


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def debugging_server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Python's own mail server in a process of its own; it writes down what it was given."""
    port, printed = free_port(), tmp_path / "mail.txt"
    address = f"127.0.0.1:{port}"
    command = [sys.executable, "-u", "-W", "ignore", "-m", "smtpd", "-n", "-c", "DebuggingServer", address]
    with printed.open("wb") as out:
        process = subprocess.Popen(command, stdout=out)
        try:
            eventually(lambda: _answers(port), within_s=20)
            yield port, printed
        finally:
            process.terminate()
            process.wait(timeout=10)


def _answers(port: int) -> bool:
    try:
        with closing(socket.create_connection(("127.0.0.1", port), 1)) as found:
            return found.recv(3) == b"220"
    except OSError:
        return False


def written(printed: Path) -> str:
    """What the server was given, without its own marks (it prints lines of bytes)."""
    lines = printed.read_text().splitlines()
    return "\n".join(eval(line).decode() for line in lines if line[:2] in ("b'", 'b"'))  # noqa: S307 - our own process


def test_a_real_mail_server_gets_the_slip_as_it_was_written(debugging_server: tuple[int, Path]) -> None:
    port, printed = debugging_server
    assert gateway(port).send("0193-id", MESSAGE) is Outcome.SENT
    eventually(lambda: "END MESSAGE" in printed.read_text())
    mail = message_from_string(written(printed), policy=default)
    assert (mail["To"], mail["From"], mail["Subject"]) == ("chan@example.org", SENDER, MESSAGE.subject)
    assert mail["Message-ID"] == "<0193-id@portal.example>"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "zh-Hant-HK")
    assert not list(mail.iter_attachments())
    assert mail.get_content().strip() == CHINESE


# ---- servers that fail ----


class Script(socketserver.StreamRequestHandler):
    """Answers each verb as the test says; what it does after the last byte of the mail is the point."""

    answers: ClassVar[dict[str, str]] = {}
    after_data = "250 taken"
    heard: ClassVar[list[bytes]] = []

    def handle(self) -> None:
        if self.after_data == "(drip at once)":
            self._drip()
            return
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            verb = line[:4].decode().upper().strip()
            self.heard.append(line)
            answer = self.answers.get(verb, "250 ok")
            if answer == "(hang up)":
                return
            if verb == "DATA" and answer == "250 ok":
                self._data()
                continue
            self.wfile.write(answer.encode() + b"\r\n")
            if verb == "QUIT":
                return

    def _data(self) -> None:
        self.wfile.write(b"354 go on\r\n")
        while self.rfile.readline().rstrip() != b".":
            pass
        if self.after_data == "(drip)":
            self._drip()
            return
        if self.after_data == "(hang up)":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.wfile.write(self.after_data.encode() + b"\r\n")

    def _drip(self) -> None:
        """A byte now and then, and never a line."""
        while True:
            try:
                self.wfile.write(b"2")
            except OSError:
                return
            threading.Event().wait(0.05)


@contextmanager
def mail_server(
    after_data: str = "250 taken", tls: ssl.SSLContext | None = None, **answers: str
) -> Iterator[tuple[int, list[bytes]]]:
    handler = type("Scripted", (Script,), {"answers": answers, "after_data": after_data, "heard": []})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1]), handler.heard  # type: ignore[attr-defined]
        server.shutdown()


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({}, Outcome.SENT),
        ({"RCPT": "550 no such mailbox"}, Outcome.REFUSED),
        ({"RCPT": "450 try later"}, Outcome.LATER),
        ({"MAIL": "550 not you"}, Outcome.LATER),
        ({"EHLO": "500 what", "HELO": "500 what"}, Outcome.LATER),
        ({"DATA": "451 later"}, Outcome.LATER),
        ({"DATA": "554 never"}, Outcome.REFUSED),
        ({"RCPT": "(hang up)"}, Outcome.LATER),
        ({"MAIL": "garbage"}, Outcome.LATER),
        ({"QUIT": "(hang up)"}, Outcome.SENT),
    ],
)
def test_before_the_words_every_failure_is_told_for_what_it_is(answers: dict[str, str], outcome: Outcome) -> None:
    with mail_server(**answers) as (port, _):
        assert gateway(port).send("id", MESSAGE) is outcome


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        ("250 taken", Outcome.SENT),
        ("452 full", Outcome.LATER),
        ("554 looks bad", Outcome.REFUSED),
        ("(hang up)", Outcome.UNCERTAIN),
        ("garbage", Outcome.UNCERTAIN),
        ("(drip)", Outcome.UNCERTAIN),
    ],
)
def test_after_the_words_a_lost_answer_is_uncertain_and_never_sent(after: str, outcome: Outcome) -> None:
    with mail_server(after) as (port, _):
        assert gateway(port, deadline_s=0.5 if after == "(drip)" else 5.0).send("id", MESSAGE) is outcome


def test_a_server_that_is_not_there_is_tried_later() -> None:
    assert gateway(free_port()).send("id", MESSAGE) is Outcome.LATER


def test_a_server_that_takes_the_line_and_says_nothing_is_left_at_the_deadline() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:
        assert gateway(mute.getsockname()[1], deadline_s=0.3).send("id", MESSAGE) is Outcome.LATER


def test_a_greeting_that_never_ends_is_left_at_the_deadline() -> None:
    with mail_server("(drip at once)") as (port, _):
        assert gateway(port, deadline_s=0.3).send("id", MESSAGE) is Outcome.LATER


def test_a_password_is_not_said_to_a_server_without_encryption_that_was_asked_for_it() -> None:
    with mail_server(STAR="454 no TLS here") as (port, heard):
        sender = gateway(0, url=f"smtp+starttls://user:secret@127.0.0.1:{port}")
        assert sender.send("id", MESSAGE) is Outcome.LATER
    assert not any(b"AUTH" in line for line in heard)


def test_an_encrypted_server_is_believed_by_its_certificate_only(tmp_path: Path) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with mail_server(tls=tls) as (port, heard):
        known = MailServer(f"smtps://127.0.0.1:{port}", SENDER, tmp_path / "ca.pem")
        assert SmtpGateway(known).send("id", MESSAGE) is Outcome.SENT
        heard.clear()
        assert SmtpGateway(replace(known, ca=None)).send("id", MESSAGE) is Outcome.LATER
        assert heard == []


def test_nothing_that_fails_is_logged_with_the_address(caplog: pytest.LogCaptureFixture) -> None:
    with mail_server(RCPT="(hang up)") as (port, _):
        gateway(port).send("id", MESSAGE)
    assert "id" in caplog.text
    assert "chan" not in caplog.text


# ---- text messages ----


class Gateway(BaseHTTPRequestHandler):
    status = 202
    heard: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, dict(self.headers), body))
        self.send_response(self.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.SENT),
        (202, Outcome.SENT),
        (302, Outcome.LATER),
        (400, Outcome.REFUSED),
        (401, Outcome.LATER),
        (422, Outcome.REFUSED),
        (429, Outcome.LATER),
        (500, Outcome.LATER),
        (503, Outcome.LATER),
    ],
)
def test_a_text_message_is_one_call_with_a_key_against_doubles(status: int, outcome: Outcome) -> None:
    handler = type("Scripted", (Gateway,), {"status": status, "heard": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/v1/messages"
        message = replace(MESSAGE, way=Way.SMS, to="+85251234567")
        assert HttpSmsGateway(TextMessages(url, "token-1", "KIOSK")).send("id-1", message) is outcome
        server.shutdown()
    [(path, headers, body)] = handler.heard  # type: ignore[attr-defined]
    assert path == "/v1/messages"
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer token-1", "id-1")
    assert "㗎".encode() in body
    assert b'"+85251234567"' in body


def test_a_gateway_that_is_not_there_is_tried_later() -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    assert HttpSmsGateway(TextMessages(url, "t", "KIOSK")).send("id", MESSAGE) is Outcome.LATER


# ---- what is configured ----


def test_without_a_configuration_there_is_no_gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_MESSAGES", raising=False)
    assert load_gateways(tmp_path) == {}


def test_each_way_is_configured_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_MESSAGES", raising=False)
    (tmp_path / "messages.json").write_text('{"sms": {"url": "https://g.example/m", "token": "t", "from": "K"}}')
    assert load_gateways(tmp_path).keys() == {Way.SMS}


@pytest.mark.parametrize(
    "text",
    [
        '{"email": {"url": "http://mail.example", "from": "a@b.example"}}',
        '{"email": {"url": "smtp://mail.example", "from": "nobody"}}',
        '{"email": {"url": "smtp://", "from": "a@b.example"}}',
        '{"sms": {"url": "ftp://g.example", "token": "t", "from": "K"}}',
        '{"fax": {}}',
        "{",
    ],
)
def test_a_configuration_out_of_its_form_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.delenv("PORTAL_MESSAGES", raising=False)
    (tmp_path / "messages.json").write_text(text)
    with pytest.raises(ValueError):  # noqa: PT011 - any sentence of it
        load_gateways(tmp_path)


def test_no_password_or_token_is_in_a_representation() -> None:
    assert "secret" not in repr(MailServer("smtp://user:secret@mail.example", SENDER))
    assert "secret" not in repr(TextMessages("https://g.example", "secret", "K"))
