"""What crosses the border between host and network."""

import numpy as np


class HostInput:
    """What a node puts into a network: an array that the host writes.

    Attributes:
        values: Shape (n,).
    """

    def __init__(self, n: int) -> None:
        self.values = np.zeros(n)

    def __call__(self, t: float) -> np.ndarray:
        """Give the values, as a node's function does."""
        return self.values


class HostOutput:
    """What a node takes out of a network: an array that the host reads.

    Attributes:
        values: Shape (n,).
    """

    def __init__(self, n: int) -> None:
        self.values = np.zeros(n)

    def __call__(self, t: float, x: np.ndarray) -> None:
        """Take the values, as a node's function does."""
        self.values[:] = x
