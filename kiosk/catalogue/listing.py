"""The directory of all known services: assets/services/listing.tsv."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from kiosk.catalogue.findings import Finding, nearest
from kiosk.catalogue.model import LANGUAGES, ListedService, Service

_COLUMNS = ("id", "side", "category", "department", "kind", *(f"name_{language}" for language in LANGUAGES))


def read_listing(path: Path, name: str, keys: Collection[str], findings: list[Finding]) -> tuple[ListedService, ...]:
    """Every row, in the file's order; a row that cannot be used is noted."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        findings.append(Finding(name, 1, f"cannot be read: {error}"))
        return ()
    rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or tuple(rows[0]) != _COLUMNS:
        findings.append(Finding(name, 1, f"the first line must be {', '.join(_COLUMNS)}"))
        return ()
    read = [_row(row, number, name, keys, findings) for number, row in enumerate(rows[1:], 2)]
    return tuple(row for row in read if row is not None)


def _row(
    row: list[str], number: int, name: str, keys: Collection[str], findings: list[Finding]
) -> ListedService | None:
    if len(row) != len(_COLUMNS) or not all(cell.strip() for cell in row):
        findings.append(Finding(name, number, f"a row has {len(_COLUMNS)} cells and none is empty"))
        return None
    service_id, side, category, department, kind, *names = row
    for prefix, cell in (("category", category), ("department", department)):
        if f"{prefix}.{cell}" not in keys:
            known = [key.removeprefix(f"{prefix}.") for key in keys if key.startswith(f"{prefix}.")]
            findings.append(Finding(name, number, f"{prefix} {cell!r} has no text", nearest(cell, known)))
    if side not in ("HK", "GD"):
        findings.append(Finding(name, number, f"side {side!r} must be HK or GD"))
    by_language = dict(zip(LANGUAGES, names, strict=True))
    return ListedService(service_id, "GD" if side == "GD" else "HK", category, department, kind, by_language)


def with_availability(listing: tuple[ListedService, ...], services: Mapping[str, Service]) -> tuple[ListedService, ...]:
    """The rows, each marked whether a service file stands behind it."""
    return tuple(replace(row, available=row.id in services) for row in listing)


def disagreement(row: ListedService, service: Service) -> str | None:
    """Why a service file and its row do not belong together, or None."""
    for field in ("side", "category", "department", "kind"):
        if getattr(row, field) != getattr(service, field):
            return f"{field} is {getattr(service, field)!r} here and {getattr(row, field)!r} in the listing"
    return None
