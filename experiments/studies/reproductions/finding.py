"""Findings: what was published, beside what was measured here."""

import math
from dataclasses import dataclass
from typing import Literal

Verdict = Literal[
    "reproduced", "holds", "differs", "measured here", "not measured", "not reproducible offline"
]


@dataclass(frozen=True)
class Finding:
    """Quantity as it was published, as it was measured here, and with the control.

    Attributes:
        quantity: Quantity and how it was measured, in words.
        published: Published value, in words and numbers; empty where the work has none.
        here: Value measured here for each seed; empty where it could not be measured.
        control_name: The simplest alternative that was measured beside it; empty if none.
        control: Value of the control for each seed.
        least: Smallest value that agrees with the work.
        most: Largest value that agrees with the work.
        offline: False if data or machines are needed that are not at hand.
        remark: Sentence that a reader has to know.
    """

    quantity: str
    published: str = ""
    here: tuple[float, ...] = ()
    control_name: str = ""
    control: tuple[float, ...] = ()
    least: float = -math.inf
    most: float = math.inf
    offline: bool = True
    remark: str = ""

    @property
    def agrees(self) -> bool:
        """True if it was measured, and the values of all seeds are within the bounds."""
        return bool(self.here) and all(self.least <= value <= self.most for value in self.here)

    @property
    def verdict(self) -> Verdict:
        """Result of the comparison: with what was published, or else with the bounds, if any."""
        if not self.offline:
            return "not reproducible offline"
        if not self.here:
            return "not measured"
        if not (self.published or math.isfinite(self.least) or math.isfinite(self.most)):
            return "measured here"
        if not self.agrees:
            return "differs"
        return "reproduced" if self.published else "holds"
