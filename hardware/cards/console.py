"""The words of the card lab's console, one line in, one line out."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from hardware.cards.emrtd.mrz import MrzKey
from hardware.cards.people import PEOPLE, Person, document_of
from hardware.cards.sim.demo_card import BankCard, DemoCard, MuteCard, OtherCard, TransitCard
from hardware.cards.sim.lab import CardLab, LabError
from hardware.cards.sim.mainland_pages import MainlandPages
from hardware.cards.sim.sam import MAINLANDERS
from hardware.cards.sim.vpcd import CardSlot, EmulatedCard

if TYPE_CHECKING:
    from hardware.cards.sim.issuer import Issuer
    from hardware.cards.sim.papers import Paper
    from hardware.cards.sim.piv import StaffOffice

HELP = f"""\
insert CARD [READER]   put a card in: {", ".join(PEOPLE)} (identity cards), passport-NAME (PACE),
                       provedpassport-NAME (PACE that proves its chip), oldpassport-NAME (BAC),
                       hkpassport-NAME, mainlandpassport-NAME, homepermit-NAME (made up as well),
                       mainland-NAME ({", ".join(MAINLANDERS)}) as a reader
                       that knows them shows them, staff, bank, transit, other, mute
pull [READER]          take it out
swap CARD [READER]     replace it faster than the service looks
slow SECONDS [READER]  every command takes this long
tear N [READER]        the next card is pulled in the middle of its Nth command
wrong [READER]         every answer of this reader has a bit flipped
calm [READER]          turn every knob of this reader back
kill | start           end the PC/SC service, or start it again
show                   what is in the readers, and the keys that open it
quit                   end the lab
READER is 0 or 1; without it, 0."""

PACE_OFFER = ("0.4.0.127.0.7.2.2.4.2.2", 13)  # generic mapping, AES-128, brainpoolP256r1
PROVING_OFFER = ("0.4.0.127.0.7.2.2.4.6.2", 13)  # the same with chip authentication mapping
OFFERS = {
    "passport": PACE_OFFER, "provedpassport": PROVING_OFFER, "oldpassport": None,
    "hkpassport": PACE_OFFER, "mainlandpassport": PACE_OFFER, "homepermit": None,
}  # fmt: skip
UTOPIAN = ("passport", "provedpassport", "oldpassport")


class Stock:
    """Made-up cards by name: documents of a few made-up countries, all staff of one made-up office."""

    def _issuer(self, kind: str) -> tuple[Issuer, Paper]:
        from hardware.cards.sim import issuer, papers  # make keys, which a lab of identity cards never needs

        if kind in UTOPIAN:
            return issuer.utopia(), papers.PASSPORT
        paper = {
            "hkpassport": papers.HONG_KONG_PASSPORT,
            "mainlandpassport": papers.MAINLAND_PASSPORT,
            "homepermit": papers.HOME_RETURN_PERMIT,
        }[kind]
        if paper.state.name not in self._states:
            self._states[paper.state.name] = issuer.Issuer(state=paper.state)
        return self._states[paper.state.name], paper

    @cached_property
    def _states(self) -> dict[str, Issuer]:
        return {}

    @cached_property
    def _office(self) -> StaffOffice:
        from hardware.cards.sim.piv import StaffOffice

        return StaffOffice()

    def anchors_of(self, name: str) -> tuple[bytes, ...]:
        """The certificate of the country that issued the document of this name; none for another card."""
        kind = name.rpartition("-")[0]
        return (self._issuer(kind)[0].anchor,) if kind in OFFERS else ()

    @property
    def roots(self) -> tuple[bytes, ...]:
        """The office's certificate, for those who let its staff in."""
        return (self._office.root,)

    def make(self, name: str) -> EmulatedCard:
        """The card of this name; KeyError for a name that is none."""
        kind, _, person = name.rpartition("-")
        if kind in OFFERS:
            return self._document(PEOPLE[person], kind)
        if kind == "mainland":
            return MainlandPages(MAINLANDERS[person])
        if name == "staff":
            return self._office.card()
        others: dict[str, type[OtherCard]] = {
            "other": OtherCard, "bank": BankCard, "transit": TransitCard, "mute": MuteCard
        }  # fmt: skip
        return others[name]() if name in others else DemoCard(document_of(name))

    def _document(self, person: Person, kind: str) -> EmulatedCard:
        from hardware.cards.emrtd.pace import PaceInfo

        (country, paper), offer = self._issuer(kind), OFFERS[kind]
        return country.card(
            person, offer=PaceInfo(*offer) if offer else None, extended=4096 if offer else None, paper=paper
        )


def keys_of(card: EmulatedCard | None) -> str:
    """What is in a reader, and the made-up key that opens it."""
    if card is None:
        return "empty"
    words = type(card).__name__
    key = getattr(card, "key", None)
    if isinstance(key, MrzKey):
        can = getattr(card, "can", None) if getattr(card, "offer", None) else None
        words += f" --mrz {key.number},{key.birth},{key.expiry}" + (f" or --can {can.digits}" if can else "")
    pin = getattr(card, "pin", None)
    return words + (f" PIN {pin}" if pin else "")


def flip_a_bit(count: int, answer: bytes) -> bytes:
    """An answer with a wrong byte in its data; selection is left alone so that the reading begins."""
    return answer if count == 1 or len(answer) < 3 else bytes((answer[0] ^ 0x01,)) + answer[1:]


class Console:
    """Obeys lines; `ended` after quit."""

    def __init__(self, lab: CardLab) -> None:
        self._lab = lab
        self.stock = Stock()
        self.ended = False
        self._verbs: dict[str, Callable[[list[str]], str]] = {
            "insert": self._insert,
            "pull": self._pull,
            "swap": self._insert,
            "slow": self._slow,
            "tear": self._tear,
            "wrong": self._wrong,
            "calm": self._calm,
            "kill": self._kill,
            "start": self._start,
            "show": self._show,
            "help": lambda _words: HELP,
            "quit": self._quit,
        }

    def obey(self, line: str) -> str:
        """Do what the line says; the reply, also for a line that makes no sense."""
        verb, *words = line.split() or ["help"]
        try:
            return self._verbs[verb](words)
        except (KeyError, IndexError, ValueError):
            return f"Not understood: {line.strip()} (type help)"
        except LabError as error:
            return str(error)

    def _slot(self, words: list[str]) -> CardSlot:
        number = int(words[0]) if words else 0
        if not 0 <= number < len(self._lab.slots):
            raise ValueError(number)
        return self._lab.slots[number]

    def _insert(self, words: list[str]) -> str:
        self._slot(words[1:]).insert(self.stock.make(words[0]))
        return f"{words[0]} is in"

    def _pull(self, words: list[str]) -> str:
        self._slot(words).remove()
        return "empty"

    def _slow(self, words: list[str]) -> str:
        seconds = float(words[0])
        self._slot(words[1:]).slow_s = seconds
        return f"{seconds:g} s a command"

    def _tear(self, words: list[str]) -> str:
        self._slot(words[1:]).tear_at = int(words[0])
        return f"pulled at command {words[0]}"

    def _wrong(self, words: list[str]) -> str:
        self._slot(words).alter = flip_a_bit
        return "answers are wrong"

    def _calm(self, words: list[str]) -> str:
        self._slot(words).calm()
        return "calm"

    def _kill(self, _words: list[str]) -> str:
        self._lab.kill(signal.SIGKILL)
        return "the service is dead"

    def _start(self, _words: list[str]) -> str:
        if self._lab.running:
            return "the service runs"
        self._lab.start()
        return "the service runs again"

    def _show(self, _words: list[str]) -> str:
        return ", ".join(f"{number}: {keys_of(slot.card)}" for number, slot in enumerate(self._lab.slots))

    def _quit(self, _words: list[str]) -> str:
        self.ended = True
        return "bye"
