"""Faults of sensors and controllers that the safety layer must bear."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.controller import Controller, WrappedController
from spikearm.controller.references.reference import Reference

DRIFT = 1.0  # rad/s
OFFSET = 3.0  # rad
TRACKER_OFFSET = np.array([0.0, 0.3, 0.4])  # m


class Moment(NamedTuple):
    """A moment after a fault has begun.

    Attributes:
        state: True state.
        before: Last true state before the fault.
        steps: Number of steps since it began.
        joint: Joint that fails.
        other: Joint whose encoder its own is swapped with.
    """

    state: ArmState
    before: ArmState
    steps: int
    joint: int
    other: int

    def with_joint(self, **values: float) -> ArmState:
        """Return the state with another position or velocity of the joint that fails."""
        columns = {name: getattr(self.state, name).copy() for name in values}
        for name, value in values.items():
            columns[name][self.joint] = value
        return self.state._replace(**columns)


Sense = Callable[[Moment], ArmState]
"""Function that makes what is sensed."""
Act = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Function of the controller's torque and the torque limits, shape (n_joints,) [N m]."""


@dataclass(frozen=True)
class Fault:
    """A fault that begins in mid-motion and stays.

    Attributes:
        title: Name in tables.
        cause: Words that tell the cause in the sentence of the arm that is stopped; ``{joint}``
            and ``{other}`` stand for the joints.
        sense: Function that makes what is sensed of a state.
        act: Function that makes what becomes of a torque.
    """

    title: str
    cause: str
    sense: Sense = lambda now: now.state
    act: Act = lambda torque, limits: torque


def _swap(now: Moment) -> ArmState:
    order = np.arange(len(now.state.q))
    order[[now.joint, now.other]] = now.other, now.joint
    return now.state._replace(q=now.state.q[order], dq=now.state.dq[order])


def _shift_tracker(now: Moment) -> ArmState:
    hand = now.state.hand
    return now.state._replace(hand=hand._replace(position=hand.position + TRACKER_OFFSET))


def _drift(now: Moment) -> ArmState:
    elapsed = now.state.time - now.before.time
    return now.with_joint(q=now.state.q[now.joint] + DRIFT * elapsed)


def _flicker(now: Moment) -> ArmState:
    return now.state if now.steps % 20 == 19 else now.with_joint(q=np.nan)


def _raise(torque: np.ndarray, limits: np.ndarray) -> np.ndarray:
    raise RuntimeError("the controller's own error")


FAULTS = {
    "speed": Fault(
        "dq of one joint 1e3 rad/s", "encoder of {joint}", lambda now: now.with_joint(dq=1e3)
    ),
    "flipped": Fault(
        "dq of one joint of the wrong sign", "encoder of {joint}",
        lambda now: now.with_joint(dq=-now.state.dq[now.joint]),
    ),
    "swapped": Fault("encoders of two joints swapped", "encoder", _swap),
    "tracker": Fault("tracker off by 0.5 m", "hand's tracker", _shift_tracker),
    "drift": Fault("encoder that drifts by 1 rad/s", "encoder of {joint}", _drift),
    "offset": Fault(
        "encoder off by 3 rad", "encoder of {joint}",
        lambda now: now.with_joint(q=now.state.q[now.joint] + OFFSET),
    ),
    "flicker": Fault("NaN in 19 of 20 steps", "encoder of {joint} gave no finite", _flicker),
    "frozen": Fault(
        "encoder frozen, with dq 0", "encoder of {joint}",
        lambda now: now.with_joint(q=now.before.q[now.joint], dq=0.0),
    ),
    "nan": Fault("controller returns NaN", "not finite", act=lambda torque, _: torque * np.nan),
    "shape": Fault("controller returns a wrong shape", "shape", act=lambda torque, _: torque[:-1]),
    "raising": Fault("controller raises", "the controller's own error", act=_raise),
    "constant": Fault(
        "torque constant at its limits", "The controller pushed", act=lambda _, limits: limits
    ),
}  # fmt: skip
"""Faults by name."""


class FaultySensors:
    """Sensors that fail from some time on.

    Args:
        fault: Fault.
        begins: Time at which it begins, since the arm's reset [s].
        joints: Joint that fails, and the one whose encoder its own is swapped with.
    """

    def __init__(self, fault: Fault, begins: float, joints: tuple[int, int]) -> None:
        self._fault, self._begins, self._joints = fault, begins, joints
        self._before: ArmState | None = None
        self._steps = 0

    def __call__(self, state: ArmState) -> ArmState:
        """Sense a state."""
        if state.time < self._begins or self._before is None:
            self._before = state
            return state
        sensed = self._fault.sense(Moment(state, self._before, self._steps, *self._joints))
        self._steps += 1
        return sensed


class FaultyController(WrappedController):
    """Controller whose torques go wrong from some time on.

    Args:
        inner: Controller that works.
        arm: Arm that it drives.
        fault: Fault.
        begins: Time at which it begins, since the arm's reset [s].
    """

    def __init__(self, inner: Controller, arm: Arm, fault: Fault, begins: float) -> None:
        super().__init__(inner)
        self._limits = arm.chain.torque_limits
        self._fault, self._begins = fault, begins

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, or what becomes of them."""
        torque = self.inner.torque(state, reference)
        return torque if state.time < self._begins else self._fault.act(torque, self._limits)
