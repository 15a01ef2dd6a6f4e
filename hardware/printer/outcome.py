"""How a print job can end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hardware.device import Fault


class Result(StrEnum):
    """What became of a job."""

    PRINTED = "printed"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


@dataclass(frozen=True)
class PrintOutcome:
    """The end of a job; `fault` says why it is not PRINTED."""

    result: Result
    fault: Fault | None = None
