"""The papers of one document step: pages as they are taken and read, what to say about them, what they fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from hardware.device import Fault
from hardware.papers.page import Page
from hardware.papers.pdf import as_pdf
from kiosk.catalogue import Capture
from kiosk.flow.state import Filled, FlowState
from kiosk.papers.identity import read_identity
from kiosk.papers.read import Reading
from kiosk.papers.remarks import NUMBERS, Applicant, Remark, Rule, remarks, rules

MOST_PAGES: Final = 12
LEAST_SURE: Final = 0.80
"""Under this an answer is not offered: typing it is quicker than correcting it."""


@dataclass
class Paper:
    """One paper of one step, in memory only: JPEG pictures, and what was read of each, None while it goes on."""

    fact_id: str
    pictures: list[bytes] = field(default_factory=list, repr=False)
    found: list[Page | Fault | None] = field(default_factory=list, repr=False)

    @property
    def rule(self) -> Rule | None:
        """What departments want of it; None for a paper that is only photographed."""
        return rules().get(self.fact_id)

    @property
    def full(self) -> bool:
        """Whether no page more can be added."""
        return len(self.pictures) >= MOST_PAGES

    def add(self, picture: bytes) -> int:
        """One page more; gives its place."""
        self.pictures.append(picture)
        self.found.append(None)
        return len(self.pictures) - 1

    def drop(self) -> None:
        """The last page is taken again."""
        if self.pictures:
            self.pictures.pop()
            self.found.pop()

    def read(self, place: int, picture: bytes, what: Page | Fault) -> None:
        """A page was read; one that was dropped meanwhile is not meant any more."""
        if place < len(self.pictures) and self.pictures[place] is picture:
            self.found[place] = what

    def capture(self) -> Capture:
        """All pages as one answer: a picture, or a PDF of several."""
        if len(self.pictures) == 1:
            return Capture("image/jpeg", self.pictures[0])
        return Capture("application/pdf", as_pdf(self.pictures))

    @property
    def reading_on(self) -> bool:
        """Whether a page is still being read."""
        return any(one is None for one in self.found)

    @property
    def unread(self) -> bool:
        """Whether a page could not be read at all."""
        return any(isinstance(one, Fault) for one in self.found)

    def reading(self, today: date) -> Reading:
        """What its first page that is an identity document says."""
        for page in self._pages():
            reading = read_identity(page, today=today)
            if reading.kind:
                return reading
        return Reading()

    def remarks(self, flow: FlowState) -> tuple[Remark, ...]:
        """What to tell the resident, for a paper that was read whole."""
        if self.rule is None or self.reading_on or self.unread or not self.found:
            return ()
        reading = self.reading(flow.today) if self.rule.identity else Reading()
        return remarks(self._pages(), reading, self.rule, applicant(flow), today=flow.today)

    def fills(self, flow: FlowState) -> Mapping[str, Filled]:
        """The answers it offers: surely read, of an identity document that is the applicant's own."""
        if self.rule is None or not self.rule.identity or any(self.remarks(flow)):
            return {}
        facts = self.reading(flow.today).facts
        return {name: Filled(read.value, "document") for name, read in facts.items() if read.sure >= LEAST_SURE}

    def _pages(self) -> list[Page]:
        return [one for one in self.found if isinstance(one, Page)]


def applicant(flow: FlowState) -> Applicant:
    """Whom the papers should name, as far as it is known by now."""
    said = {name: str(filled.value) for name, filled in flow.facts.items() if isinstance(filled.value, str)}
    numbers: dict[str, str] = {name: said[name] for name in NUMBERS if name in said}
    return Applicant(said.get("name_zh", ""), said.get("name_en", ""), numbers)
