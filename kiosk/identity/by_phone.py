"""The part of a visit in which the resident signs in with a phone; all of it is wiped with the visit."""

from __future__ import annotations

from dataclasses import replace

from kiosk.identity.phone import PhoneCode, PhoneEntry, PhoneMoment


class ByPhone:
    """The code that is shown and what the phone gave."""

    direction: int
    phone: PhoneEntry | None
    by_phone: bool

    def forget_phone(self) -> None:
        """Wipe the code, what the phone gave, and the page that shows it."""
        self.phone, self.by_phone = None, False

    def sign_in_by_phone(self) -> None:
        """Touch "iAM Smart"."""
        self.phone, self.by_phone, self.direction = None, True, 1

    def phone_code(self, code: PhoneCode, monotonic: float) -> None:
        """The portal gave a code: show it."""
        self.phone = PhoneEntry(code, monotonic)

    def phone_moment(self, moment: PhoneMoment) -> None:
        """How far the sign-in is now."""
        if self.phone is not None:
            self.phone = replace(self.phone, moment=moment)

    def turn_phone_answer(self, fact: str) -> None:
        """Touch one of the offered answers: leave it out, or take it again."""
        if self.phone is not None:
            self.phone = self.phone.turned(fact)
