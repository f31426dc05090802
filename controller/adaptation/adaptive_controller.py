"""Controller with an adaptive sub-network, and access to its learned weights."""

from collections import Counter

import numpy as np

from spikearm.arm_models import ArmState, SpikearmError
from spikearm.controller.adaptation.adaptive_subnetwork import AdaptiveSubnetwork
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.adaptation.learning_controller import LearningController
from spikearm.controller.controller import NeuralController, WrappedController
from spikearm.controller.references.reference import Reference
from spikearm.neural.learning import learning_simulation

CUT_ERROR = "Error cut"


class AdaptiveController(WrappedController, LearningController):
    """Controller with access to the learned weights of its adaptive sub-network.

    Every start resets the neurons and keeps the learned weights.

    Args:
        controller: Controller that runs the sub-network.
        subnetwork: Adaptive sub-network of this controller.

    Raises:
        SpikearmError: The backend has no access to learned weights.
    """

    def __init__(self, controller: NeuralController, subnetwork: AdaptiveSubnetwork) -> None:
        super().__init__(controller)
        self.subnetwork = subnetwork
        self.simulation = learning_simulation(controller.simulation)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, the learned ones included, shape (n_joints,) [N m]."""
        return self.inner.torque(state, reference)

    @property
    def learned(self) -> LearnedWeights:
        """Copy of the weights that have been learned so far."""
        return LearnedWeights(tuple(self.simulation.read_learned()), self.subnetwork.about)

    def restore(self, learned: LearnedWeights) -> None:
        """Replace the learned weights by others.

        Raises:
            SpikearmError: The weights belong to another network.
        """
        about = self.subnetwork.about
        for name in about:
            if learned.about.get(name) != about[name]:
                raise SpikearmError(
                    f"These weights were learned with {name} {learned.about.get(name)}, but this "
                    f"network has {about[name]}. Give it the same options, or let it learn anew."
                )
        try:
            self.simulation.write_learned(learned.weights)
        except ValueError as error:
            raise SpikearmError(
                f"These weights were learned by another kind of neurons: {error}. Use the stage "
                "that learned them."
            ) from error

    @property
    def learned_share(self) -> float:
        """Largest learned weight, of the largest that fits the chip [1]."""
        return self.simulation.learned_share

    @property
    def overflow_counts(self) -> Counter[str]:
        """Number of steps in which a number was cut or overflowed, by kind."""
        cut = Counter({CUT_ERROR: self.subnetwork.cut_steps})
        return self.simulation.overflow_counts + cut
