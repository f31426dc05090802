"""Search for ensembles that make steps shorter when they are split over more cores."""

from collections import Counter
from dataclasses import dataclass

from scipy.sparse import csr_array

from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.discretisation.blocks import block_name, build
from spikearm.loihi_deploy.discretisation.quantisation import quantise
from spikearm.loihi_deploy.discretisation.rescaling import rescale
from spikearm.loihi_deploy.discretisation.zeros import drop_zeros
from spikearm.loihi_deploy.energy.account import LoihiEnergy, Work, loihi_energy
from spikearm.loihi_deploy.energy.chip_work import chip_work
from spikearm.loihi_deploy.energy.step_time import step_times
from spikearm.loihi_deploy.mapping.fan_out import FanOut
from spikearm.loihi_deploy.mapping.placement import place
from spikearm.loihi_deploy.mapping.splitting import Split, split_ensembles
from spikearm.neural.counts import ChipWork

WORTH_A_CORE = 0.05  # share of the mean step that another core must save


@dataclass(frozen=True)
class SplitCost:
    """Cost of a step with ensembles split in one way, and a core to each block.

    Attributes:
        names: Names of the ensembles, in the order of ``all_ensembles``.
        blocks: Number of blocks of each ensemble, in the same order.
        cores: Cores in use.
        mean: Mean time of a step [s].
        longest: Longest time of a step [s].
        energy: Dynamic energy of a step, on average [J]; None where a price is missing.
        slowest: Index of the ensemble whose core is slowest in most steps; None for the neurons of
            a connection.
    """

    names: tuple[str, ...]
    blocks: Split
    cores: int
    mean: float
    longest: float
    energy: LoihiEnergy | None
    slowest: int | None

    @property
    def one_more(self) -> Split:
        """Split with one more block of the slowest ensemble."""
        return tuple(n + (k == self.slowest) for k, n in enumerate(self.blocks))


def search_split(simulation: RecordedSimulation, fired: csr_array) -> tuple[SplitCost, ...]:
    """Split the slowest ensemble once more, as long as that is worth another core.

    The spikes of the run are taken for those of the split network; they differ where the rounding
    of weights does.

    Args:
        simulation: Recorded run. Block shapes of its network's ensembles are changed.
        fired: Spikes of each neuron in each step, shape (n_steps, n_neurons).

    Returns:
        The split of the run, then that of each step of the search; the last is the best.
    """
    found = [_cost(simulation, fired)]
    while found[-1].slowest is not None:
        split_ensembles(simulation.network, found[-1].one_more)
        candidate = _cost(simulation, fired)
        if candidate.mean > (1.0 - WORTH_A_CORE) * found[-1].mean:
            break
        found.append(candidate)
    return tuple(found)


def _cost(simulation: RecordedSimulation, fired: csr_array) -> SplitCost:
    """Build the network as it is split now, and estimate the cost of a step."""
    floats = build(simulation.network, simulation.seed)
    integers = drop_zeros(quantise(rescale(floats) if simulation.rescaled else floats))
    fan_out = FanOut.of(integers, place(integers))
    times = step_times(fan_out, fired)
    work = ChipWork(*chip_work(fan_out, fired).mean(axis=0).tolist())
    ensembles, counted = simulation.network.all_ensembles, Counter(floats.ensembles)
    return SplitCost(
        tuple(map(block_name, ensembles)), tuple(counted[k] for k in range(len(ensembles))),
        len(integers.blocks), float(times.steps.mean()), float(times.steps.max()),
        loihi_energy(Work.of_chip(work, fan_out.n_compartments, 0.0)),
        floats.ensembles[times.bottleneck],
    )  # fmt: skip
