"""Assignment of groups to places of a mesh: a quadratic assignment problem."""

import numpy as np

STARTS = 20  # of the search; the first with every group where it is
LEAST_GAIN = 1e-9  # of a swap, over the whole cost


def arrange(traffic: np.ndarray, distance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Assign each group a place, so that traffic goes over short distances.

    A descent swaps the two groups whose swap gains most, as long as one does. (``scipy.optimize``
    has this as method 2opt of ``quadratic_assignment``; for 128 places it takes minutes.)

    Args:
        traffic: Traffic from each group to each, shape (n, n).
        distance: Distance from each place to each, the same both ways, shape (n, n).
        rng: Generator that draws the starts.

    Returns:
        Place of each group, shape (n,).
    """
    flow = traffic + traffic.T
    np.fill_diagonal(flow, 0.0)
    starts = [np.arange(len(flow)), *(rng.permutation(len(flow)) for _ in range(STARTS - 1))]
    found = [_swapped(flow, distance, start) for start in starts]
    return min(found, key=lambda places: (flow * distance[np.ix_(places, places)]).sum())


def _swapped(flow: np.ndarray, distance: np.ndarray, places: np.ndarray) -> np.ndarray:
    least = LEAST_GAIN * (flow * distance).sum()
    while True:
        apart = distance[np.ix_(places, places)]
        elsewhere = flow @ apart  # (i, j): cost of i where j is
        here = np.diag(elsewhere)
        change = elsewhere + elsewhere.T - here[:, None] - here[None, :] + 2 * flow * apart
        a, b = np.unravel_index(change.argmin(), change.shape)
        if change[a, b] >= -least:
            return places
        places[[a, b]] = places[[b, a]]
