"""Wall times of the parts of a control step."""

from time import perf_counter
from typing import NamedTuple

import numpy as np


class StepTimes(NamedTuple):
    """Wall time of each part of control steps, from state read to torque written.

    Attributes:
        sense: Time to read the arm's state and the reference, shape (n_steps,) [s].
        encode: Time from the state to the network: command, sine and cosine, scaling,
            shape (n_steps,) [s].
        network: Time of the network's step; of a controller without neurons, of its whole law,
            shape (n_steps,) [s].
        decode: Time from the network's outputs to joint torques, shape (n_steps,) [s].
        act: Time to cut the torque at its limits and hand it to the joints, shape (n_steps,) [s].
    """

    sense: np.ndarray
    encode: np.ndarray
    network: np.ndarray
    decode: np.ndarray
    act: np.ndarray


class StepClock:
    """Clock of the parts of a control step, marked as the loop passes them.

    The loop calls the methods in the order in which they stand here, once per step.
    """

    def __init__(self) -> None:
        self._sense = 0.0
        self._mark = 0.0
        self._began = 0.0
        self._marks: list[tuple[float, ...]] = []

    def sensing(self) -> None:
        """Mark that the arm's state is about to be read, for the step that comes next."""
        self._mark = perf_counter()

    def sensed(self) -> None:
        """Mark that state and reference have been read."""
        self._sense = perf_counter() - self._mark

    def begin(self) -> None:
        """Mark that the controller is about to be asked."""
        self._began = perf_counter()

    def decided(self) -> None:
        """Mark that the controller has given its torque."""
        self._mark = perf_counter()

    def acted(self, crossings: tuple[float, float] | None) -> None:
        """Mark that the arm has taken the torque, which ends the step.

        Args:
            crossings: Moments at which the step entered the controller's network and left it, by
                ``time.perf_counter`` [s]; None where there is no network.
        """
        acted = perf_counter()
        entered, left = crossings or (self._began, self._mark)
        self._marks.append((self._sense, self._began, entered, left, self._mark, acted))

    def held(self) -> None:
        """Mark a step in which the torque was left as it is: it takes no time but for sensing."""
        self._marks.append((self._sense, *[self._mark] * 5))

    @property
    def times(self) -> StepTimes:
        """Times of the parts of all steps."""
        sense, *marks = np.array(self._marks).reshape(-1, 6).T
        return StepTimes(sense, *np.diff(marks, axis=0))
