"""A slip on its way to a mailbox or a telephone: the ways, the addresses, what is sealed for the portal. Pure.

It holds what the slip shows and no more, in words; nothing can be attached. Only numbers of Hong Kong, the Mainland and
Macao are taken: messages to other countries are what fraud by text message lives on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from offline_queue.envelope import Json, Malformed, Payload

LONGEST_SUBJECT: Final = 120
MOST_CODES: Final = 8
LANGUAGES: Final = ("en", "zh_Hant", "zh_Hans")
_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL: Final = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9])")
_LONGEST_LOCAL, _LONGEST_EMAIL = 64, 254  # RFC 5321 4.5.3.1.1, and RFC 3696 erratum 1690
_SPACES: Final = re.compile(r"[ ().-]")
_KNOWN_COUNTRY: Final = re.compile(r"\+(852|853|86)(\d+)")
_MOBILE: Final = {"852": r"[4-9]\d{7}", "853": r"6\d{7}", "86": r"1[3-9]\d{9}"}
_LANDLINE: Final = {"852": r"[23]\d{7}", "853": r"[28]\d{7}", "86": r"0?[2-9]\d{8,10}|10\d{8}"}


class Way(StrEnum):
    """How a slip is sent; the value is the contract's word."""

    EMAIL = "email"
    SMS = "sms"

    @property
    def service(self) -> str:
        """What stands as the service in the header of the sealed message."""
        return f"slip-by-{self}"

    @property
    def longest_text(self) -> int:
        """The most characters of a text; 1,000 in Chinese are fifteen parts of a text message."""
        return 8_000 if self is Way.EMAIL else 1_000


class Progress(StrEnum):
    """How far a message is: `waiting` is tried again, `uncertain` may have gone out, all but `waiting` are final."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class AddressFault:
    """Why nothing can be sent to what was typed; the screens' texts are `send.problem.<code>`."""

    code: str


@dataclass(frozen=True)
class SlipMessage:
    """One message: its text holds every one of `codes`, the signed addresses that prove the slip."""

    way: Way
    to: str = field(repr=False)
    language: str
    subject: str
    text: str = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)


def parse_address(way: Way, text: str) -> str | AddressFault:
    """The address in its one form (an e-mail address, or +852… without spaces), or why it cannot be one."""
    return parse_email(text) if way is Way.EMAIL else parse_mobile(text)


def parse_email(text: str) -> str | AddressFault:
    """An address of plain letters (RFC 5321 Mailbox without quoted strings and address literals).

    Faults: email_letters, email_form.
    """
    text = text.strip(" ")
    if not text.isascii():
        return AddressFault("email_letters")
    found = _EMAIL.fullmatch(text)
    if found is None or len(found[1]) > _LONGEST_LOCAL or len(text) > _LONGEST_EMAIL:
        return AddressFault("email_form")
    return f"{found[1]}@{found[2].lower()}"


def parse_mobile(text: str) -> str | AddressFault:
    """A mobile number with its country; eight digits alone are of Hong Kong, eleven that begin with 1 of the Mainland.

    Faults: mobile_form, mobile_landline, mobile_country.
    """
    number = _SPACES.sub("", text.strip(" "))
    if not number.isascii() or not re.fullmatch(r"\+?\d{6,15}", number):
        return AddressFault("mobile_form")
    whole = _with_country(number)
    found = _KNOWN_COUNTRY.fullmatch(whole)
    if found is None:
        return AddressFault("mobile_country" if whole.startswith("+") else "mobile_form")
    if re.fullmatch(_MOBILE[found[1]], found[2]):
        return whole
    return AddressFault("mobile_landline" if re.fullmatch(_LANDLINE[found[1]], found[2]) else "mobile_form")


def _with_country(number: str) -> str:
    if number.startswith("+"):
        return number
    if number.startswith("00"):
        return "+" + number[2:]
    if len(number) == 8:
        return "+852" + number
    if len(number) == 11 and number.startswith("1"):
        return "+86" + number
    return "+" + number if re.fullmatch(r"852\d{8}|853\d{8}|861\d{10}", number) else number


def payload_of(message: SlipMessage, catalogue_version: str) -> Payload:
    """What is sealed for the portal."""
    codes: list[Json] = list(message.codes)
    return Payload(
        service=message.way.service,
        catalogue_version=catalogue_version,
        language=message.language,
        answers={"to": message.to, "subject": message.subject, "text": message.text, "codes": codes},
        consent={},
    )


def message_in(payload: Payload) -> SlipMessage | Malformed:
    """The message in an opened payload; nothing of it is believed before it is checked. Malformed: message."""
    way = next((each for each in Way if each.service == payload.service), None)
    answers = payload.answers
    to, subject, text, codes = (answers.get(name) for name in ("to", "subject", "text", "codes"))
    if way is None or payload.attachments or payload.language not in LANGUAGES:
        return Malformed("message")
    if not (isinstance(to, str) and isinstance(subject, str) and isinstance(text, str) and isinstance(codes, list)):
        return Malformed("message")
    known = tuple(code for code in codes if isinstance(code, str))
    found = SlipMessage(way, to, payload.language, subject, text, known)
    return found if len(known) == len(codes) and _right(found) else Malformed("message")


def _right(message: SlipMessage) -> bool:
    return (
        parse_address(message.way, message.to) == message.to
        and 0 < len(message.subject) <= LONGEST_SUBJECT
        and message.subject.isprintable()
        and 0 < len(message.text) <= message.way.longest_text
        and all(line.isprintable() for line in message.text.split("\n"))
        and 0 < len(message.codes) <= MOST_CODES
        and all(code and code in message.text for code in message.codes)
    )
