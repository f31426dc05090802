"""Sensors that fail for a while."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np

from spikearm.arm_models import ArmState, Pose
from spikearm.controller.loop.safety import sensor_guard
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation

OUTAGES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)  # s
OUTAGE = 0.01  # s


class FailingSensors:
    """Sensors that give no numbers, or the same ones again and again, for some steps.

    Args:
        times: Times at which they fail, since the arm's reset [s].
        duration: Time until they are back [s].
        period: Control period [s].
        freeze: True if the last good state is given in place of no numbers.
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


def fail_sensors(setup: LoopSetup, duration: float, seed: int, freeze: bool) -> LoopSetup:
    """Make all sensors fail in the middle of both ways."""
    return setup.with_sensors(FailingSensors(setup.halfway, duration, setup.arm.timestep, freeze))


@contextmanager
def without_outage_warnings() -> Iterator[None]:
    """Keep the loop from warning of sensors that came back, as they were asked to."""
    logger, level = sensor_guard.logger, sensor_guard.logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


NO_NUMBERS = Perturbation(
    "sensors without numbers", "ms", OUTAGES, OUTAGE, partial(fail_sensors, freeze=False),
    factor=1e3,
)  # fmt: skip
FROZEN = Perturbation(
    "sensors frozen", "ms", OUTAGES, OUTAGE, partial(fail_sensors, freeze=True), factor=1e3
)


def _no_number(state: ArmState) -> ArmState:
    q, hand = np.full_like(state.q, np.nan), np.full(7, np.nan)
    return ArmState(state.time, q, q, Pose(hand[:3], hand[3:]), hand[:6])
