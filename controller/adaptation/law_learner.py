"""Base class of what learns beside the law, without neurons."""

import numpy as np

from spikearm.controller.adaptation.learning_controller import LearningController
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import FeedbackController


class LawLearner(LearningController, FeedbackController):
    """Law with a torque that some numbers decide, which are learned.

    Args:
        law: Law that it is added to.
        n_learned: Number of the numbers, which are zero at first.
    """

    def __init__(self, law: OperationalSpaceController, n_learned: int) -> None:
        self.law = law
        self.gains = law.gains
        self._learned = np.zeros(n_learned)

    @property
    def feedback(self) -> np.ndarray:
        """Joint torques of the law's errors alone, shape (n_joints,) [N m]."""
        return self.law.feedback

    @property
    def learned(self) -> np.ndarray:
        """Copy of the learned numbers, shape (n_learned,)."""
        return self._learned.copy()

    def restore(self, learned: np.ndarray) -> None:
        """Replace the learned numbers."""
        self._learned = learned.copy()
