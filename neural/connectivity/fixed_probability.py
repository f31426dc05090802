"""Random connectivity whose synapses are worked out at each spike."""

import numpy as np
import scipy.sparse

from spikearm.arm_models import SpikearmError
from spikearm.neural.connectivity.checks import check_type, check_whole
from spikearm.neural.connectivity.connectivity import Connectivity
from spikearm.neural.connectivity.kernels import add_random, generate_row

MOST_SEED = 2**64 - 1


class FixedProbability(Connectivity):
    """Connectivity in which every pair of neurons has a synapse with the same probability.

    Nothing about a synapse is kept: a row comes from a generator of random numbers without a state
    (Knight and Nowotny 2021), and is the same whenever it is worked out.

    Args:
        n_pre: Number of neurons that spikes come from.
        n_post: Number of neurons that they go to.
        probability: Probability of a synapse [1].
        weight: Mean weight.
        spread: Half of the range of weights, which are uniformly distributed.
        seed: Seed of the connectivity.
        dtype: Type of the inputs that weights are added to.

    Raises:
        SpikearmError: A number is out of range.
    """

    def __init__(
        self,
        n_pre: int,
        n_post: int,
        probability: float,
        weight: float = 1.0,
        spread: float = 0.0,
        seed: int = 0,
        dtype: type = np.float64,
    ) -> None:
        check_whole("neurons", n_pre, n_post)
        check_type(np.dtype(dtype))
        if n_pre < 1 or n_post < 1:
            raise SpikearmError(f"{n_pre} to {n_post} neurons: give 1 or more of each.")
        if not 0 < probability <= 1:
            raise SpikearmError(f"A probability of {probability}: give more than 0, at most 1.")
        if not (np.isfinite(weight) and np.isfinite(spread)):
            raise SpikearmError(f"Weights of {weight} +- {spread}: give finite numbers.")
        if not isinstance(seed, int | np.integer) or not 0 <= seed <= MOST_SEED:
            raise SpikearmError(f"Seed {seed}: give a whole number from 0 to {MOST_SEED}.")
        super().__init__(n_pre, n_post, np.dtype(dtype))
        self._weight, self._spread = float(weight), float(spread)
        self._log_miss = float(np.log1p(-probability)) if probability < 1 else -np.inf
        self._key = int(seed) & 0xFFFFFFFF, int(seed) >> 32

    @property
    def nbytes(self) -> int:
        """Memory of a row while it is worked out [bytes]; no row is kept."""
        return self.n_post * (np.dtype(np.int64).itemsize + np.dtype(np.float64).itemsize)

    @property
    def n_synapses(self) -> int:
        """Number of synapses, which takes as long to count as all neurons to fire once."""
        return sum(len(self.row(neuron)[0]) for neuron in range(self.n_pre))

    def row(self, neuron: int) -> tuple[np.ndarray, np.ndarray]:
        """Work out the targets of a neuron, shape (n_synapses,), and their weights.

        Raises:
            SpikearmError: The neuron does not exist.
        """
        check_whole("as the number of a neuron", neuron)
        if not 0 <= neuron < self.n_pre:
            raise SpikearmError(f"There is no neuron {neuron}: give 0 to {self.n_pre - 1}.")
        targets, draws = self._row_memory()
        n = generate_row(neuron, self.n_post, self._log_miss, self._key, targets, draws)
        return targets[:n], self._weight + self._spread * (2.0 * draws[:n] - 1.0)

    def _rows(self) -> scipy.sparse.csr_array:
        rows = [self.row(neuron) for neuron in range(self.n_pre)]
        starts = np.cumsum([0, *(len(targets) for targets, _ in rows)])
        targets, weights = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        return scipy.sparse.csr_array(
            (weights.astype(self.dtype), targets, starts), shape=(self.n_pre, self.n_post)
        )

    def _row_memory(self) -> tuple[np.ndarray, np.ndarray]:
        return np.empty(self.n_post, dtype=np.int64), np.empty(self.n_post)

    def _add_rows(self, spikes: np.ndarray, out: np.ndarray) -> int:
        return add_random(
            spikes, self.n_pre, self._log_miss, self._key, self._weight, self._spread,
            *self._row_memory(), out,
        )  # fmt: skip
