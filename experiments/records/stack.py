"""The stack that a run's last bit depends on: versions, threads and how libraries round."""

import hashlib
import os

import numpy as np
import scipy.linalg

from spikearm.experiments.records.provenance import versions

SEED = 0


def stack() -> dict[str, str]:
    """Collect what a run's last bit depends on, beside this package itself."""
    return {
        **{name: version or "" for name, version in versions().items() if name != "spikearm"},
        "threads": str(os.cpu_count()),
        "rounding": _rounding_digest(),
    }


def _rounding_digest() -> str:
    """Digest results of linear algebra and elementary functions to the last bit.

    NumPy and SciPy take other kernels on other processors, which their names do not tell.
    """
    rng = np.random.default_rng(SEED)
    digest = hashlib.sha256()
    for n in (6, 7, 300):
        samples = rng.normal(size=(4 * n, n))
        gram = samples.T @ samples
        results = (
            gram,
            np.linalg.solve(gram, samples.T),
            *np.linalg.eigh(gram),
            scipy.linalg.cho_factor(gram)[0],
            samples @ samples[0],
            np.exp(samples),
            np.sin(samples),
            np.tanh(samples),
        )
        for values in results:
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
