"""Networks for digits: the same layers dense, complementary, and with random masks."""

import numpy as np

from spikearm.neural.sparsity.masks import complementary_mask, random_mask

N_PIXELS, N_CLASSES = 784, 10
SETS = (8, 20)  # neurons that share the pixels out, and those that share the first layer
SHARE_OF_WINNERS = 0.1
DENSE, COMPLEMENTARY, RANDOM = "dense", "complementary", "random masks"
NETWORKS = (DENSE, COMPLEMENTARY, RANDOM)


def draw_masks(kind: str, n_hidden: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw the masks of both hidden layers.

    Args:
        kind: Kind of network, one of :data:`NETWORKS`.
        n_hidden: Number of neurons of each layer.
        rng: Source of randomness.
    """
    masks = []
    for n_in, sets in zip((N_PIXELS, n_hidden), SETS, strict=True):
        if kind == DENSE:
            masks.append(np.ones((n_hidden, n_in), bool))
        elif kind == COMPLEMENTARY:
            masks.append(complementary_mask(n_hidden, n_in, sets, rng))
        else:
            masks.append(random_mask(n_hidden, n_in, n_in // sets, rng))
    return masks
