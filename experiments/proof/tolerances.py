"""Tolerances of numbers that come out again on another stack, where rounding differs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Tolerance:
    """Largest difference between two numbers.

    Attributes:
        absolute: Largest difference, in the number's own unit.
        relative: Largest difference, as a share of the larger of the two.
    """

    absolute: float = 0.0
    relative: float = 0.0

    def allows(self, claimed: float | None, found: float | None) -> bool:
        """Return whether two numbers are as near as they have to be."""
        if claimed is None or found is None:
            return claimed is found
        return math.isclose(claimed, found, rel_tol=self.relative, abs_tol=self.absolute)


EXACT = Tolerance()
ROUNDED = Tolerance(1e-12, 1e-9)
"""Of means that were taken in another order."""

LAW: Mapping[str, Tolerance] = {
    "position_rmse_m": Tolerance(1e-6),
    "orientation_rmse_rad": Tolerance(1e-5),
    "endpoint_error_m": Tolerance(1e-6),
    "path_deviation_m": Tolerance(1e-6),
    "fidelity_rmse_m": Tolerance(1e-6),
    "effort": Tolerance(relative=1e-3),
    "success_rate": EXACT,
    "success_rate_5mm": EXACT,
}
"""Of laws without neurons, whose hand rounding moves by less than a micrometre."""

NEURONS: Mapping[str, Tolerance] = {
    "position_rmse_m": Tolerance(relative=0.25),
    "fidelity_rmse_m": Tolerance(relative=0.25),
    "success_rate": EXACT,
    "success_rate_5mm": EXACT,
    "spikes": Tolerance(relative=0.05),
    "synaptic_events": Tolerance(relative=0.05),
}
"""Of spiking networks, whose single spikes rounding moves by a step: the path is another sample of
the same noise, as far from the law's as before."""
