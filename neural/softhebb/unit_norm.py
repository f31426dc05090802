"""Inputs of unit length, as SoftHebb takes them."""

import numpy as np


def unit_norm(inputs: np.ndarray) -> np.ndarray:
    """Divide each input by its length; inputs of zeros stay zeros.

    Args:
        inputs: Inputs, shape (..., n_inputs).
    """
    norms = np.linalg.norm(inputs, axis=-1, keepdims=True)
    return np.divide(inputs, norms, out=np.zeros_like(inputs, dtype=float), where=norms > 0)
