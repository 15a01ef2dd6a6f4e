"""Somebody who cannot see the screen: presses keys of the keypad, and knows only what the voice said.

What it answers are the made-up answers of a rehearsal, by the question's words; where it is, what there is to press and
what came of it, it learns from the utterances alone.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from hardware.voice import SimulatedVoice
from kiosk.catalogue import Fact, Language
from kiosk.session import CHOICE_TYPES
from kiosk.speech import spoken
from screens.glass import wait_until
from screens.models.typing import DIGITS, LETTERS
from screens.rehearsal import Resident
from tests.screens.conftest import Counter

LONGEST = 150
"""Things on one page before somebody gives up."""
ROWS = {
    char: (number, at) for rows in (LETTERS, DIGITS) for number, row in enumerate(rows) for at, char in enumerate(row)
}
PADS = {char: (number, at) for number, row in enumerate(("123", "456", "789", " 0 ")) for at, char in enumerate(row)}


class LostError(AssertionError):
    """The listener did not find what it needed; the text is what it heard last."""


@dataclass
class Listener:
    """One visit by ear."""

    counter: Counter
    language: Language
    service: str
    lines: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    waits: int = 0

    def __post_init__(self) -> None:
        self.resident = Resident(self.counter.screens, self.counter.stage, service=self.service, language=self.language)
        voice = self.counter.kiosk.devices.voice
        assert isinstance(voice, SimulatedVoice)
        voice.forget()
        self.voice = voice
        ticks = itertools.count(step=10.0)
        self.counter.screens.keypad.monotonic = lambda: next(ticks)
        self.keys = self.counter.kiosk.config.keypad

    # ---- ears and fingers ----

    def text(self, key: str, **values: object) -> str:
        """A text as this voice says it."""
        return spoken(self.resident.say(key, **values), self.language)

    def press(self, name: str) -> str:
        """Press a key of the keypad; gives what was said at once, or ""."""
        before = len(self.voice.said)
        code = Qt.Key[f"Key_{getattr(self.keys, name)}"]
        event = QKeyEvent(QEvent.Type.KeyPress, code, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(self.counter.screens.window, event)
        return self.voice.said[-1].text if len(self.voice.said) > before else ""

    def listen(self, timeout_s: float = 5.0) -> str:
        """Wait for the voice to say something by itself; gives all of it."""
        before = len(self.voice.said)
        wait_until(lambda: len(self.voice.said) > before, timeout_s)
        return ". ".join(utterance.text for utterance in list(self.voice.said)[before:])

    def read(self) -> list[str]:
        """Go down the whole page, from its title to Leave (or round, on a page without it)."""
        self.lines = []
        self.press("up")  # so that what the cursor stands on is heard too
        leave = f"{self.text('bar.leave')}, {self.text('guide.button')}"
        for _ in range(LONGEST):
            line = self.press("down")
            if self.lines and line == self.lines[0] and len(self.lines) > 3:
                break
            self.lines.append(line)
            if line == leave and len(self.lines) > 1:
                break
        else:
            raise LostError(f"the page does not end: {self.lines}")
        return self.lines

    def go(self, line: str) -> None:
        """Move from control to control until this line is heard."""
        for _ in range(LONGEST):
            if self.press("move") == line:
                return
        raise LostError(f"{line!r} was not found again")

    def use(self, line: str) -> None:
        """Go there and press OK; then hear what comes of it."""
        self.go(line)
        self.press("ok")
        self.listen(2.0)

    # ---- what is on the page, by its words ----

    def button(self, *keys: str) -> str:
        """The first of these buttons that was heard, or ""."""
        for key in keys:
            name = self.text(key)
            for line in self.lines:
                if line == f"{name}, {self.text('guide.button')}":
                    return line
        return ""

    def starting(self, name: str) -> str:
        """The first usable line that begins with these words."""
        for line in self.lines:
            if line.startswith(name) and self.text("guide.not_now") not in line:
                return line
        return ""

    # ---- a visit ----

    def visit(self) -> None:
        """From the first screen to the end of the visit."""
        self.press("headset_in")
        self.listen()
        for _ in range(120):
            self.read()
            if not self.act():
                self.read()  # the slip, from end to end
                return
        raise LostError(f"no end after 120 pages: {self.lines}")

    def act(self) -> bool:
        """Do what the page asks for; False when there is nothing more to do."""
        for doing in (self._greet, self._find_service, self._answer, self._photograph, self._hold, self._go_on):
            if doing():
                return True
        if self.button("slip.finish"):
            return False
        self.waits += 1  # perhaps something is still being waited for
        if self.waits > 15:
            raise LostError(f"nothing to do here: {self.lines}")
        self.listen(1.5)
        return True

    def _greet(self) -> bool:
        hello = self.starting(spoken(f"{self.resident.say('site.hello')} {self.resident.say('site.language')}", "en"))
        hello = hello or self.starting(self.text("site.hello"))
        if not hello:
            return False
        self.use(hello)
        return True

    def _find_service(self) -> bool:
        listing = self.counter.kiosk.catalogue.listing
        row = next(row for row in listing if row.id == self.service)
        category = self.button(f"category.{row.category}")
        on_home = self.starting(self.text("home.search") + ",") or category
        if on_home or (self.button("overlay.more") and not self.button("bar.back", "bar.next")):
            count = sum(other.side == row.side for other in listing)
            tab = self.starting(self.text(f"home.side_{row.side}", count=count))
            if self.text("guide.not_chosen") in tab:
                self.use(tab)
                return True
            way = category or self.button("overlay.more", "overlay.first")
            if way:
                self.use(way)
            return way != ""
        name = self.starting(spoken(row.names[self.language], self.language))
        if name.endswith(self.text("guide.button")) and not self.button("checklist.start"):
            self.use(name)
            return True
        more = self.starting(self.text("overlay.more"))
        if more and not self.button("bar.next", "checklist.start") and self.resident.stage.session.flow is None:
            self.use(more)
            return True
        return False

    def _answer(self) -> bool:
        """Every question of the page that is not answered yet."""
        session = self.counter.stage.session
        step, flow = session.step, session.flow
        if step is None or flow is None:
            return False
        known = self.resident
        answers = known._answers_for(flow, step) if session.entry is None else known._entry_for(flow, step)
        acted = False
        for fact in session.fields() if session.page in ("Form", "Choice") else ():
            key = f"{step.id}/{session.entry.id if session.entry else ''}/{fact.id}"
            wanted = key not in self.done and answers.get(fact.id) is not None and not session.locked(fact.id)
            if wanted and self._answer_one(fact, answers[fact.id]):
                self.done.add(key)
                acted = True
        return acted

    def _answer_one(self, fact: Fact, value: object) -> bool:
        """Answer one question; False when it was not heard on this page (yet)."""
        if fact.type in CHOICE_TYPES:
            choice = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
            label = fact.choice_key(choice) if fact.type == "choice" else f"review.{choice}"
            line = next((line for line in self.lines if line.startswith(f"{self.text(label)}, ")), "")
            if self.text("guide.not_chosen") in line:
                self.use(line)
            return line != ""
        field_line = next((line for line in self.lines if line.startswith(self.text(fact.label_key))), "")
        if not field_line:
            return False
        self.use_field(field_line)
        for char in self.resident._as_typed(value):
            self.type_char(char)
        return True

    def use_field(self, line: str) -> None:
        """OK on a field leads to the keyboard; letters are chosen where it begins with Chinese."""
        label = line.split(",")[0]
        for _ in range(LONGEST):
            if self.press("move").startswith(label):
                break
        self.key = self.press("ok")
        self.pad = self.key == spoken("1", self.language)
        method = self.text("typing.method")
        if self.pad or self.key == "Q":
            return
        first = self.key
        if self.seek(lambda said: said.startswith(method) or said == first).startswith(method):
            self.press("ok")
            self.seek(lambda said: said == self.text("typing.latin"))
            self.press("ok")

    def seek(self, found: object) -> str:
        heard = []
        for _ in range(LONGEST):
            heard.append(self.press("move"))
            if found(heard[-1]):  # type: ignore[operator]
                self.key = heard[-1]
                return self.key
        raise LostError(f"the key was not found among {sorted(set(heard))}")

    def type_char(self, char: str) -> None:
        """Find one key, by the arrows where the layout is known, and press it."""
        said = (
            {self.text("key.space")} if char == " " else {spoken(c, self.language) for c in char.upper() + char.lower()}
        )
        for _ in range(40):
            if self.key in said:
                break
            if not self._nearer(char):
                if not self._switch_side(char):
                    self.seek(lambda heard: heard in said)
                break
        self.press("ok")

    def _nearer(self, char: str) -> bool:
        """One arrow nearer to a key of the rows that are known; False when that does not help."""
        table = PADS if self.pad else ROWS
        if char.lower() not in table or self._char_of(self.key) not in table:
            return False
        here, there = table[self._char_of(self.key)], table[char.lower()]
        if table is ROWS and (char.isalpha() != self._char_of(self.key).isalpha()):
            return False
        if here[0] != there[0]:
            heard = self.press("down" if there[0] > here[0] else "up")
        else:
            heard = self.press("right" if there[1] > here[1] else "left")
        moved = heard != "" and heard != self.key
        self.key = heard or self.key
        return moved

    def _char_of(self, said: str) -> str:
        """The character of a key by its name."""
        digits = {spoken(digit, self.language): digit for digit in "0123456789"}
        return digits.get(said, said.lower() if len(said) == 1 else "")

    def _switch_side(self, char: str) -> bool:
        """To the side of the keyboard that has this character; True when it was met on the way."""
        if char == " ":
            return False
        wanted = "ABC" if char.isalpha() else self.text("typing.digits")
        for _ in range(60):
            heard = self.press("move")
            if heard == wanted:
                self.press("ok")
                return False
            if heard == spoken(char, self.language):
                self.key = heard
                return True
        return False

    def _photograph(self) -> bool:
        use = self.button("capture.use")
        take = self.button("capture.take")
        if self.button("identify.type") and "card" not in self.done:
            self.done.add("card")
            self.counter.kiosk.devices.card.present(self.resident.document())  # type: ignore[union-attr]
            self.listen(3.0)
            return True
        if use or take:
            self.use(use or take)
            return True
        return False

    def _hold(self) -> bool:
        """Times: the first one that is free."""
        if self.button("times.hold"):
            self.use(self.button("times.hold"))
            return True
        waiting = any(line.startswith(self.text("times.pick")) for line in self.lines)
        rows = [line for line in self.lines if line.endswith(self.text("guide.not_chosen"))]
        if waiting and rows:
            self.use(rows[0])
            return True
        return False

    def _go_on(self) -> bool:
        ways = ("checklist.start", "bar.next", "list.add", "consent.agree", "consent.agree_ask", "consent.agree_sign")
        ways += ("sign.use", "guide.sign", "sign.without", "answer.print", "answer.show", "slip.print", "slip.show")
        pay, button = self.text("pay.pay", amount="").strip(), self.text("guide.button")
        paying = (line for line in self.lines if line.startswith(pay) and line.endswith(button))
        way = self.button(*ways) or next(paying, "")
        if not way:
            return False
        if way == self.button("bar.next"):
            self.counter.kiosk.devices.card.pull_card()  # type: ignore[union-attr]
        self.use(way)
        return True
