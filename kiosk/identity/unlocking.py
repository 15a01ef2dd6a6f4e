"""The part of a visit in which a document's chip waits for its key."""

from __future__ import annotations

from hardware.cards import Can, MrzKey
from kiosk.catalogue import Language
from kiosk.identity import chip_key
from kiosk.identity.chip_key import KeyEntry
from kiosk.identity.evidence import Evidence


class Unlocking:
    """What is typed to open a chip, and what the document then proved; all of it is wiped with the visit."""

    language: Language
    direction: int
    chip: KeyEntry | None
    asking_key: bool
    evidence: Evidence | None

    def forget_document(self) -> None:
        """Wipe the key, the page that asks for it and what a document proved; its picture is overwritten."""
        if self.evidence is not None:
            self.evidence.wipe()
        self.chip, self.asking_key, self.evidence = None, False, None

    def ask_chip_key(self, methods: tuple[str, ...]) -> None:
        """A document's chip waits for its key: ask for it."""
        self.chip = chip_key.begun(methods, self.chip)
        self.asking_key, self.direction = True, 1

    def chip_denied(self) -> None:
        """The chip did not take the key: ask again."""
        if self.chip is not None:
            self.chip = chip_key.denied(self.chip)
            self.asking_key, self.direction = True, 1

    def give_chip_key(self) -> MrzKey | Can | None:
        """Touch Continue: the key that was typed, or None and the page says what is missing."""
        found = None if self.chip is None else chip_key.key_of(self.chip, self.language)
        if isinstance(found, KeyEntry):
            self.chip = found
            return None
        self.asking_key = found is None
        return found
