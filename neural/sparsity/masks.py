"""Masks: the weights that a layer has, drawn before it learns."""

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count

MOST_NEURONS = 1_000_000
"""Largest number of neurons of a layer, and of its inputs."""


def complementary_mask(n_out: int, n_in: int, sets: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a mask in which neurons share the inputs out among them, so that they can be packed.

    Neurons 0 to ``sets - 1`` form a group, and so on. In a full group each input goes to exactly
    one neuron, and all neurons have the same number of inputs, or one more.

    Source: Hunter, Spracklen and Ahmad 2022, complementary sparsity.

    Args:
        n_out: Number of neurons.
        n_in: Number of inputs.
        sets: Number of neurons in a group; each has a share of 1 / sets of the inputs.
        rng: Source of randomness.

    Returns:
        Mask, shape (n_out, n_in), True where there is a weight.

    Raises:
        SpikearmError: A number is less than 1, or there are more sets than inputs.
    """
    _check_size(n_out, n_in)
    check_count(sets, "complementary sets", n_in)
    n_groups = -(-n_out // sets)
    shares = np.tile(np.arange(n_in) % sets, (n_groups, 1))
    owners = rng.permuted(shares, axis=1)  # (n_groups, n_in), places within a group
    mask = owners[:, np.newaxis] == np.arange(sets)[:, np.newaxis]  # (n_groups, sets, n_in)
    return mask.reshape(-1, n_in)[:n_out]


def random_mask(n_out: int, n_in: int, n_inputs: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a mask in which each neuron has as many inputs, whatever the others have.

    Args:
        n_out: Number of neurons.
        n_in: Number of inputs.
        n_inputs: Number of inputs of a neuron.
        rng: Source of randomness.

    Returns:
        Mask, shape (n_out, n_in), True where there is a weight.

    Raises:
        SpikearmError: A number is less than 1, or a neuron has more inputs than there are.
    """
    _check_size(n_out, n_in)
    check_count(n_inputs, "inputs of a neuron", n_in)
    return rng.permuted(np.tile(np.arange(n_in) < n_inputs, (n_out, 1)), axis=1)


def checked_mask(mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return a mask of a layer's weights, or raise.

    Args:
        mask: Mask, of booleans.
        shape: Shape of the weights.

    Raises:
        SpikearmError: It is of another type or shape.
    """
    mask = np.asarray(mask)
    if mask.dtype != bool or mask.shape != shape:
        raise SpikearmError(
            f"A mask of type {mask.dtype} and shape {mask.shape} is not possible: give booleans "
            f"in the shape of the weights, {shape}."
        )
    return mask


def _check_size(n_out: int, n_in: int) -> None:
    check_count(n_out, "neurons", MOST_NEURONS)
    check_count(n_in, "inputs", MOST_NEURONS)
