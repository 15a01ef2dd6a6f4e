"""`python -m benchmarks [part…]`: every benchmark in one run, as the table that the README shows."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from benchmarks.apart import measured
from benchmarks.row import Row

PARTS = (
    *("screens", "touch", "memory", "cards", "queue", "backlog", "ingest", "printer", "catalogue", "typing"),
    *("vision", "unseen"),
)


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    head = "| what | measured | target |\n|---|---|---|"
    return "\n".join(
        [head, *(f"| {row.name} | {_number(row.value)} {row.unit_or_ratio} | {row.target} |" for row in rows)]
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def main(parts: list[str]) -> None:
    """Run the parts that are named, or all; what failed is named, and makes the whole run fail."""
    unknown = set(parts) - set(PARTS)
    if unknown:
        sys.exit(f"{', '.join(sorted(unknown))}: known are {', '.join(PARTS)}")
    rows, failed = measured([f"benchmarks.bench_{part}" for part in parts or PARTS])
    print(table(rows))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
