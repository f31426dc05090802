"""Decoders that are known, for connections of Nengo."""

from typing import Any

import nengo
import numpy as np

FAR = 4.0  # in radii of an ensemble; there some of its neurons fire, which Nengo wants to see


def given_decoders(decoders: np.ndarray, dimensions: int) -> dict[str, Any]:
    """Return the arguments of a connection from an ensemble whose decoders are known.

    A solver is given the rates of all neurons at thousands of points, which take as long to compute
    as the rest of the network to build. Here it needs none, and is given a few.

    Args:
        decoders: Decoders, shape (n_neurons, n_decoded).
        dimensions: Number of dimensions of the ensemble.
    """
    points = FAR * np.vstack([np.eye(dimensions), -np.eye(dimensions)])
    return {"solver": nengo.solvers.NoSolver(decoders), "eval_points": points}
