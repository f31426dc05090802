"""Actions of a policy, and the joint torques that they become."""

from abc import ABC, abstractmethod

import numpy as np

from spikearm.arm_models import ArmState, RigidBodyModel, SpikearmError
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference

LARGEST_ACCELERATION = np.repeat([5.0, 20.0], 3)  # m/s^2, rad/s^2; several times a reach's


class Actions(ABC):
    """Actions of one kind, whose numbers are from -1 to 1.

    Attributes:
        scale: Value that 1 stands for, shape (n_actions,).
    """

    scale: np.ndarray

    @abstractmethod
    def torque(self, state: ArmState, action: np.ndarray) -> np.ndarray:
        """Compute the joint torques of a control step, shape (n_joints,) [N m].

        Args:
            state: Sensed state.
            action: Action that holds, shape (n_actions,) [1].
        """

    def start(self, state: ArmState) -> None:  # noqa: B027  most actions keep no state
        """Prepare for an episode from this state."""

    def close(self) -> None:  # noqa: B027  most actions hold nothing
        """Free what is held."""


class TorqueActions(Actions):
    """Joint torques [N m], on top of those that carry the arm's nominal weight.

    Args:
        model: The arm's nominal dynamics.
        share: Torque that 1 stands for, as a share of the joints' limits [1].
        damped: Damp every joint so that an action of 1 holds it at its velocity limit.

    Raises:
        SpikearmError: The share is not above 0 and at most 1.
    """

    def __init__(self, model: RigidBodyModel, share: float = 1.0, damped: bool = False) -> None:
        if not 0.0 < share <= 1.0:
            raise SpikearmError(f"A torque share of {share} is not above 0 and at most 1.")
        self.scale = share * model.chain.torque_limits
        self._damping = float(damped) * self.scale / model.chain.velocity_limits
        self._model = model

    def torque(self, state: ArmState, action: np.ndarray) -> np.ndarray:
        """Compute the joint torques of a control step, shape (n_joints,) [N m]."""
        pushed = self.scale * action - self._damping * state.dq
        return pushed + self._model.dynamics(state.q).bias_force


class AccelerationActions(Actions):
    """Acceleration of the hand, linear, then angular, as shares of ``LARGEST_ACCELERATION``.

    A controller turns it into joint torques: it is given a reference that is where the hand is,
    moves as the hand does, and accelerates as the action says.

    Args:
        controller: Controller that feeds accelerations forward.
    """

    def __init__(self, controller: Controller) -> None:
        self.scale = LARGEST_ACCELERATION
        self._controller = controller

    def start(self, state: ArmState) -> None:
        """Start the controller, and settle its neurons if it has any."""
        self._controller.start(state)

    def torque(self, state: ArmState, action: np.ndarray) -> np.ndarray:
        """Compute the joint torques of a control step, shape (n_joints,) [N m]."""
        acceleration = self.scale * action
        return self._controller.torque(
            state, Reference(state.hand, state.hand_velocity, acceleration)
        )

    def close(self) -> None:
        """Close the controller."""
        self._controller.close()
