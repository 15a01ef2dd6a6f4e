"""Sending the slip: where to, the field to type in, and what came of it, said as far as it is known."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk import sending
from kiosk.masking import masked_address
from kiosk.sending import SendEntry, Target
from kiosk.slip_post import slip_message
from kiosk.take_home import Paper
from offline_queue.portal_client import Kind, Trouble
from offline_queue.slip_message import Progress, Way
from screens.models.base import Row
from screens.models.waiting import Asking

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
FACT_TYPES = {Way.EMAIL: "email", Way.SMS: "phone"}
SAID = {"slip_sent_enough": "enough", "too_many_messages": "enough", "not_offered": "not_offered"}
KINDS = {"sent": "ok", "waiting": "attention", "uncertain": "attention", "offline": "attention"}
TRIED_AGAIN = frozenset({"failed", "offline"})


@QmlElement
@QmlSingleton
class Send(Asking):
    """One message under way; empty while nobody asked for one."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.paper: Callable[[], Callable[[], Paper] | None] = lambda: None

    # ---- the way in, on the slip's page ----

    def _offered(self) -> bool:
        """Whether this portal sends slips at all."""
        return bool(self.stage.kiosk.slip_ways) and self.paper() is not None

    def _reason(self) -> str:
        return "" if self.stage.kiosk.line_up else self.say("send.no_line")

    @Slot()
    def open(self) -> None:
        """Touch "send it to me"."""
        make = self.paper()
        if self._offered() and not self._reason() and make is not None:
            paper, texts = make(), self.stage.kiosk.catalogue.texts
            ways = {way for way in self.stage.kiosk.slip_ways if slip_message(paper, way, "", texts) is not None}
            self.stage.act(lambda: self.session.open_sending(sending.begun(ways, self._given())))

    def _given(self) -> dict[Way, str]:
        """The first address of each kind that this visit knows."""
        found: dict[Way, str] = {}
        for way, kind in FACT_TYPES.items():
            names = (name for name, fact in self.session.catalogue.facts.items() if fact.type == kind)
            known = (self.session.known(name) for name in names)
            found[way] = next((str(filled.value) for filled in known if filled is not None and filled.value), "")
        return found

    # ---- what the pages show ----

    def _entry(self) -> SendEntry:
        return self.session.sending or SendEntry(())

    def _state(self) -> str:
        """asking, sending, or what came of it."""
        entry = self._entry()
        return "sending" if self.asking else entry.outcome or "asking"

    def _title(self) -> str:
        entry, state = self._entry(), self._state()
        if entry.typing is not None:
            return self.say(f"send.type_{entry.typing}")
        return self.say("send.title" if state == "asking" else f"send.{state}_title")

    def _lead(self) -> str:
        return self.say("send.lead") if self._state() == "asking" else ""

    def _rows(self) -> list[Row]:
        entry = self._entry()
        return [] if self._state() != "asking" else [self._row(entry, choice) for choice in entry.choices]

    def _row(self, entry: SendEntry, choice: str) -> Row:
        kind, _, word = choice.partition("-")
        known = entry.known_by(Way(word))
        label = self.say(f"send.{'other' if known else 'new'}_{word}")
        if kind == "known" and known is not None:
            label = self.say(f"send.known_{word}", address=masked_address(known.address))
        note = self.say("send.known_more") if kind == "known" else ""
        return {"id": choice, "label": label, "note": note, "on": choice == entry.picked}

    def _address(self) -> str:
        target = self._entry().target
        return masked_address(target.address) if target is not None else ""

    def _note(self) -> str:
        state = self._state()
        return "" if state == "asking" else self.say(f"send.{state}", address=self._address())

    def _note_more(self) -> str:
        state = self._state()
        return "" if state == "asking" else self.say(f"send.{state}_more")

    def _simulated(self) -> bool:
        return self.stage.kiosk.sync.state.slip_simulated

    def _kind(self) -> str:
        state = self._state()
        return "info" if state == "sending" else KINDS.get(state, "failed")

    def _next_label(self) -> str:
        entry, state = self._entry(), self._state()
        if state == "sending":
            return self.say("send.waits")
        if state != "asking":
            return self.say("send.again" if state in TRIED_AGAIN else "send.slip")
        if entry.typing is None and not entry.picked:
            return self.say("send.choose")
        typed = entry.typing is not None or entry.picked.startswith("known")
        return self.say("send.send" if typed else "bar.next")

    def _second_label(self) -> str:
        """The way to another address, when this one did not do."""
        return self.say("send.other") if self._state() in ("refused", "too_many", "failed") else ""

    def _ready(self) -> bool:
        entry = self._entry()
        return not self.asking and bool(entry.typing or entry.picked or entry.outcome)

    def _has_back(self) -> bool:
        return not self.asking

    def _of_field(self, part: str) -> str:
        way = self._entry().typing
        return "" if way is None else self.say(f"send.{way}_{part}")

    def _field_label(self) -> str:
        return self._of_field("field")

    def _field_hint(self) -> str:
        return self._of_field("hint")

    def _value(self) -> str:
        entry = self._entry()
        return "" if entry.typing is None else entry.typed.get(entry.typing, "")

    def _problem(self) -> str:
        problem = self._entry().problem
        return self.say(f"send.problem.{problem}") if problem else ""

    def _keyboard(self) -> str:
        return "numbers" if self._entry().typing is Way.SMS else "letters"

    offered = Property(bool, _offered, notify=changed)
    reason = Property(str, _reason, notify=changed)
    state = Property(str, _state, notify=changed)
    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    rows = Property(list, _rows, notify=changed)
    note = Property(str, _note, notify=changed)
    noteMore = Property(str, _note_more, notify=changed)
    simulated = Property(bool, _simulated, notify=changed)
    kind = Property(str, _kind, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)
    secondLabel = Property(str, _second_label, notify=changed)
    ready = Property(bool, _ready, notify=changed)
    hasBack = Property(bool, _has_back, notify=changed)
    fieldLabel = Property(str, _field_label, notify=changed)
    fieldHint = Property(str, _field_hint, notify=changed)
    value = Property(str, _value, notify=changed)
    problem = Property(str, _problem, notify=changed)
    keyboard = Property(str, _keyboard, notify=changed)

    # ---- what fingers do ----

    @Slot(str)
    def pick(self, choice: str) -> None:
        """Touch a way."""
        self.stage.act(lambda: self.session.pick_target(choice))

    @Slot()
    def goOn(self) -> None:
        """Touch the yellow button."""
        state, target = self._state(), self._entry().target
        if state == "asking":
            found: list[Target | None] = []
            self.stage.act(lambda: found.append(self.session.send_on()))
            target = found[0] if found else None
            if target is not None:
                self._send(target)
        elif state in TRIED_AGAIN and target is not None:
            self._send(target)
        elif state != "sending":
            self.stage.act(self.session.leave_sending)

    @Slot()
    def otherAddress(self) -> None:
        """Touch the second action: back to the ways."""
        self.stage.act(self.session.back_from_sending)

    @Slot(str)
    def key(self, text: str) -> None:
        """A key, or a text that was pasted by a hardware keyboard."""
        self._type(lambda before: before + text)

    @Slot()
    def erase(self) -> None:
        """Take the last character back."""
        self._type(lambda before: before[:-1])

    def _type(self, change: Callable[[str], str]) -> None:
        entry = self._entry()
        if entry.typing is not None:
            before = entry.typed.get(entry.typing, "")
            self.stage.act(lambda: self.session.type_address(change(before)))

    # ---- sending ----

    def _send(self, target: Target) -> None:
        """Hand it to the portal; what was handed in before goes as the same bytes, and so as the same message."""
        make, kiosk, posted = self.paper(), self.stage.kiosk, self.session.posted
        if make is None:
            return
        self.stage.act(lambda: self.session.hand_over(target))
        texts, version, now = kiosk.catalogue.texts, kiosk.catalogue.version, kiosk.now()
        before = posted.get(target)

        def work() -> str:
            message = slip_message(make(), target.way, target.address, texts)
            if message is None:
                return "failed"
            sealed = before or kiosk.slip_post.seal(message, version, now)
            self.stage.hear(lambda: posted.setdefault(target, sealed))
            return _word(kiosk.slip_post.send(sealed))

        def done(word: str) -> None:
            if word == "failed":
                posted.pop(target, None)  # given up by the portal: the next try is another message
            self.session.sent(word)

        self.ask(work, done)


def _word(found: Progress | Trouble) -> str:
    """What is said of it."""
    if isinstance(found, Progress):
        return found.value
    if found.kind in (Kind.OFFLINE, Kind.UNTRUSTED):
        return "offline"
    return SAID.get(found.code, "failed")
