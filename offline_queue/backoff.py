"""How long to wait before trying again."""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Full jitter between `least_s` and a ceiling that doubles with each failure up to `most_s`."""

    least_s: float = 1.0
    most_s: float = 900.0
    uniform: Callable[[float, float], float] = random.uniform

    def delay_s(self, failures: int, asked_s: float | None = None) -> float:
        """Seconds to wait after `failures` (1 or more) in a row; never less than what the portal asked for."""
        ceiling = min(self.most_s, self.least_s * 2.0 ** min(failures, 30))
        drawn = self.uniform(self.least_s, ceiling)
        return max(drawn, min(asked_s, self.most_s)) if asked_s is not None else drawn
