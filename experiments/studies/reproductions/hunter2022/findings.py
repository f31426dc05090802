"""Findings: multiplications, times, bytes and accuracy, beside what was published."""

from collections.abc import Sequence

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.hunter2022.exactness import (
    COMPLEMENTARY as COMPLEMENTARY_MASK,
)
from spikearm.experiments.studies.reproductions.hunter2022.exactness import MASKS, SHUFFLED
from spikearm.experiments.studies.reproductions.hunter2022.exactness import RANDOM as RANDOM_MASK
from spikearm.experiments.studies.reproductions.hunter2022.networks import (
    COMPLEMENTARY,
    DENSE,
    RANDOM,
)
from spikearm.experiments.studies.reproductions.measurement import Measurement, values_of

EXACTNESS, LAYER = "exactness", "one layer, batch 1"
NETWORK, ACCURACY = "whole network, batch 1", "accuracy"
PACKED_NETWORK = "784, 1000, 1000, 10"
N_BOUNDED = 2000  # the size of a layer that bounds are for
NOTHING_LOST = 0.5  # points of a per cent: less than the 1,000 digits of a test can tell apart
MOST_LOST = 3.0


def size_name(n: int) -> str:
    """Return the name of the condition of a layer of n inputs and n neurons."""
    return f"n = {n}"


def all_findings(measurements: Sequence[Measurement]) -> list[Finding]:
    """List the findings of all parts, and what cannot be had here."""
    return [
        *_exactness(measurements),
        *_layer(measurements),
        *_network(measurements),
        *_accuracy(measurements),
        Finding("throughput of a whole FPGA (Numenta 2021) [times]", "112", offline=False),
        Finding("throughput and energy on an FPGA [times]", "up to 100", offline=False),
        Finding("accuracy lost on spoken commands", "none", offline=False),
    ]  # fmt: skip


def _exactness(measurements: Sequence[Measurement]) -> list[Finding]:
    def all_masks(quantity: str) -> tuple[float, ...]:
        """Return the sum over all kinds of masks for each seed."""
        values = [values_of(measurements, EXACTNESS, kind, quantity) for kind in MASKS]
        return tuple(map(sum, zip(*values, strict=False)))

    def efficiency(kind: str) -> tuple[float, ...]:
        return values_of(measurements, EXACTNESS, kind, "efficiency", 100)

    return [
        Finding("weights that unpacking does not give back", here=all_masks("changed_weights"),
                most=0),
        Finding("sums that a poisoned weight or activation reaches",
                here=all_masks("poisoned_sums"), most=0),
        Finding("winners beyond k where all activations are equal",
                here=all_masks("winners_too_many_on_ties"), most=0),
        Finding(
            "share of what is stored that is a weight [%]", "all: 20 neurons in one",
            efficiency(COMPLEMENTARY_MASK),
            "random masks of this density, greedy", efficiency(RANDOM_MASK), least=100,
        ),
        Finding(
            "the same, complementary neurons in any order, greedy [%]",
            here=efficiency(SHUFFLED),
            remark="First fit does not find complementary sets again: keep their order.",
        ),
    ]  # fmt: skip


def _layer(measurements: Sequence[Measurement]) -> list[Finding]:
    def ratio(over: str, under: str, n: int = N_BOUNDED) -> tuple[float, ...]:
        return _ratio(measurements, LAYER, size_name(n), over, under)

    plain = "CSC event loop, the same multiplications"
    return [
        Finding("multiplications of dense over sparse-sparse, one layer [times]",
                here=ratio("dense_macs", "sparse_sparse_macs"), control_name="sparse-dense",
                control=ratio("dense_macs", "sparse_dense_macs"), least=200, most=200,
                remark="Groups of 20 neurons, a tenth of the inputs active; counted by the loops."),
        Finding("time of BLAS over sparse-sparse, n = 2000 [times]",
                here=ratio("dense_s", "sparse_sparse_s"), control_name=plain,
                control=ratio("dense_s", "csc_s"), least=8),
        Finding("the same, with the selection of winners [times]",
                here=ratio("dense_s", "with_winners_s"), least=3),
        *(
            Finding(f"the same two, n = {n}: without and with the selection [times]",
                    here=ratio("dense_s", "sparse_sparse_s", n), control_name="with the selection",
                    control=ratio("dense_s", "with_winners_s", n))
            for n in (1000, 4000)
            if ratio("dense_s", "sparse_sparse_s", n)
        ),
        Finding("time of a CSC event loop over packed, n = 2000 [times]",
                here=ratio("scipy_csc_s", "sparse_sparse_s"),
                control_name="CSC with unsigned 16-bit indices",
                control=ratio("csc_s", "sparse_sparse_s"), least=1.2,
                remark="This loop has SciPy's signed 32-bit indices. With unsigned 16-bit ones "
                "it is as fast as the packed product, or faster (below 1)."),
        Finding("time of BLAS over sparse-dense, n = 2000 [times]",
                here=ratio("dense_s", "sparse_dense_s"), control_name="SciPy's CSR",
                control=ratio("dense_s", "csr_s"),
                remark="Sparse weights alone gain little on a CPU, packed or not."),
        Finding("bytes of packed over dense, one layer", here=ratio("packed_bytes", "dense_bytes"),
                control_name="CSC", control=ratio("csc_bytes", "dense_bytes"), most=0.1),
    ]  # fmt: skip


def _network(measurements: Sequence[Measurement]) -> list[Finding]:
    def ratio(over: str, under: str) -> tuple[float, ...]:
        return _ratio(measurements, NETWORK, PACKED_NETWORK, over, under)

    return [
        Finding("multiplications of dense over packed, whole network [times]",
                here=ratio("dense_macs", "packed_macs"),
                remark="The first layer is given every pixel, and takes nearly all of them."),
        Finding("time of dense over packed, whole network [times]",
                here=ratio("dense_s", "packed_s")),
        Finding("bytes of packed over dense, whole network",
                here=ratio("packed_bytes", "dense_bytes")),
    ]  # fmt: skip


def _accuracy(measurements: Sequence[Measurement]) -> list[Finding]:
    def of(kind: str, quantity: str, scale: float = 1.0) -> tuple[float, ...]:
        return values_of(measurements, ACCURACY, kind, quantity, scale)

    accuracy = {kind: of(kind, "accuracy", 100) for kind in (DENSE, COMPLEMENTARY, RANDOM)}
    lost = {
        kind: tuple(
            dense - sparse for dense, sparse in zip(accuracy[DENSE], accuracy[kind], strict=False)
        )
        for kind in (COMPLEMENTARY, RANDOM)
    }
    beside = {"control_name": "random masks", "control": lost[RANDOM]}
    return [
        Finding("accuracy on digits, complementary and winners [%]",
                here=accuracy[COMPLEMENTARY], control_name="dense", control=accuracy[DENSE]),
        Finding("accuracy lost beside the dense network [points of a per cent]", "none",
                lost[COMPLEMENTARY], **beside, most=NOTHING_LOST),
        Finding("the same, with the project's bound of 3", here=lost[COMPLEMENTARY], **beside,
                most=MOST_LOST),
        Finding("labels in which packed and trained network differ, of 1,000",
                here=of(COMPLEMENTARY, "different_labels"), control_name="random masks",
                control=of(RANDOM, "different_labels"), most=0),
        Finding("smallest share of samples that a neuron wins [%]",
                here=of(COMPLEMENTARY, "smallest_duty_cycle", 100), least=0.1,
                control_name="random masks", control=of(RANDOM, "smallest_duty_cycle", 100)),
        Finding("share of what is stored that is a weight, trained network [%]",
                here=of(COMPLEMENTARY, "efficiency", 100), control_name="random masks, greedy",
                control=of(RANDOM, "efficiency", 100)),
    ]  # fmt: skip


def _ratio(
    measurements: Sequence[Measurement], part: str, condition: str, over: str, under: str
) -> tuple[float, ...]:
    """Return the ratio of two quantities for each seed."""
    pairs = zip(
        values_of(measurements, part, condition, over),
        values_of(measurements, part, condition, under),
        strict=True,
    )
    return tuple(one / other for one, other in pairs)
