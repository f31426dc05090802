"""Triangle: the activation between convolutional SoftHebb layers."""

import numpy as np


def triangle(activation: np.ndarray, power: float = 1.0) -> np.ndarray:
    """Compute how far each channel is above the mean of the channels: ``relu(u - <u>)^p``.

    Args:
        activation: Activations, shape (..., channels).
        power: Exponent ``p``.
    """
    above = activation - activation.mean(axis=-1, keepdims=True)
    return np.maximum(above, 0.0) ** power
