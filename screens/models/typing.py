"""The keyboard: which methods a field takes, what is being composed, and the keys of each method."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, Protocol

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.catalogue import Fact
from kiosk.fields import chinese
from kiosk.session import Page
from kiosk.typing import EMPTY, LATIN, Composition, InputEngine, Method, default_method
from kiosk.typing.composition import RADICALS, STROKES
from screens.glyphs import readable
from screens.models.base import Model, Row
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

LETTERS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
DIGITS: Final = ("1234567890", "-/:()&@,.", "'#+_*!?")
MARKS: Final = {
    "en": ("-/:;()&@,.", "'\"#+_*!?%", "$=<>[]~"),
    "zh_Hant": ("，。、；：？！·…—", "「」『』《》（）〇", "＋－％＄～／＆"),
    "zh_Hans": ("，。、；：？！·…—", "“”‘’《》（）〇", "＋－％￥～／＆"),
}
CELL, PAD, WIDE, NARROW, GAP = 124, 48, 46, 26, 10
"""Pixels: the least width of a candidate, what stands around its text, a Han character, a letter, between two."""


class Writes(Protocol):
    """A view model that takes typed text."""

    def key(self, text: str) -> None:
        """Add text at the end."""

    def erase(self) -> None:
        """Take the last character back."""


@QmlElement
@QmlSingleton
class Typing(Model):
    """What the keyboard shows and does. Reset at every field, at every page and at the end of the visit."""

    changed = Signal()

    def attach(self, stage: Stage) -> None:
        """Look at this stage."""
        super().attach(stage)
        self._chosen: Method | None = None
        self._composition = EMPTY
        self._first = 0  # of the candidates on show
        self._choosing = False
        self._room = 1080
        self._place: tuple[object, ...] = ()
        self._targets: dict[Page, Writes] = {}
        stage.changed.connect(self._look)
        stage.ended.connect(self._end)

    def type_into(self, targets: dict[Page, Writes]) -> None:
        """Where final text goes, by page."""
        self._targets = targets

    # ---- which method ----

    def _fact(self) -> Fact | None:
        if self.session.page is not Page.FORM:
            return None
        return next((fact for fact in self.session.fields() if fact.id == self.session.active), None)

    def _kind(self) -> str:
        """The type of what is typed, as facts have one."""
        fact, sending = self._fact(), self.session.sending
        if self.session.page is Page.SEND_TO and sending is not None and sending.typing is not None:
            return str(sending.typing)
        return fact.type if fact is not None else ""

    def _available(self) -> tuple[Method, ...]:
        """The methods of the field that is typed into; letters alone where nothing else is an answer."""
        fact = self._fact()
        if self.session.page is not Page.SEARCH and (fact is None or not chinese(fact)):
            return (LATIN,)
        methods = self.stage.kiosk.engines.methods(self.session.language)
        return tuple(m for m in methods if m != LATIN or fact is None or fact.format != "han")

    def _method_now(self) -> Method:
        available = self._available()
        if self._chosen in available:
            return self._chosen
        fact = self._fact()
        if fact is None or len(available) == 1:
            return LATIN  # the search understands words and sounds as they are
        wanted = default_method(self.session.language, han_only=fact.format == "han")
        return wanted if wanted in available else next((m for m in available if m != LATIN), LATIN)

    def _engine(self) -> InputEngine | None:
        method = self._method_now()
        return None if method == LATIN else self.stage.kiosk.engines.engine(method)

    def _method(self) -> str:
        return self._method_now()

    def _method_label(self) -> str:
        return self.say(f"typing.{self._method_now()}")

    def _has_methods(self) -> bool:
        return len(self._available()) > 1

    def _capitals(self) -> bool:
        fact = self._fact()
        return self._method_now() == LATIN and fact is not None and fact.type != "email"

    # ---- keys ----

    def _rows(self) -> list[list[Row]]:
        method = self._method_now()
        if method == "code":
            return [_line("1234567890"), _line("ABCDEF", face=160), []]
        if method == "stroke":
            strokes = [
                {"key": key, "label": sign, "legend": "", "face": 198, "spoken": self.say(f"typing.{key}")}
                for key, sign in STROKES.items()
            ]
            return [strokes, _line("1234567890"), _line("，。、：·-/")]
        legend = RADICALS if method in ("quick", "cangjie") else {}
        return [[_key(letter, legend.get(letter, letter)) for letter in letters] for letters in LETTERS]

    def _digit_rows(self) -> list[list[Row]]:
        return [_line(line) for line in DIGITS]

    def _mark_rows(self) -> list[list[Row]]:
        return [_line(line) for line in MARKS[self.session.language]]

    # ---- the bar over the keys ----

    def _preedit(self) -> str:
        return self._composition.preedit

    def _tail(self) -> str:
        """The end of the composing text, as much as the bar has room for."""
        text = self._composition.preedit
        while _width(text) > WIDE * 5:
            text = text[1:]
        return text

    def _offers(self) -> list[tuple[str, str]]:
        """(what a cell says, what it does) of everything the bar could show now."""
        if self._choosing:
            return [(self.say(f"typing.{method}"), method) for method in self._available()]
        if self._composition.active:
            return [(text, str(place)) for place, text in enumerate(self._composition.candidates)]
        return [(text.strip(), text) for text in self._helpers()]

    def _helpers(self) -> list[str]:
        kind = self._kind()
        if kind not in ("address", "email"):
            return []
        keys = sorted(self.stage.kiosk.catalogue.texts.groups["typing"])
        found = [key for key in keys if key.startswith(f"typing.{kind}.")]
        return [self.say(key) for key in sorted(found, key=lambda key: int(key.rpartition(".")[2]))]

    def _cells(self) -> list[Row]:
        offers = self._offers()[self._first :]
        return [
            {
                "label": readable(label),
                "does": does,
                "width": max(CELL, _width(label) + PAD),
                "marked": does == self._method_now() if self._choosing else self._composition.active and place == 0,
            }
            for place, (label, does) in enumerate(offers[: self._fitting(offers)])
        ]

    def _fitting(self, offers: Sequence[tuple[str, str]]) -> int:
        """How many cells stand in the bar beside the composing text and the arrow."""
        room = self._room - 2 * GAP
        if self._composition.active:
            room -= max(CELL, _width(self._tail()) + PAD)
        ends = list(accumulate(max(CELL, _width(label) + PAD) + GAP for label, _ in offers))
        if self._first == 0 and ends and ends[-1] <= room:
            return len(offers)
        return max(1, sum(end <= room - CELL - GAP for end in ends))  # the arrow stands at the end

    def _more(self) -> bool:
        offers = self._offers()
        return self._first > 0 or self._fitting(offers) < len(offers)

    def _bar(self) -> bool:
        return bool(self._has_methods() or self._helpers())

    method = Property(str, _method, notify=changed)
    methodLabel = Property(str, _method_label, notify=changed)
    hasMethods = Property(bool, _has_methods, notify=changed)
    capitals = Property(bool, _capitals, notify=changed)
    rows = Property(list, _rows, notify=changed)
    digitRows = Property(list, _digit_rows, notify=changed)
    markRows = Property(list, _mark_rows, notify=changed)
    preedit = Property(str, _preedit, notify=changed)
    tail = Property(str, _tail, notify=changed)
    cells = Property(list, _cells, notify=changed)
    more = Property(bool, _more, notify=changed)
    bar = Property(bool, _bar, notify=changed)

    # ---- what fingers do ----

    @Slot(str)
    def key(self, text: str) -> None:
        """One key, by a finger or from a hardware keyboard; a longer text is taken as it is."""
        self.stage.touch()
        engine = self._engine()
        if engine is not None and self._composes(text):
            self._show(engine.feed(text.lower()))
            return
        self.settle()
        self._write(text)

    @Slot()
    def space(self) -> None:
        """The space bar: takes the first candidate, if something is being composed."""
        if not self.settle():
            self._write(" ")

    @Slot()
    def erase(self) -> None:
        """One key back, or one character."""
        engine = self._engine()
        if engine is not None and self._composition.active:
            self.stage.touch()
            self._show(engine.erase())
        elif self.session.page in self._targets:
            self._targets[self.session.page].erase()

    @Slot(str)
    def take(self, does: str) -> None:
        """Touch a cell of the bar: a method, a candidate or a helper."""
        self.stage.touch()
        if self._choosing:
            self._choose(does)
        elif self._composition.active:
            engine = self._engine()
            if engine is not None and does.isdigit():
                self._show(engine.pick(int(does)))
        else:
            self._write(does)

    @Slot()
    def chooseMethod(self) -> None:
        """Show the methods in the bar, or close that list again."""
        self._forget()
        self._choosing = not self._choosing
        self.changed.emit()

    @Slot()
    def moreCells(self) -> None:
        """The next cells of the bar; after the last ones the first again."""
        offers = self._offers()
        after = self._first + self._fitting(offers[self._first :])
        self._first = after if after < len(offers) else 0
        self.changed.emit()

    @Slot(int)
    def setRoom(self, width: int) -> None:
        """How wide the bar is, in pixels of the sheet."""
        if width > 0 and width != self._room:
            self._room = width
            self.changed.emit()

    @Slot()
    def drop(self) -> None:
        """Throw away what is being composed."""
        self._forget()
        self.changed.emit()

    @property
    def composing(self) -> bool:
        """Whether keys of a hardware keyboard belong to the composition."""
        return self._composition.active

    def pick(self, place: int) -> None:
        """Take the cell at this place of the bar (a digit key of a hardware keyboard)."""
        cells = self._cells()
        if place in range(len(cells)):
            self.take(str(cells[place]["does"]))

    def settle(self) -> bool:
        """Make what is being composed final, by its first candidates; False when there is nothing."""
        engine = self._engine()
        if engine is None or not self._composition.active:
            return False
        for _ in range(len(self._composition.preedit)):
            if not self._composition.active or not self._composition.candidates:
                break
            self._show(engine.pick(0))
        self._forget()
        self.changed.emit()
        return True

    # ---- inside ----

    def _composes(self, text: str) -> bool:
        """Whether a key belongs to the method: its letters, its strokes, its digits."""
        method = self._method_now()
        if len(text) != 1 or not text.isascii() or not text.isalnum():
            return False
        if method == "code":
            return text.lower() in "0123456789abcdef"
        return text.lower() in STROKES if method == "stroke" else text.isalpha()

    def _choose(self, method: str) -> None:
        self._chosen = next((m for m in self._available() if m == method), None)
        self._choosing = False
        self._forget()
        self.changed.emit()

    def _write(self, text: str) -> None:
        if self.session.page in self._targets:
            self._targets[self.session.page].key(text)

    def _show(self, composition: Composition) -> None:
        self._composition, self._first, self._choosing = composition, 0, False
        if composition.commit:
            self._write(composition.commit)
        self.changed.emit()

    def _look(self) -> None:
        """Another field, page or language: nothing of the one before is kept."""
        place = (self.session.page, self.session.active, self.session.language, self.session.part)
        if place != self._place:
            self._place = place
            self._choosing = False
            self._forget()

    def _forget(self) -> None:
        self._composition, self._first = EMPTY, 0
        self.stage.kiosk.engines.reset()

    def _end(self) -> None:
        self._chosen, self._choosing = None, False
        self._forget()
        self.changed.emit()


def _key(key: str, label: str) -> Row:
    return {"key": key, "label": label, "legend": "" if label.isascii() else key.upper(), "face": 96, "spoken": ""}


def _line(keys: str, face: int = 96) -> list[Row]:
    return [{"key": key, "label": key, "legend": "", "face": face, "spoken": ""} for key in keys]


def _width(text: str) -> int:
    """How wide a text of 44 pixels is, about: Han characters take a square."""
    return sum(WIDE if unicodedata.east_asian_width(char) in "WF" else NARROW for char in text)
