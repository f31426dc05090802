"""Where the wall time of a control step goes."""

from time import perf_counter
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.neural.counts import StepCounts


class StepTimes(NamedTuple):
    """Wall time of each part of control steps, from state read to torque written.

    Attributes:
        sense: Reading the arm's state, shape (n_steps,) [s].
        encode: From the state to the network: command, sine and cosine, scaling, shape (n_steps,)
            [s].
        network: The network's step; of a controller without neurons, its whole law,
            shape (n_steps,) [s].
        decode: From the network's outputs to joint torques, shape (n_steps,) [s].
        act: Cutting the torque at its limits and handing it to the joints, shape (n_steps,) [s].
    """

    sense: np.ndarray
    encode: np.ndarray
    network: np.ndarray
    decode: np.ndarray
    act: np.ndarray


class Stopwatch:
    """Lets an arm sense and a controller act, and times it.

    Args:
        arm: The plant.
        controller: What drives it.
    """

    def __init__(self, arm: Arm, controller: Controller) -> None:
        self._arm = arm
        self._controller = controller
        self._sense = 0.0
        self._marks: list[tuple[float, ...]] = []

    def sense(self) -> ArmState:
        """Read the arm's state, for the step that comes next."""
        began = perf_counter()
        state = self._arm.state
        self._sense = perf_counter() - began
        return state

    def control(self, state: ArmState, reference: Reference) -> StepCounts:
        """Compute a torque, hand it to the arm, and give the neural work that it took."""
        began = perf_counter()
        torque = self._controller.torque(state, reference)
        decided = perf_counter()
        self._arm.act(torque)
        acted = perf_counter()
        entered, left = self._controller.crossings or (began, decided)
        self._marks.append((self._sense, began, entered, left, decided, acted))
        return self._controller.counts

    def hold(self) -> StepCounts:
        """Leave the torque as it is, which takes no neural work, and no time but for sensing."""
        self._marks.append((self._sense, *[perf_counter()] * 5))
        return StepCounts()

    @property
    def times(self) -> StepTimes:
        """How long the parts of all steps took."""
        sense, *marks = np.array(self._marks).reshape(-1, 6).T
        return StepTimes(sense, *np.diff(marks, axis=0))
