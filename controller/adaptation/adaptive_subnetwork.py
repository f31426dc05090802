"""The adaptive network as a sub-network of a controller."""

from collections.abc import Callable
from dataclasses import asdict

import nengo
import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.adaptation.adaptive_network import AdaptiveNetwork
from spikearm.controller.adaptation.scaling import AdaptationScaling
from spikearm.controller.classical.control_step import ControlStep

Feedback = Callable[[ControlStep], np.ndarray]
"""Function that computes the feedback torque of a step, shape (n_joints,) [N m]."""


class AdaptiveSubnetwork:
    """Host side of an adaptive network: scaling of the state, the error and the learned torque.

    The error of a step is the feedback of the step before.

    Args:
        network: Adaptive network.
        scaling: Scaling of its inputs and outputs.
        feedback: Feedback that it learns from.
        learning: Learn from the first step on.

    Attributes:
        learning: True while it learns; it may be switched at any time. Without learning the error
            is 0, and the learned weights still act.
        cut_steps: Steps so far in which the error was cut at its bound.
    """

    def __init__(
        self,
        network: AdaptiveNetwork,
        scaling: AdaptationScaling,
        feedback: Feedback,
        learning: bool = True,
    ) -> None:
        self.learning = learning
        self.cut_steps = 0
        self._network = network
        self._scaling = scaling
        self._compute_feedback = feedback
        self._zero = np.zeros(len(scaling.home))
        self._feedback = self._zero

    def add_to(self, network: nengo.Network) -> None:
        """Add the adaptive network's ensembles and nodes."""
        self._network.add_to(network)

    def hold(self, state: ArmState) -> None:
        """Write the state of an arm that is held, and no error."""
        self._feedback = self._zero
        self._feed(state)

    def write(self, step: ControlStep) -> None:
        """Write the state, and the error that feedback had left in the step before."""
        self._feed(step.state)
        self._feedback = self._compute_feedback(step)

    @property
    def torque(self) -> np.ndarray:
        """Learned joint torques of the last step, shape (n_joints,) [N m]."""
        return self._network.torque.values * self._scaling.torque

    @property
    def about(self) -> dict[str, object]:
        """Seed, home and configuration that learned weights depend on."""
        config = asdict(self._network.config)
        units = ("neurons", "ensembles", "active_share", "push", "span", "span_time")
        about = {"home": self._scaling.home.tolist(), "seed": self._network.seed}
        return about | {name: config[name] for name in units}

    def _feed(self, state: ArmState) -> None:
        self._scaling.write_state(self._network.state.values, state.q, state.dq)
        feedback = self._feedback if self.learning else self._zero
        self.cut_steps += self._scaling.write_error(self._network.error.values, feedback)
