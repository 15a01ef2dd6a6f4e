"""Departments behind one interface, and a simulated set that notes what each of them gets."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from offline_queue.envelope import Payload
from portal.database import Database

_LISTING: Final = Path(__file__).with_name("services.tsv")
UNLISTED: Final = "Unlisted service"


@dataclass(frozen=True)
class Delivery:
    """One opened submission on its way to its department."""

    envelope_id: str
    department: str
    reference: str
    payload: Payload = field(repr=False)


class Department(Protocol):
    """Where submissions go. `deliver` may be called again with the same envelope and must then change nothing."""

    def deliver(self, delivery: Delivery) -> bool:
        """Hand over; false when the department cannot take it now and it must be offered again."""


@dataclass(frozen=True)
class ListedService:
    """What the portal knows of a service: its department, and its name by language."""

    department: str
    name_en: str
    name_zh_hant: str
    name_zh_hans: str


@cache
def _listing() -> Mapping[str, ListedService]:
    with _LISTING.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return {service: ListedService(*rest) for service, *rest in rows}


def service_of(service_id: str) -> ListedService:
    """The service with this id; one that is not listed goes by its id."""
    return _listing().get(service_id) or ListedService(UNLISTED, service_id, service_id, service_id)


def department_of(service_id: str) -> str:
    """The department that a service belongs to."""
    return service_of(service_id).department


class SimulatedDepartment:
    """Notes each delivery once and counts repeats; keeps no answer: what was in it stays sealed in the portal."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def deliver(self, delivery: Delivery) -> bool:
        """Note the delivery in the caller's transaction."""
        self._db.execute(
            "INSERT INTO received (envelope_id, department, reference, service) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (envelope_id) DO UPDATE SET times = received.times + 1",
            (delivery.envelope_id, delivery.department, delivery.reference, delivery.payload.service),
        )
        return True
