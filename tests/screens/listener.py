"""Somebody who cannot see the screen: presses keys of the keypad, and knows only what the voice said.

It holds a window to send keys to, a voice to listen to, a document, and what it remembers from before it came
(`remembered`). There is no session, no model and no accessible tree within its reach: where it is, what there is to
press, what is asked and what came of it, it learns from the utterances alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from hardware.cards import SimulatedCardReader
from hardware.cards.people import PEOPLE
from hardware.voice import SimulatedVoice
from kiosk.catalogue import Language
from kiosk.speech import spoken
from screens.glass import wait_until
from screens.models.typing import DIGITS, LETTERS
from tests.screens.conftest import Counter
from tests.screens.remembered import Question, remembered

LONGEST = 150
"""Things on one page before somebody gives up."""
PAGES = 120
PERSON = "elder"
ROWS = {
    char: (number, at) for rows in (LETTERS, DIGITS) for number, row in enumerate(rows) for at, char in enumerate(row)
}
PADS = {char: (number, at) for number, row in enumerate(("123", "456", "789", " 0 ")) for at, char in enumerate(row)}
ANY = "\x00"


class LostError(AssertionError):
    """The listener did not find what it needed; the text is what it heard last."""


class Listener:
    """One visit by ear: for a service, or for all usual matters of a life event."""

    def __init__(self, counter: Counter, language: Language, service: str = "", *, event: str = "") -> None:
        devices, catalogue = counter.kiosk.devices, counter.kiosk.catalogue
        assert isinstance(devices.voice, SimulatedVoice)
        assert isinstance(devices.card, SimulatedCardReader)
        self.voice, self._reader = devices.voice, devices.card
        self.voice.forget()
        ticks = itertools.count(step=10.0)
        counter.screens.keypad.monotonic = lambda: next(ticks)
        self._window: QObject = counter.screens.window
        self._keys = counter.kiosk.config.keypad
        self._say = catalogue.texts.say
        self.language = language
        self.event = self._say(language, catalogue.events[event].title_key) if event else ""
        self._wanted = next((row for row in catalogue.listing if row.id == service), None)
        self._side_count = sum(row.side == self._wanted.side for row in catalogue.listing) if self._wanted else 0
        matters = catalogue.events[event].usual if event else (service,)
        today, card = counter.kiosk.now().date(), PEOPLE[PERSON].document()
        self._knows = remembered(catalogue, matters, language, today=today, card=card, event=event)
        self._card = card
        self.lines: list[str] = []
        self._showed_card = self._started = False
        self._waits = 0

    # ---- ears and fingers ----

    def text(self, key: str, **values: object) -> str:
        """A text as this voice says it."""
        return spoken(self._say(self.language, key, **values), self.language)

    def press(self, name: str) -> str:
        """Press a key of the keypad; gives what was said at once, or ""."""
        before = self.voice.count
        code = Qt.Key[f"Key_{getattr(self._keys, name)}"]
        event = QKeyEvent(QEvent.Type.KeyPress, code, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(self._window, event)
        return self.voice.said[-1].text if self.voice.count > before else ""

    def listen(self, timeout_s: float = 5.0) -> str:
        """Wait for the voice to say something by itself; gives all of it."""
        before = self.voice.count
        wait_until(lambda: self.voice.count > before, timeout_s)
        new = list(self.voice.said)[len(self.voice.said) - (self.voice.count - before) :]
        return ". ".join(utterance.text for utterance in new)

    def read(self) -> list[str]:
        """Go down the whole page, from its title to Leave (or round, on a page without it, or from its middle)."""
        self.lines = []
        self.press("up")  # so that what the cursor stands on is heard too
        leave = f"{self.text('bar.leave')}, {self.text('guide.button')}"
        heading = f", {self.text('guide.heading')}"
        for _ in range(LONGEST):
            line = self.press("down")
            if self.lines and line == self.lines[0] and len(self.lines) > 3:
                break
            self.lines.append(line)
            if line == leave and any(heard.endswith(heading) for heard in self.lines):
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

    def use_after(self, heading: str, line: str) -> None:
        """Go down to a question, and to one of the answers under it; press OK."""
        asked = False
        for _ in range(2 * LONGEST):
            heard = self.press("down")
            asked = asked or heard == heading
            if asked and heard == line:
                self.press("ok")
                self.listen(2.0)
                return
        raise LostError(f"{line!r} was not found again under {heading!r}")

    # ---- what is on the page, by its words ----

    def button(self, *keys: str) -> str:
        """The first of these buttons that was heard, or ""."""
        for key in keys:
            name = f"{self.text(key)}, {self.text('guide.button')}"
            if name in self.lines:
                return name
        return ""

    def starting(self, name: str, ending: str = "") -> str:
        """The first usable line that begins and ends with these words."""
        for line in self.lines:
            if line.startswith(name) and line.endswith(ending) and self.text("guide.not_now") not in line:
                return line
        return ""

    def button_with(self, *keys: str) -> str:
        """The first of these buttons whatever stands for their placeholders, or ""."""
        for key in keys:
            begins, _, ends = self.text(key, count=ANY, amount=ANY).partition(ANY)
            found = self.starting(begins, f"{ends}, {self.text('guide.button')}")
            if found:
                return found
        return ""

    # ---- a visit ----

    def visit(self) -> None:
        """From the first screen to the end of the visit."""
        self.press("headset_in")
        self.listen()
        for _ in range(PAGES):
            self.read()
            if not self.act():
                self.read()  # the slip, from end to end
                return
        raise LostError(f"no end after {PAGES} pages: {self.lines}")

    def act(self) -> bool:
        """Do what the page asks for; False when there is nothing more to do."""
        find = self._find_event if self.event else self._find_service
        for doing in (
            self._greet,
            find,
            self._answer,
            self._photograph,
            self._agree_to_compare,
            self._hold,
            self._go_on,
        ):
            if doing():
                return True
        if self.button("slip.finish"):
            return False
        self._waits += 1  # perhaps something is still being waited for
        if self._waits > 15:
            raise LostError(f"nothing to do here: {self.lines}")
        self.listen(1.5)
        return True

    def _greet(self) -> bool:
        greeting = f"{self._say(self.language, 'site.hello')} {self._say(self.language, 'site.language')}"
        hello = self.starting(spoken(greeting, "en")) or self.starting(self.text("site.hello"))
        if hello:
            self.use(hello)
        return hello != ""

    def _press_first(self, *lines: str) -> bool:
        """Use the first of these lines that was heard."""
        line = next(filter(None, lines), "")
        if line:
            self.use(line)
        return line != ""

    def _at_home(self) -> bool:
        """Home offers a search, or stands in parts of which one only turns to the next."""
        searching = self.starting(self.text("home.search") + ",")
        return searching != "" or (self._more() != "" and not self.button("bar.back", "bar.next"))

    def _more(self) -> str:
        """The button of a page in parts, whichever of them is shown."""
        return self.starting(self.text("overlay.more"))

    def _find_service(self) -> bool:
        wanted = self._wanted
        if wanted is None or self._started or self.button("checklist.start"):
            return False
        category = self.button(f"category.{wanted.category}")
        if category or self._at_home():
            tab = self.starting(self.text(f"home.side_{wanted.side}", count=self._side_count))
            elsewhere = tab if self.text("guide.not_chosen") in tab else ""
            return self._press_first(elsewhere, category, self._more(), self.button("overlay.first"))
        name = self.starting(spoken(wanted.names[self.language], self.language), self.text("guide.button"))
        return self._press_first(name, "" if self.button("bar.next") else self._more())

    def _find_event(self) -> bool:
        """On Home or among all events; its own page is left by the button that goes on."""
        if self._started:
            return False
        if self.button_with("matters.start"):
            self._started = True
            return self._press_first(self.button_with("matters.start"))
        name = self.starting(spoken(self.event, self.language), self.text("guide.button"))
        return self._press_first(name, self.button_with("matters.all_events"), self._more())

    # ---- answers ----

    def _answer(self) -> bool:
        """Every question that was heard on this page and is not answered yet."""
        if not self._started:
            return False
        acted = False
        for place, line in enumerate(list(self.lines)):
            for question in self._knows:
                acted = (self._choose if question.choices else self._write)(question, place, line) or acted
        return acted

    def _choose(self, question: Question, place: int, line: str) -> bool:
        """Choose under a question; only where all its choices, or those that fit the page, follow it."""
        if line.removesuffix(f", {self.text('guide.heading')}") not in question.asked:
            return False
        chosen, open_ = self.text("guide.chosen"), self.text("guide.not_chosen")
        offered = {f"{choice}, {how}" for choice in question.choices for how in (chosen, open_)}
        follows = [heard for heard in self.lines[place + 1 :] if heard.endswith((f", {chosen}", f", {open_}"))]
        if not follows or follows[0] not in offered:
            return False
        wanted = f"{question.answer}, {open_}"
        if wanted in follows[: len(question.choices)]:
            self.use_after(line, wanted)
            return True
        return f"{question.answer}, {chosen}" not in follows and self._press_first(self.button_with("overlay.more"))

    def _write(self, question: Question, place: int, line: str) -> bool:
        """Type into an answer field that was heard to be empty, or to be missing."""
        field, missing = self.text("guide.field"), self.text("problem.required")
        for label in question.asked:
            for first in (label, f"{label}, {missing}"):
                if line not in (f"{first}, {field}", f"{first}, {question.hint}, {field}"):
                    continue
                self.use_field(label)
                for char in question.answer:
                    self.type_char(char)
                return True
        return False

    def use_field(self, label: str) -> None:
        """OK on a field leads to the keyboard; letters are chosen where it begins with Chinese."""
        for _ in range(LONGEST):
            if self.press("move").startswith(f"{label}, "):
                break
        else:
            raise LostError(f"the field {label!r} was not found again")
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

    def seek(self, found: Callable[[str], bool]) -> str:
        """Move on until a key is heard that is wanted; gives what was heard."""
        heard: list[str] = []
        for _ in range(LONGEST):
            heard.append(self.press("move"))
            if found(heard[-1]):
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

    # ---- what hands do ----

    def _photograph(self) -> bool:
        if self.button("identify.type") and not self._showed_card:
            self._showed_card = True
            self._reader.present(self._card)
            self.listen(3.0)
            return True
        return self._press_first(self.button("capture.use", "capture.take"))

    def _agree_to_compare(self) -> bool:
        """Let the photo be compared; what a head would have to do, it does not do."""
        yes = self.starting(self.text("compare.yes"), self.text("guide.not_chosen"))
        return self._press_first(yes, self.button("compare.skip"))

    def _hold(self) -> bool:
        """Times: the first one that is free."""
        if self.button("times.hold"):
            return self._press_first(self.button("times.hold"))
        waiting = any(line.startswith(self.text("times.pick")) for line in self.lines)
        rows = [line for line in self.lines if line.endswith(self.text("guide.not_chosen"))]
        return waiting and self._press_first(*rows)

    def _go_on(self) -> bool:
        if self.button("checklist.start"):
            self._started = True
        if self.button("bar.next"):
            self._reader.pull_card()
        ways = ("checklist.start", "bar.next", "list.add", "case.go_on", "consent.agree", "consent.agree_ask")
        ways += ("consent.agree_sign", "case.agree_next", "sign.use", "guide.sign", "sign.without")
        ways += ("answer.print", "answer.show", "slip.print", "slip.show")
        return self._press_first(self.button(*ways), self.button_with("pay.pay"))
