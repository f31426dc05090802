"""Points that are drawn evenly in a ball."""

import numpy as np


def draw_distance(radius: float, rng: np.random.Generator) -> float:
    """Draw the distance of a point from the middle of the ball that it is evenly in [m].

    Args:
        radius: Radius of the ball [m].
        rng: Generator that draws.
    """
    return radius * rng.uniform() ** (1 / 3)
