"""Values that host and network exchange in every step."""

import numpy as np


class HostInput:
    """Input of a network: an array that the host writes and a node reads.

    Args:
        n: Number of values.
        rectified: True if values of zero are to send no spike to a chip, over connections that
            leave the node: of two neurons for each value, one then codes what is positive and one
            what is negative.

    Attributes:
        values: Values of the step, shape (n,).
        rectified: True if values of zero are to send no spike to a chip.
    """

    def __init__(self, n: int, rectified: bool = False) -> None:
        self.values = np.zeros(n)
        self.rectified = rectified

    def __call__(self, t: float) -> np.ndarray:
        """Return the values, as a node's function does."""
        return self.values


class HostOutput:
    """Output of a network: an array that a node writes and the host reads.

    Attributes:
        values: Values of the step, shape (n,).
    """

    def __init__(self, n: int) -> None:
        self.values = np.zeros(n)

    def __call__(self, t: float, x: np.ndarray) -> None:
        """Store the values, as a node's function does."""
        self.values[:] = x
