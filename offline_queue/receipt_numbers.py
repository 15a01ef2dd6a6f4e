"""Receipt numbers as people read and type them: `TB1 2611 0457 K` (kiosk, year and month, counter, check letter)."""

import re
from typing import Final

# 23 letters (a prime) without I, O and Q, which people take for 1 and 0.
_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_FORM: Final = re.compile(r"([A-Z][A-Z0-9]{2})(\d{4})(\d{4,6})([A-Z])")
KIOSK_CODE: Final = re.compile(r"[A-Z][A-Z0-9]{2}")


def check_letter(body: str) -> str:
    """The letter that catches any one mistyped digit and any two neighbours swapped."""
    total = sum(weight * int(sign, 36) for weight, sign in enumerate(reversed(body), start=2))
    return _LETTERS[total % len(_LETTERS)]


def receipt_number(kiosk_code: str, year_month: str, counter: int) -> str:
    """The number in its printed form; `year_month` is four digits such as "2611"."""
    digits = f"{counter:04d}"
    return f"{kiosk_code} {year_month} {digits} {check_letter(kiosk_code + year_month + digits)}"


def parse_receipt_number(text: str) -> str | None:
    """The printed form of a typed number, spaces and case forgiven; None when it cannot be right."""
    bare = re.sub(r"[\s\-]", "", text).upper()
    found = _FORM.fullmatch(bare)
    if found is None or check_letter(bare[:-1]) != bare[-1]:
        return None
    return " ".join(found.groups())
