"""State of a SoftHebb layer: weights and biases that it has learned."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class SoftHebbState:
    """Weights and log priors of a SoftHebb layer, read-only.

    Attributes:
        weights: Weights of each neuron, shape (n_neurons, n_inputs).
        log_priors: Logarithm of each neuron's prior, shape (n_neurons,).
    """

    weights: np.ndarray
    log_priors: np.ndarray

    def __post_init__(self) -> None:
        for name in ("weights", "log_priors"):
            values = np.array(getattr(self, name), dtype=float)
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @property
    def norms(self) -> np.ndarray:
        """Length of each neuron's weights, shape (n_neurons,)."""
        return np.linalg.norm(self.weights, axis=1)
