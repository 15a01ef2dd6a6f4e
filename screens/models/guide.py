"""The spoken guide and the keypad: a cursor that goes through the page in reading order, shown and said.

Nothing a resident told the kiosk leaves through the loudspeaker; with a headset everything is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Property, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.voice import QUIETEST, Utterance
from kiosk.catalogue.model import Item
from kiosk.session import Page
from kiosk.speech import public, spoken
from kiosk.speech.privacy import forms
from screens.models.base import Model
from screens.reading import Reader, Role, Thing, beside, first, press
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
SETTLE_MS = 120  # after a change the page is looked at once it has been laid out
ALERTS = frozenset({Role.AlertMessage, Role.Note})
RATES = (0.6, 0.8, 1.0, 1.2, 1.4, 1.6)
USUAL_RATE = 2
VOLUME_STEP = 10


@QmlElement
@QmlSingleton
class Guide(Model):
    """What is read, from where it is read, and how. Ends with the visit."""

    changed = Signal()

    def attach(self, stage: Stage) -> None:
        """Look at this stage; it is silent until a headset or a key of the keypad wakes it."""
        super().attach(stage)
        self._reader: Reader | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self._look)
        self._reset()
        stage.changed.connect(self._soon)
        stage.languageChanged.connect(self._soon)
        stage.ended.connect(self._end)

    def read_from(self, reader: Reader) -> None:
        """The window whose page is read."""
        self._reader = reader

    def _reset(self) -> None:
        self.headset = getattr(self, "headset", False)
        self.audio = self.headset
        self._cursor = False
        self._here: Thing | None = None
        self._at = 0
        self._page: tuple[object, ...] = ()
        self._alerts: frozenset[str] = frozenset()
        self._names: frozenset[str] = frozenset()
        self._used = False
        self._rate = USUAL_RATE
        self._volume = self.stage.kiosk.config.voice.volume
        self._last = ""
        self._last_parts: tuple[str, ...] = ()

    def _end(self) -> None:
        voice = self.stage.kiosk.devices.voice
        if voice is not None:
            voice.hush()
        self._reset()
        self.changed.emit()

    # ---- what is shown ----

    def _ring(self) -> bool:
        return self._cursor and self._here is not None

    def _rect(self) -> QRect:
        """What the ring is drawn round: of a key its face, so that the ring stays off what is beside the key."""
        here = self._here
        return QRect() if here is None else here.rect.adjusted(here.inset, here.inset, -here.inset, -here.inset)

    def _ring_color(self) -> str:
        return self._here.ring if self._here is not None else ""

    def _ring_x(self) -> int:
        return self._rect().x()

    def _ring_y(self) -> int:
        return self._rect().y()

    def _ring_width(self) -> int:
        return self._rect().width()

    def _ring_height(self) -> int:
        return self._rect().height()

    ring = Property(bool, _ring, notify=changed)
    ringX = Property(int, _ring_x, notify=changed)
    ringY = Property(int, _ring_y, notify=changed)
    ringWidth = Property(int, _ring_width, notify=changed)
    ringHeight = Property(int, _ring_height, notify=changed)
    ringColor = Property(str, _ring_color, notify=changed)

    # ---- moving ----

    def _things(self) -> list[Thing]:
        return self._reader.things() if self._reader is not None else []

    def _start(self) -> int:
        return first(self._things(), self._reader.loader() if self._reader is not None else None)

    def _find(self, things: list[Thing]) -> int:
        """Where the cursor is on the page as it is drawn now."""
        here = self._here
        if here is None or not things:
            return -1
        places = [place for place, thing in enumerate(things) if thing.same(here)]
        return min(places, key=lambda place: abs(place - self._at), default=min(self._at, len(things) - 1))

    def _stand(self, things: list[Thing], at: int) -> None:
        self._at, self._here = at, things[at].kept
        self._wake()
        self.changed.emit()
        self.tell(things[at])

    def _wake(self) -> None:
        """Somebody uses the keypad: the ring is shown, and pages offer what a keypad can do."""
        self._cursor = True
        if not self.session.by_keypad:
            self.session.by_keypad = True
            self.stage.changed.emit()

    def step(self, by: int, *, controls: bool = False) -> None:
        """To the next thing (or control), over the end to the top again."""
        things = self._things()
        if not things:
            return
        at = self._find(things)
        if at < 0:
            at = self._start()
            if not controls or things[at].control:
                self._stand(things, at)
                return
        for _ in things:
            at = (at + by) % len(things)
            if not controls or (things[at].control and things[at].enabled):
                break
        self._stand(things, at)

    def aside(self, across: int, down: int) -> None:
        """On the keyboard of the screen to the key beside; elsewhere to the thing before or after."""
        things = self._things()
        at = self._find(things)
        if at < 0 or not things[at].key:
            self.step(across + down)
            return
        there = beside(things, at, across, down)
        if there == at and down:
            self._leave_keys(things, at, down)
        elif there != at:
            self._stand(things, there)

    def _leave_keys(self, things: list[Thing], at: int, down: int) -> None:
        """Over the edge of the keyboard to what stands before or after it."""
        while 0 <= at < len(things) and things[at].key:
            at += down
        self._stand(things, at % len(things))

    def use(self) -> None:
        """Press what the cursor stands on; a field leads to the keyboard."""
        things = self._things()
        at = self._find(things)
        if at < 0:
            self.step(1)
            return
        thing = things[at]
        pressed = press(thing)
        self._used = pressed and thing.role == Role.Button and not thing.key
        if not pressed:
            self.tell(thing)
        elif thing.role == Role.EditableText:
            self._to_keys()
        elif thing.key:
            self._echo()

    def _to_keys(self) -> None:
        things = self._things()
        at = next((place for place, thing in enumerate(things) if thing.key), -1)
        if at >= 0:
            self._stand(things, at)

    def _echo(self) -> None:
        """After a key: what stands in the field now."""
        field = next((thing for thing in self._things() if thing.role == Role.EditableText and thing.active), None)
        if field is not None:
            self.speak(field.name)

    # ---- saying ----

    def described(self, thing: Thing) -> str:
        """A thing as it is announced: its name, what it is, how it stands."""
        return ", ".join(self._parts(thing))

    def _parts(self, thing: Thing) -> Iterator[str]:
        yield thing.name.replace("\n", ", ")
        yield from (self.say(f"guide.{key}") for key in _kind(thing))

    def tell(self, thing: Thing) -> None:
        """Announce a thing."""
        self.speak(self.described(thing), tuple(self._parts(thing)))

    def speak(self, sentence: str, parts: tuple[str, ...] = ()) -> None:
        """Say a sentence: private parts only into a headset. `parts` are the texts it is put together from."""
        if self._stage is None or not self.audio:
            return
        self._last, self._last_parts = sentence, parts
        voice = self.stage.kiosk.devices.voice
        if voice is not None:
            text = sentence if self.headset else public(sentence, self._private(), self.say("guide.hidden"))
            language, rate = self.session.language, RATES[self._rate]
            said = tuple(spoken(part, language) for part in parts) if text == sentence else ()
            voice.say(Utterance(spoken(text, language), language, rate, self._volume, headset=self.headset, parts=said))

    def aloud(self, sentence: str) -> None:
        """Say what somebody with a turned head cannot read, guide or no guide; nothing private may stand in it."""
        voice = self.stage.kiosk.devices.voice
        if voice is not None and not self.audio:  # the guide says what is new on a page by itself
            language = self.session.language
            voice.say(
                Utterance(spoken(sentence, language), language, RATES[self._rate], self._volume, headset=self.headset)
            )

    def _private(self) -> Iterator[str]:
        """Every way in which what is known of this resident may stand on a page."""
        session = self.session
        facts = session.catalogue.facts
        known = dict(session.flow.facts) if session.flow is not None else {}
        for name, filled in known.items():
            if facts[name].personal != "no":
                yield from forms(facts[name], filled.value)
        for name, draft in session.drafts.items():
            yield from forms(facts.get(name), draft)
        for entry in (*session.items, *((Item("", session.entry.values),) if session.entry else ())):
            yield from forms(None, entry)
        yield from session.sending.private if session.sending is not None else ()

    def _soon(self) -> None:
        self._settled.start()

    def _key_of_page(self) -> tuple[object, ...]:
        session = self.session
        step = session.step.id if session.step else ""
        entry = session.entry.id if session.entry else ""
        return session.page, step, session.part, session.overlay, session.language, entry, session.category

    def _look(self) -> None:
        """The page has settled: another page is announced from its top, else what is new on it."""
        if not (self.audio or self._cursor):
            return
        things = self._things()
        loader = self._reader.loader() if self._reader is not None else None
        if loader is not None and not loader.isEnabled():
            self._soon()
            return
        alerts = frozenset(_alerts(things))
        if self._key_of_page() != self._page:
            self._page, self._alerts, self._used = self._key_of_page(), alerts, False
            self._names = frozenset(thing.name for thing in things)
            self._arrive(things)
            return
        at, before = self._find(things), self._here
        if at >= 0:
            self._at, self._here = at, things[at].kept
            self.changed.emit()
        fresh = [name for name in _alerts(things) if name not in self._alerts]
        self._alerts = alerts
        new = next((place for place, thing in enumerate(things) if thing.name not in self._names), -1)
        self._names = frozenset(thing.name for thing in things)
        if self._used and new >= 0 and not fresh:
            self._used = False
            self._stand(things, new)  # a list was turned over: its first new row
            return
        if fresh:
            self.speak(". ".join(fresh), tuple(fresh))
        elif at >= 0 and before is not None and before.name == things[at].name and before != self._here:
            self._tell_state(before, things[at])

    def _tell_state(self, before: Thing, now: Thing) -> None:
        """What the cursor stands on was chosen, or can be used now."""
        if (before.checked, before.enabled) != (now.checked, now.enabled):
            self.tell(now)

    def _arrive(self, things: list[Thing]) -> None:
        """A new page: its state first if something is wrong, then title and what belongs to it."""
        if not things:
            return
        at = self._start()
        self._at, self._here = at, things[at].kept
        self._wake()  # a visit that has just begun knows nothing of the keypad
        self.changed.emit()
        wrong = [thing.name for thing in things if thing.role == Role.AlertMessage]
        said = [*wrong, things[at].name]
        for thing in things[at + 1 :]:
            if thing.control:
                break
            if thing.role not in ALERTS or thing.name not in wrong:
                said.append(thing.name)
        start = self.say("guide.start") if self.session.page is Page.ATTRACT else ""
        self.speak(". ".join(said) + ". " + start, tuple(part.replace("\n", ", ") for part in (*said, start) if part))

    # ---- what the keys of the keypad do ----

    def repeat(self) -> None:
        """Say it again; on a silent kiosk, begin to speak."""
        if not self.audio:
            self.audio = True
            self._wake()
            self._page = ()
            self._look()
        elif self._last:
            self.speak(self._last, self._last_parts)

    @Slot()
    def readPage(self) -> None:
        """Read the whole page from its top."""
        self.audio = True
        things = self._things()
        read = things[self._start() :]
        parts = tuple(part for thing in read for part in self._parts(thing))
        self.speak(". ".join(self.described(thing) for thing in read), parts)

    def hush(self) -> None:
        """Stop speaking."""
        voice = self.stage.kiosk.devices.voice
        if voice is not None and self.audio:
            voice.hush()

    def louder(self, by: int) -> None:
        """One step louder or quieter, until the visit ends."""
        self._volume = max(QUIETEST, min(100, self._volume + by * VOLUME_STEP))
        self.speak(self.say("guide.louder" if by > 0 else "guide.quieter"))

    def faster(self, by: int) -> None:
        """One step faster or slower, until the visit ends."""
        self._rate = max(0, min(len(RATES) - 1, self._rate + by))
        self.speak(self.say("guide.faster" if by > 0 else "guide.slower"))

    def plug(self, *, there: bool) -> None:
        """A headset was plugged in or pulled out: the spoken guide begins, or says nothing private any more."""
        self.headset = there
        if there:
            self.audio = True
            self._wake()
            self._page = ()
            self._soon()
        elif self.audio:
            self.hush()
            self.speak(self.say("guide.no_headset"))


def _alerts(things: list[Thing]) -> list[str]:
    """What is said by itself when it appears: notes, errors, and headings that say how things stand."""
    states = ALERTS | {QAccessible.Role.Heading}
    return [thing.name for thing in things if thing.role in states and not thing.name.strip().isdigit()]


def _kind(thing: Thing) -> Iterator[str]:
    """What a thing is and how it stands, as the last words of guide texts."""
    match thing.role:
        case Role.RadioButton:
            yield "chosen" if thing.checked else "not_chosen"
        case Role.CheckBox:
            yield "on" if thing.checked else "off"
        case Role.PageTab:
            yield "tab"
            yield "chosen" if thing.checked else "not_chosen"
        case Role.EditableText:
            yield "field"
        case Role.Button if not thing.key:
            yield "button"
        case Role.Heading:
            yield "heading"
    if thing.control and not thing.enabled:
        yield "not_now"
