"""One line of a benchmark's table."""

from typing import NamedTuple


class Row(NamedTuple):
    """What was measured, its value, the unit (or "ratio"), and the target as words such as "<= 1.6"."""

    name: str
    value: float
    unit_or_ratio: str
    target: str
