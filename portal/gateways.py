"""Where a slip's words leave the portal: a mail server by SMTP, a gateway for text messages by HTTP.

`messages.json` in the portal's folder names them (docs/operations.md); without it none is configured and nothing is
offered. A gateway says what became of a message and nothing else; no address is ever logged.
"""

import json
import logging
import os
import smtplib
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit

from offline_queue.http import Caller, NoReply, TlsFiles
from offline_queue.slip_message import AddressFault, SlipMessage, Way, parse_email

log = logging.getLogger("portal.worker")
CONFIGURATION: Final = "messages.json"
GATEWAYS_VARIABLE: Final = "PORTAL_MESSAGES"
DEADLINE_S: Final = 15.0
LANGUAGE_TAGS: Final[Mapping[str, str]] = {"en": "en", "zh_Hant": "zh-Hant-HK", "zh_Hans": "zh-Hans-CN"}
_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Outcome(StrEnum):
    """What became of a message: `LATER` was surely not taken and may be tried again, `UNCERTAIN` may have been."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    UNCERTAIN = "uncertain"


class Gateway(Protocol):
    """One way out. `send` blocks for at most `DEADLINE_S` or so and belongs to a thread of its own."""

    def send(self, message_id: str, message: SlipMessage) -> Outcome:
        """Hand over one message; the same id again is the same message."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in; `url` is smtp://, smtp+starttls:// or smtps:// with user and password in it."""

    url: str = field(repr=False)
    sender: str
    ca: Path | None = None
    deadline_s: float = DEADLINE_S


class SmtpGateway:
    """Mail by RFC 5321, a connection for each message."""

    def __init__(self, server: MailServer) -> None:
        parts = urlsplit(server.url)
        if parts.scheme not in _PORTS or not parts.hostname or isinstance(parse_email(server.sender), AddressFault):
            raise ValueError(f"{CONFIGURATION}: an smtp URL and the address that mail comes from are needed")
        self._server = server
        self._scheme = parts.scheme
        self._host, self._port = parts.hostname, parts.port or _PORTS[parts.scheme]
        self._name = server.sender.rpartition("@")[2]  # what it says it is; the machine's own name is nobody's business
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")

    def send(self, message_id: str, message: SlipMessage) -> Outcome:
        """Hand over one message; only a "yes" after the last byte counts as sent."""
        mail = self._mail(message_id, message).as_bytes(policy=SMTP)
        watch = _Deadline(self._server.deadline_s)
        try:
            return self._converse(watch, message.to, mail)
        except (smtplib.SMTPException, OSError) as error:  # before the first byte of the message
            log.error("message %s: the mail server: %s", message_id, type(error).__name__)
            return Outcome.LATER
        finally:
            watch.end()

    def _converse(self, watch: "_Deadline", to: str, mail: bytes) -> Outcome:
        smtp = self._connected(watch)
        try:
            if self._scheme == "smtp+starttls":
                smtp.starttls(context=self._context())
            smtp.ehlo_or_helo_if_needed()
            if self._user:
                smtp.login(self._user, self._password)
            code, _ = smtp.mail(self._server.sender)
            if not _yes(code):
                return Outcome.LATER  # it is not the resident's address that is wrong
            code, _ = smtp.rcpt(to)
            if not _yes(code):
                return Outcome.REFUSED if code >= 500 else Outcome.LATER
            outcome = _data(smtp, mail)
            return Outcome.UNCERTAIN if watch.cut else outcome  # half a reply is none
        finally:
            _quit(smtp)

    def _connected(self, watch: "_Deadline") -> smtplib.SMTP:
        if self._scheme == "smtps":
            return _Encrypted(watch, self._host, self._port, self._name, self._context())
        return _Plain(watch, self._host, self._port, self._name)

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._server.ca) if self._server.ca else None)

    def _mail(self, message_id: str, message: SlipMessage) -> EmailMessage:
        """The message as RFC 5322 writes it; a header with a line break in it is a ValueError of the library's."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._server.sender, message.to, message.subject
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = f"<{message_id}@{self._server.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        mail.set_content(message.text + "\n", cte="base64")  # addresses are longer than a line of mail may be
        mail["Content-Language"] = LANGUAGE_TAGS[message.language]
        return mail


class _Deadline:
    """Ends a whole conversation: a server that answers a byte at a time never meets the pause between two."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._smtp: smtplib.SMTP | None = None
        self.cut = False
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def follow(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp

    def _cut(self) -> None:
        self.cut = True
        sock = self._smtp.sock if self._smtp else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(SHUT_RDWR)

    def end(self) -> None:
        self._timer.cancel()


class _Plain(smtplib.SMTP):
    """Watched from before its first byte."""

    def __init__(self, watch: _Deadline, host: str, port: int, name: str) -> None:
        watch.follow(self)
        super().__init__(host, port, local_hostname=name, timeout=watch.seconds)


class _Encrypted(smtplib.SMTP_SSL):
    """Watched from before its first byte, encrypted from it on."""

    def __init__(self, watch: _Deadline, host: str, port: int, name: str, context: ssl.SSLContext) -> None:
        watch.follow(self)
        super().__init__(host, port, local_hostname=name, timeout=watch.seconds, context=context)


def _data(smtp: smtplib.SMTP, mail: bytes) -> Outcome:
    """The words themselves: from here on a line that breaks leaves open whether they were taken."""
    try:
        code, _ = smtp.data(mail)
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
    except (smtplib.SMTPException, OSError):
        return Outcome.UNCERTAIN
    if _yes(code):
        return Outcome.SENT
    return Outcome.REFUSED if code >= 500 else Outcome.LATER if code >= 400 else Outcome.UNCERTAIN


def _yes(code: int) -> bool:
    """Whether a reply accepts; the library says -1 for what is no reply at all."""
    return 200 <= code < 300


def _quit(smtp: smtplib.SMTP) -> None:
    """What was answered stands, however the conversation ends."""
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


@dataclass(frozen=True)
class TextMessages:
    """A gateway for text messages: its address, the key it knows us by, and who the message says it is from."""

    url: str
    token: str = field(repr=False)
    sender: str
    ca: Path | None = None
    deadline_s: float = DEADLINE_S


class HttpSmsGateway:
    """Text messages by one HTTP call each; the interface is written down in docs/operations.md."""

    def __init__(self, gateway: TextMessages) -> None:
        parts = urlsplit(gateway.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{CONFIGURATION}: the address of the gateway for text messages is not an http one")
        self._gateway = gateway
        self._base, self._path = f"{parts.scheme}://{parts.netloc}", parts.path or "/"

    def send(self, message_id: str, message: SlipMessage) -> Outcome:
        """Hand over one message; the gateway tells doubles by the Idempotency-Key."""
        gateway = self._gateway
        headers = {
            "Authorization": f"Bearer {gateway.token}",
            "Idempotency-Key": message_id,
            "Content-Type": "application/json",
        }
        body = json.dumps({"to": message.to, "from": gateway.sender, "text": message.text}, ensure_ascii=False)
        caller = Caller(self._base, tls=TlsFiles(ca=gateway.ca))
        try:
            reply = caller.call("POST", self._path, body=body.encode(), headers=headers, deadline_s=gateway.deadline_s)
        finally:
            caller.close()
        return Outcome.LATER if isinstance(reply, NoReply) else _of_status(reply.status)


def _of_status(status: int) -> Outcome:
    """No answer, and one that says "later", are tried again: the gateway tells doubles by their key."""
    if 200 <= status < 300:
        return Outcome.SENT
    return Outcome.REFUSED if status in (400, 404, 410, 413, 422) else Outcome.LATER


def load_gateways(folder: Path) -> Mapping[Way, Gateway]:
    """The gateways that are configured, by way; ValueError or KeyError when the configuration is not in its form.

    What the environment says (a portal that simulates them tells its worker so) goes before the file.
    """
    said = os.environ.get(GATEWAYS_VARIABLE, "")
    path = folder / CONFIGURATION
    if not said and not path.is_file():
        return {}
    doc = json.loads(said or path.read_text(encoding="utf-8"))
    found: dict[Way, Gateway] = {}
    if Way.EMAIL in doc:
        mail = doc[Way.EMAIL]
        found[Way.EMAIL] = SmtpGateway(MailServer(mail["url"], mail["from"], _ca(folder, mail)))
    if Way.SMS in doc:
        sms = doc[Way.SMS]
        found[Way.SMS] = HttpSmsGateway(TextMessages(sms["url"], sms["token"], sms["from"], _ca(folder, sms)))
    unknown = doc.keys() - {way.value for way in Way}
    if unknown:
        raise ValueError(f"{CONFIGURATION}: {', '.join(sorted(unknown))} is no way to send a slip")
    return found


def _ca(folder: Path, table: Mapping[str, Any]) -> Path | None:
    return folder / table["ca"] if table.get("ca") else None
