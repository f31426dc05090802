"""Hunter, Spracklen and Ahmad 2022: complementary sparsity of weights and activations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.hunter2022.accuracy import measure_accuracy
from spikearm.experiments.studies.reproductions.hunter2022.exactness import (
    MASKS,
    measure_exactness,
)
from spikearm.experiments.studies.reproductions.hunter2022.figure import draw_times
from spikearm.experiments.studies.reproductions.hunter2022.findings import (
    ACCURACY,
    EXACTNESS,
    LAYER,
    NETWORK,
    PACKED_NETWORK,
    all_findings,
    size_name,
)
from spikearm.experiments.studies.reproductions.hunter2022.layer_times import measure_layer
from spikearm.experiments.studies.reproductions.hunter2022.network_times import measure_network
from spikearm.experiments.studies.reproductions.hunter2022.networks import NETWORKS
from spikearm.experiments.studies.reproductions.measurement import Measurement
from spikearm.experiments.studies.reproductions.part import Part
from spikearm.experiments.studies.reproductions.reproduction import Reproduction

N_HIDDEN = 1000
N_EXACT = 400


@dataclass(frozen=True)
class Hunter2022(Reproduction):
    """Packing that is exact, its time on one core, and what its networks know of digits."""

    citation = (
        "Hunter, Spracklen and Ahmad 2022: Two sparsities are better than one: unlocking the "
        "performance benefits of sparse-sparse networks"
    )
    summary = (
        "Neurons that share no input are stored as one: a network of few weights and few active "
        "neurons takes a hundredth of the time and the energy on an FPGA, and is as accurate."
    )
    needs = (("tensorflow", "train"), ("mlxtend", "reproduce"))

    def parts(self, quick: bool) -> Sequence[Part]:
        """List exactness, times of a layer and of a network, and accuracy."""
        seeds, rounds = ((0,), 8) if quick else (tuple(range(5)), 20)
        sizes = {size_name(n): n for n in ((1000, 2000) if quick else (1000, 2000, 4000))}

        def layer(condition: str, seed: int) -> Mapping[str, float]:
            return measure_layer(sizes[condition], rounds, seed)

        def network(condition: str, seed: int) -> Mapping[str, float]:
            return measure_network(N_HIDDEN, rounds, seed)

        return [
            Part(
                EXACTNESS, MASKS, seeds, lambda kind, seed: measure_exactness(kind, seed, N_EXACT)
            ),
            Part(LAYER, tuple(sizes), seeds, layer, jobs=1),
            Part(NETWORK, (PACKED_NETWORK,), seeds, network, jobs=1),
            Part(ACCURACY, NETWORKS, seeds, measure_accuracy),
        ]

    def findings(self, measurements: Sequence[Measurement]) -> list[Finding]:
        """Compare multiplications, times, bytes and accuracy with what was published."""
        return all_findings(measurements)

    def figure(self, measurements: Sequence[Measurement]) -> go.Figure:
        """Draw the time of a layer by its size, a line per program."""
        return draw_times(measurements)
