"""Speed of the closed loop of an arm and its spiking controller, physics included.

.venv/bin/python benchmarks/closed_loop.py --out closed_loop.json
.venv/bin/python benchmarks/closed_loop.py --against ../other-checkout --episodes 4
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import tyro
from by_turns import Ratio, compare, ratio_table
from rich.console import Console
from rich.progress import track
from rich.table import Table

from spikearm.arm_models import load_arm
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.episodes import Episode, run_episodes

SEED = 0


@dataclass(frozen=True)
class Options:
    """Run the same episodes on one core and on all, in turn.

    Attributes:
        arm: Arm to control.
        episodes: Episodes in a batch, out and back each.
        emulated: Episodes on nengo-loihi's emulator, for comparison.
        rounds: Rounds of each; the median counts.
        processor_time: Measure CPU time in place of wall time, where other programs use the
            machine, too; on one core only.
        against: Folder of another checkout, whose own benchmark runs in turn with this one; the
            ratio of CPU seconds is printed.
        out: JSON file for everything measured.
    """

    arm: str = "gen3"
    episodes: int = 16
    emulated: int = 1
    rounds: int = 5
    processor_time: bool = False
    against: Path | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Point:
    """Speed of one controller on one number of cores.

    Attributes:
        controller, backend: Controller that drove the arm, and its backend.
        cores: Number of cores.
        episodes: Episodes in a round.
        realtime_factors: Simulated time over wall time, round by round [1].
    """

    controller: str
    backend: str
    cores: int
    episodes: int
    realtime_factors: tuple[float, ...]

    @property
    def realtime_factor(self) -> float:
        """Median of the rounds [1]."""
        return median(self.realtime_factors)


def main(options: Options) -> None:
    """Measure, print and write."""
    points = compare_checkouts(options) if options.against else measure_here(options)
    if options.out:
        result = {"provenance": provenance(), "points": [asdict(point) for point in points]}
        options.out.write_text(json.dumps(result, indent=1) + "\n")


def compare_checkouts(options: Options) -> list[Ratio]:
    """Compare this checkout with another, and print the ratios."""
    assert options.against is not None
    arguments = ["--arm", options.arm, "--episodes", str(options.episodes)]
    arguments += ["--emulated", str(options.emulated)]
    ratios = compare(Path(__file__), options.against, arguments, options.rounds)
    Console().print(ratio_table(ratios))
    return ratios


def measure_here(options: Options) -> list[Point]:
    """Measure this checkout, and print its speeds."""
    cores = (1,) if options.processor_time else (1, len(os.sched_getaffinity(0)))
    points = [
        *measure(options, ChosenController("loihi"), options.episodes, cores),
        *measure(options, ChosenController("loihi", adaptive=True), options.episodes, (1,)),
        *measure(options, ChosenController("loihi", backend="emulator"), options.emulated, (1,)),
        *measure(options, ChosenController("analytic"), options.episodes, (1,)),
    ]
    Console().print(make_table(points))
    return points


def measure(
    options: Options, chosen: ChosenController, episodes: int, cores: Sequence[int]
) -> list[Point]:
    """Run a batch of episodes on each number of cores, in turn."""
    arm = load_arm(options.arm)
    task = plan_task(arm.model, CentreOut("sphere", targets=episodes), SEED)
    backend = ", ".join(chosen.backends)
    clock = time.process_time if options.processor_time else time.perf_counter
    trained = shipped(options.arm) if chosen.spec.needs_training else None
    with chosen.make(ControllerSetup(arm.model, trained, seed=SEED)) as controller:
        batch = [Episode(arm, controller, task, target) for target in range(episodes)]
        rounds = [
            [run_on(batch, n, clock) for n in cores]
            for _ in track(range(options.rounds), f"{chosen.label} on {backend}")
        ]
    return [
        Point(chosen.label, backend, n, episodes, tuple(factors))
        for n, factors in zip(cores, zip(*rounds, strict=True), strict=True)
    ]


def run_on(batch: Sequence[Episode], n_cores: int, clock: Callable[[], float]) -> float:
    """Run a batch on a number of cores; return simulated time over time on the clock [1]."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:n_cores])
    try:
        began = clock()
        outcomes = list(run_episodes(batch, n_cores))
        elapsed = clock() - began
    finally:
        os.sched_setaffinity(0, allowed)
    motions = [motion for outcome in outcomes for motion in outcome.motions]
    return sum(float(motion.trajectory.time[-1]) for motion in motions) / elapsed


def make_table(points: Sequence[Point]) -> Table:
    """Build a table of the measurements."""
    table = Table(title="The closed loop, physics included", title_justify="left")
    for heading in ("controller", "backend"):
        table.add_column(heading)
    for heading in ("cores", "episodes", "real-time factor", "range", "x one core"):
        table.add_column(heading, justify="right")
    for point in points:
        alone = next(
            p for p in points if (p.controller, p.backend) == (point.controller, point.backend)
        )
        table.add_row(
            point.controller, point.backend, str(point.cores), str(point.episodes),
            f"{point.realtime_factor:.3g}",
            f"{min(point.realtime_factors):.3g} to {max(point.realtime_factors):.3g}",
            f"{point.realtime_factor / alone.realtime_factor:.2f}",
        )  # fmt: skip
    return table


if __name__ == "__main__":
    main(tyro.cli(Options))
