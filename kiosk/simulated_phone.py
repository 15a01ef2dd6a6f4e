"""A made-up resident's phone, for demonstrations and tests: it opens the address of a code and answers there.

It speaks to the pages of the portal and of the simulated iAM Smart over HTTP, as a browser on a phone does.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final
from urllib.parse import urljoin

import requests

_TIMEOUT_S: Final = 10.0
_NUMBER: Final = re.compile(r'class="number">(\d{4})<')
_LINK: Final = re.compile(r'href="([^"]+getQR[^"]+)"')
_HIDDEN: Final = re.compile(r'name="(redirectURI|state)" value="([^"]*)"')


class PhoneError(Exception):
    """The pages were not what a phone expects; the text says which."""


class SimulatedPhone:
    """One phone at one code. `scan` shows the number; `answer` agrees as a made-up person, or refuses."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = requests.Session()
        self._session.trust_env = False
        self._sign_in = ""

    def scan(self) -> str:
        """Open the code's page; the number that it shows."""
        text = self._session.get(self._address, timeout=_TIMEOUT_S).text
        number, link = _NUMBER.search(text), _LINK.search(text)
        if number is None or link is None:
            raise PhoneError("the code's page shows no number")
        self._sign_in = urljoin(self._address, unescape(link[1]))
        return number[1]

    def answer(self, wish: str = "approve", person: str = "elder") -> None:
        """In iAM Smart: `approve` as this made-up person, `reject`, or `cancel`."""
        if not self._sign_in:
            self.scan()
        form = self._session.get(self._sign_in, timeout=_TIMEOUT_S)
        fields = {name: unescape(value) for name, value in _HIDDEN.findall(form.text)}
        if len(fields) != 2:
            raise PhoneError("only the simulated iAM Smart can be answered here")
        target = urljoin(self._sign_in, "/simulated-iam-smart/answer")
        done = self._session.post(target, data={**fields, "person": person, "answer": wish}, timeout=_TIMEOUT_S)
        self._session.close()
        if done.status_code != 200:
            raise PhoneError(f"the phone was told {done.status_code}")
