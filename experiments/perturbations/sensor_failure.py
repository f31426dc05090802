"""Sensors that are away for a while."""

from collections.abc import Sequence

import numpy as np

from spikearm.arm_models import ArmState, Pose


class FailingSensors:
    """Gives no numbers, or the same ones again and again, for some steps.

    Args:
        times: When it begins, since the arm's reset [s].
        duration: How long it lasts [s].
        period: Control period [s].
        freeze: Whether the last good state is given in place of no numbers.
    """

    def __init__(
        self, times: Sequence[float], duration: float, period: float, freeze: bool
    ) -> None:
        self._period, self._freeze = period, freeze
        n_steps = round(duration / period)
        starts = [round(time / period) for time in times]
        self._steps = {step for start in starts for step in range(start, start + n_steps)}

    def __call__(self, state: ArmState) -> ArmState:
        """Sense a state."""
        if round(state.time / self._period) not in self._steps:
            self._last = state
            return state
        return self._last._replace(time=state.time) if self._freeze else _no_number(state)


def _no_number(state: ArmState) -> ArmState:
    q, hand = np.full_like(state.q, np.nan), np.full(7, np.nan)
    return ArmState(state.time, q, q, Pose(hand[:3], hand[3:]), hand[:6])
