"""A policy as a controller, for `bench` and all that takes controllers."""

from collections.abc import Callable

import numpy as np

from spikearm.arm_models import ArmState, RigidBodyModel
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.experiments.environments.actions import Actions
from spikearm.experiments.environments.observation import observation_bound, observe_within

Policy = Callable[[np.ndarray], np.ndarray]
"""Function of an observation that returns an action."""


class PolicyController(Controller):
    """Controller that asks a policy for an action every few steps, as its environment did.

    Args:
        model: The arm's nominal dynamics.
        policy: Function of the environment's observation that returns its action.
        actions: Kind of the actions.
        hold_steps: Control steps for which an action holds.
    """

    def __init__(
        self, model: RigidBodyModel, policy: Policy, actions: Actions, hold_steps: int = 10
    ) -> None:
        self._policy, self._actions, self._hold_steps = policy, actions, hold_steps
        self._bound = observation_bound(model.chain)
        self._action = np.zeros_like(actions.scale)
        self._wait = 0

    def start(self, state: ArmState) -> None:
        """Prepare for a motion from this state."""
        self._actions.start(state)
        self._wait = 0

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        if self._wait == 0:
            action = self._policy(observe_within(self._bound, state, reference))
            self._action = np.clip(action, -1.0, 1.0)
            self._wait = self._hold_steps
        self._wait -= 1
        return self._actions.torque(state, self._action)

    def close(self) -> None:
        """Free what the actions hold."""
        self._actions.close()
