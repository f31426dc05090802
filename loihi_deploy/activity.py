"""Activity of a chip in a run."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array


@dataclass(frozen=True)
class Activity:
    """Activity of the chip in a run.

    Compartments are numbered block by block, neurons of spike inputs input by input.

    Attributes:
        active_updates: Updates of compartments that changed a current or a voltage, or gave a
            spike.
        fired: Spikes in each step of each compartment, and of each spike input's neuron whose spike
            arrived, shape (n_steps, n_compartments + n_neurons).
        input: Largest magnitude of each synaptic input, shape (n_compartments,); after an overflow,
            of its remainder.
        current: Largest magnitude of each current, shape (n_compartments,).
        membrane: Largest magnitude of each sum of current, bias and noise, shape (n_compartments,).
        error: Largest magnitude of a learning error, scaled and cut.
        overflow_counts: Steps with each of
            :data:`~spikearm.loihi_deploy.backends.overflows.OVERFLOWS`, the build included.
    """

    active_updates: int
    fired: csr_array
    input: np.ndarray
    current: np.ndarray
    membrane: np.ndarray
    error: int
    overflow_counts: Counter[str]

    @property
    def n_steps(self) -> int:
        """Steps of the run."""
        return self.fired.shape[0]

    @property
    def spikes(self) -> np.ndarray:
        """Spikes of each compartment, shape (n_compartments,)."""
        return self.fired.sum(axis=0)[: len(self.input)]

    @property
    def arrived(self) -> np.ndarray:
        """Flags of the spike inputs' neurons whose spikes arrived, shape (n_steps, n_neurons)."""
        return self.fired[:, len(self.input) :].toarray().astype(bool)
