"""What departments say while the resident waits: an answer for each matter, times to choose from, a bill."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from kiosk.desk import Answer, Bill, Offer
from kiosk.filling import Filling
from kiosk.flow import engine
from kiosk.flow.state import FlowState


class Said(NamedTuple):
    """An answer, and the hash of exactly what was asked."""

    answer: Answer
    asked: str


class AtTheDesk(Filling):
    """The part of a visit that waits for departments."""

    offers: tuple[Offer, ...] | None
    picked: str
    _said: dict[str, Said]

    def advice(self) -> bool:
        """Whether this result is what the service's own texts say, with nobody to ask."""
        return self.flow is not None and not self.flow.service.needs_line

    @property
    def answer(self) -> Answer | None:
        """What the department of this page's matter said last."""
        said = self._said.get(self.flow.service.id) if self.flow is not None else None
        return said.answer if said else None

    @property
    def answers(self) -> dict[str, Answer]:
        """What was said, by service."""
        return {matter: said.answer for matter, said in self._said.items()}

    def answer_stands(self) -> bool:
        """Whether the answer belongs to exactly what was answered so far."""
        if self.flow is None or self.advice():
            return self.advice()
        said = self._said.get(self.flow.service.id)
        return said is not None and said.asked == engine.review_hash(self.flow)

    def answered(self, flow: FlowState, answer: Answer) -> None:
        """The department answered what this moment of the journey asked."""
        self._said[flow.service.id] = Said(answer, engine.review_hash(flow))

    def bill_stands_at(self, bill: Bill) -> None:
        """What the bill comes to now."""
        if self.flow is not None and (said := self._said.get(self.flow.service.id)) is not None:
            self._said[self.flow.service.id] = said._replace(answer=replace(said.answer, bill=bill))

    def offer(self, offers: tuple[Offer, ...]) -> None:
        """The times that are free now."""
        self.offers = offers
        if self.picked not in {offer.id for offer in offers}:
            self.picked = ""

    def pick(self, offer_id: str) -> None:
        """Touch a time."""
        self.picked = offer_id

    def more_to_come(self) -> bool:
        """Whether a step follows the one that is shown."""
        step = self.step
        return self.journey is not None and step is not None and self.journey.steps[-1].id != step.id
