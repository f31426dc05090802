"""The engine beside nengo-loihi in every mode of host and chip, by turns."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from measurement import run_apart, set_inputs
from nengo.exceptions import BuildError
from networks import NETWORKS
from numpy.random import default_rng
from peers import open_engine, open_nengo_loihi
from rich.progress import track
from rich.table import Table

from spikearm.experiments.studies.reproductions.by_turns import cpu_times

MODES: dict[str, bool | None] = {"True": True, "False": False, "default": None}
ROUNDS = 3
INPUT_SEED = 1


@dataclass(frozen=True)
class ModePoint:
    """Engine and nengo-loihi on a network in a mode.

    Attributes:
        network: Name of the network.
        precompute: Mode: whether the host runs ahead of the chip.
        engine: CPU time of a step on the engine [s].
        nengo_loihi: CPU time of a step on nengo-loihi's emulator [s].
        same: True if the output equals nengo-loihi's to the last bit.
    """

    network: str
    precompute: str
    engine: float
    nengo_loihi: float
    same: bool


def measure_modes(networks: Sequence[str], steps: int) -> Iterator[ModePoint]:
    """Measure networks in all modes that they allow, each in a process of its own.

    Args:
        networks: Names of networks.
        steps: Number of steps in a round.
    """
    pairs = [(network, mode) for network in networks for mode in MODES]
    for network, mode in track(pairs, "modes"):
        point = run_apart(_measure, network, mode, steps)
        if point is not None:
            yield point


def mode_table(points: Sequence[ModePoint]) -> Table:
    """Lay points out."""
    table = Table(title="CPU time of a step, by turns", title_justify="left")
    for heading in ("network", "precompute"):
        table.add_column(heading)
    for heading in ("engine us", "nengo-loihi us", "times", "same output"):
        table.add_column(heading, justify="right")
    for one in points:
        table.add_row(
            one.network, one.precompute, f"{1e6 * one.engine:.1f}", f"{1e6 * one.nengo_loihi:.0f}",
            f"{one.nengo_loihi / one.engine:.0f}", "yes" if one.same else "NO",
        )  # fmt: skip
    return table


def _measure(network: str, mode: str, steps: int) -> ModePoint | None:
    """Measure in this process; None where the network does not allow the mode."""
    warnings.simplefilter("ignore")  # each says the same of every network
    workloads = {name: NETWORKS[network]() for name in ("engine", "nengo-loihi")}
    try:
        simulators: dict[str, Any] = {
            name: opens(workloads[name], MODES[mode])
            for name, opens in (("engine", open_engine), ("nengo-loihi", open_nengo_loihi))
        }
    except BuildError:
        return None
    for workload in workloads.values():
        set_inputs(workload, default_rng(INPUT_SEED))
    works = {
        name: lambda simulator=simulator: simulator.run_steps(steps)
        for name, simulator in simulators.items()
    }
    times = cpu_times(works, ROUNDS)
    ours, theirs = (workloads[name].output.values for name in simulators)
    for simulator in simulators.values():
        simulator.close()
    same = bool(ours.any()) and ours.tobytes() == theirs.tobytes()
    return ModePoint(network, mode, times["engine"] / steps, times["nengo-loihi"] / steps, same)
