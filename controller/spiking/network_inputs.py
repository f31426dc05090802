"""Inputs that a Nengo network can ask for: signals of the arm and its reference, by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import ArmState, RigidBodyModel
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.gains import Gains
from spikearm.controller.references.joint_reference import JointReference
from spikearm.controller.references.reference import Reference
from spikearm.neural.host_io import HostInput


class Moment(NamedTuple):
    """Values of a control step that signals are read from.

    Attributes:
        step: State, reference and command of the step.
        joints: Reference in joint space.
        model: The arm's nominal dynamics.
    """

    step: ControlStep
    joints: JointReference
    model: RigidBodyModel


@dataclass(frozen=True)
class Signal:
    """Vector that the host writes into a network before each of its steps.

    Attributes:
        unit: Unit.
        read: Function that returns its values.
        size: Number of values; one per joint when None.
    """

    unit: str
    read: Callable[[Moment], np.ndarray]
    size: int | None = None

    def width(self, n_joints: int) -> int:
        """Return the number of values for an arm."""
        return n_joints if self.size is None else self.size


SIGNALS: dict[str, Signal] = {
    "q": Signal("rad", lambda now: now.step.state.q),
    "dq": Signal("rad/s", lambda now: now.step.state.dq),
    "hand_position": Signal("m", lambda now: now.step.state.hand.position, 3),
    "hand_quaternion": Signal("1", lambda now: now.step.state.hand.quaternion, 4),
    "hand_velocity": Signal("m/s, rad/s", lambda now: now.step.state.hand_velocity, 6),
    "reference_position": Signal("m", lambda now: now.step.reference.pose.position, 3),
    "reference_quaternion": Signal("1", lambda now: now.step.reference.pose.quaternion, 4),
    "reference_velocity": Signal("m/s, rad/s", lambda now: now.step.reference.velocity, 6),
    "reference_acceleration": Signal(
        "m/s^2, rad/s^2", lambda now: now.step.reference.acceleration, 6
    ),
    "command": Signal("m/s^2, rad/s^2", lambda now: now.step.command, 6),
    "joint_error": Signal("rad", lambda now: now.joints.q - now.step.state.q),
    "joint_velocity_error": Signal("rad/s", lambda now: now.joints.dq - now.step.state.dq),
    "gravity": Signal("N m", lambda now: now.model.dynamics(now.step.state.q).bias_force),
}
"""Signals by name. ``command`` is the desired acceleration of the hand, of which the law's gains
are a part; joint errors are those to the joint motion that follows the hand's reference;
``gravity`` is the torque that holds the arm's nominal weight."""

JOINT_SIGNALS = {"joint_error", "joint_velocity_error"}


class NetworkInputs:
    """Arrays of host inputs, which are written in every control step.

    Args:
        model: The arm's nominal dynamics.
        names: Names of the signals.
        gains: Gains of the command.
        feedforward: Part of the reference that the command feeds forward.

    Attributes:
        nodes: Host input of each signal, by name.
    """

    def __init__(
        self,
        model: RigidBodyModel,
        names: Iterable[str],
        gains: Gains = Gains(),
        feedforward: Feedforward = "acceleration",
    ) -> None:
        self.nodes = {name: HostInput(SIGNALS[name].width(model.chain.n_joints)) for name in names}
        self._model, self._gains = model, gains
        self._feedforward: Feedforward = feedforward
        self._joints = JointReference(model)
        self._follows = bool(JOINT_SIGNALS & set(self.nodes))

    def hold(self, state: ArmState) -> None:
        """Write the signals of an arm that is held in a state, which its reference then is."""
        self._joints = JointReference(self._model, start=state.q)
        still = Reference(state.hand, np.zeros(6), np.zeros(6))
        self._write(ControlStep(state, still, self._gains, self._feedforward))

    def write(self, state: ArmState, reference: Reference) -> ControlStep:
        """Write the signals of a control step, and return the step."""
        if self._follows:  # which takes longer than the other signals together
            self._joints.advance(reference)
        step = ControlStep(state, reference, self._gains, self._feedforward)
        self._write(step)
        return step

    def _write(self, step: ControlStep) -> None:
        now = Moment(step, self._joints, self._model)
        for name, node in self.nodes.items():
            node.values[:] = SIGNALS[name].read(now)
