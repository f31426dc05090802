"""Choices of the training of an eye's layers."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.errors import check_count, check_positive

State = dict[str, np.ndarray]
"""Everything that a training changes, by name."""
N_UPDATES = "n_updates"
"""Name of the number of finished updates in a state."""


@dataclass(frozen=True)
class EyeTrainingConfig:
    """Choices of a training.

    Attributes:
        updates: Number of updates of the weights.
        batch_size: Views between two updates.
        learning_rate: First step size of Adam, which falls to zero by half a cosine.
        n_steps: Frames of each view that are shown, the last ones.
        warm_up: Frames of these that membranes settle in, before outputs count.
        tau_learning: Time constant of the filter that heat neurons are read through while they
            learn [s]; with a shorter one than in use, each frame has to be clearer.
        homeostasis: Keep no channel silent, and no layer firing often, by losses of spike counts.
    """

    updates: int = 1500
    batch_size: int = 32
    learning_rate: float = 3e-3
    n_steps: int = 18
    warm_up: int = 8
    tau_learning: float = 0.016
    homeostasis: bool = True

    def __post_init__(self) -> None:
        check_count(self.updates, "updates", 10**7)
        check_count(self.n_steps, "frames", 10**4)
        check_count(self.batch_size, "views between two updates", 10**4)
        check_positive(self, "learning_rate", "tau_learning")
        check_count(self.warm_up, "frames to settle in", self.n_steps - 1, least=0)

    def step_size(self, number: int) -> float:
        """Return the step size of an update, the first being number 0."""
        return self.learning_rate * 0.5 * (1.0 + np.cos(np.pi * number / self.updates))
