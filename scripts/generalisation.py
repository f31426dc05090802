"""Generalisation of a trained controller beyond its training.

Targets farther and farther from home, starts farther and farther off home, and faster and slower
reaches, on the chip's arithmetic with the reference's velocity fed forward, beside the analytic
controller on the same reaches.

.venv/bin/python scripts/generalisation.py --arm gen3
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import tyro
from rich.table import Table

from spikearm.arm_models import Arm, RigidBodyModel, SpikearmError, load_arm
from spikearm.controller.controller import Controller
from spikearm.controller.spiking.trained import TrainedController, shipped
from spikearm.controller.training.samples import Spread
from spikearm.experiments.console.console import console, progress_bar
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.tasks.centre_out import CentreOut, Reaches, plan_reaches
from spikearm.experiments.tasks.episode import REACHES_PER_EPISODE
from spikearm.experiments.tasks.episodes import Episode, Outcome, run_episodes

RADII = (0.10, 0.15, 0.20, 0.25, 0.30)  # m, on the sphere
MANY_AT, MANY = 0.20, 4  # m, where so many times as many targets are reached as elsewhere
OFFSETS = (0.0, 0.05, 0.10, 0.15, 0.20)  # m
DURATIONS = (0.6, 0.7, 0.8, 1.0, 1.3, 1.6, 2.0)  # s
N_SEEDS = 10  # that are tried for every reach that is wanted
FEEDFORWARD = "velocity"
SEED = 0  # of the network
LINEAR_TO = 10.0  # %, excess deviation that is drawn to scale; beyond, its logarithm
BLUE, AMBER, GREEN = "#2563a8", "#d97706", "#2f8f5b"

Case = tuple[Reaches, int]  # and which of the targets


@dataclass(frozen=True)
class Sweep:
    """Property of the task that is varied.

    Attributes:
        name: Name of the property in the results.
        label: Label of its axis in the picture, with its unit.
        trained: Range of values that the controller was trained for.
        cases: Reaches that the arm can make, for every value.
    """

    name: str
    label: str
    trained: tuple[float, float]
    cases: dict[float, list[Case]]


@dataclass(frozen=True)
class Point:
    """Measurements at one value of a sweep.

    Attributes:
        sweep, value: Name of the sweep, and value of its property.
        inside: True if the controller was trained for this value.
        n_targets: Number of targets, each with a reach to it and back.
        success_rate: Share of motions that end at their goal; one that is cut short does not [1].
        analytic_success_rate: Success rate of the analytic controller [1].
        excess_deviation: Excess deviation over the finished motions; None without any [1].
        fidelity_rmse_m: Fidelity over the same motions [m].
    """

    sweep: str
    value: float
    inside: bool
    n_targets: int
    success_rate: float
    analytic_success_rate: float
    excess_deviation: float | None
    fidelity_rmse_m: float | None


@dataclass(frozen=True)
class Options:
    """Measure one arm's shipped controller.

    Attributes:
        arm: Name of the arm.
        out: Folder for generalisation.png and generalisation.json.
        targets: Number of targets at a value; four times as many at a radius of 0.2 m, and the
            eight of the circle where the radius is not varied.
    """

    arm: str = "gen3"
    out: Path = Path("docs")
    targets: int = 25

    def execute(self) -> None:
        """Measure, print, draw and write."""
        arm, trained = load_arm(self.arm), shipped(self.arm)
        self.out.mkdir(parents=True, exist_ok=True)  # rather now than after the work is done
        with console.status("Looking for reaches that the arm can make"):
            sweeps = plan_sweeps(arm.model, trained, self.targets)
        points = measure_sweeps(arm, trained, sweeps)
        console.print(make_table(points))
        result = {
            "arm": self.arm,
            "feedforward": FEEDFORWARD,
            "trained": {sweep.name: sweep.trained for sweep in sweeps},
            "provenance": provenance(),
            "points": [asdict(point) for point in points],
        }
        (self.out / "generalisation.json").write_text(json.dumps(result, indent=1) + "\n")
        draw(sweeps, points, self.out / "generalisation.png")


def plan_sweeps(model: RigidBodyModel, trained: TrainedController, n_targets: int) -> list[Sweep]:
    """Draw the reaches, leaving out values at which the arm can make none."""
    circle = CentreOut()
    circle = replace(circle, radius=plan_reaches(model, circle, SEED).radius)
    n_circle = min(n_targets, circle.targets)
    near = (0.0, trained.workspace.radius)

    def draw_all(name: str, tasks: dict[float, tuple[CentreOut, int]]) -> dict[float, list[Case]]:
        cases = {value: draw_cases(model, task, n) for value, (task, n) in tasks.items()}
        for value, (_, n) in tasks.items():
            if len(cases[value]) < n:
                console.print(f"{name} {value:g}: {len(cases[value])} of {n} reaches can be made.")
        return {value: some for value, some in cases.items() if some}

    at_radii = {
        radius: (CentreOut("sphere", 1, radius), n_targets * (MANY if radius == MANY_AT else 1))
        for radius in RADII
    }
    off_home = {
        offset: (replace(circle, offset=offset), n_targets if offset else n_circle)
        for offset in OFFSETS
    }
    in_time = {duration: (replace(circle, duration=duration), n_circle) for duration in DURATIONS}
    return [
        Sweep("radius_m", "distance of targets [m]", near, draw_all("radius", at_radii)),
        Sweep("offset_m", "start off home [m]", near, draw_all("offset", off_home)),
        Sweep("duration_s", "duration [s]", Spread().durations, draw_all("duration", in_time)),
    ]


def draw_cases(model: RigidBodyModel, task: CentreOut, n: int) -> list[Case]:
    """Take one reach of a seed, target by target, from seeds whose reaches the arm can make."""
    cases: list[Case] = []
    for seed in range(N_SEEDS * n):
        with suppress(SpikearmError):  # out of reach
            cases.append((plan_reaches(model, task, seed), seed % task.targets))
        if len(cases) == n:
            break
    return cases


def measure_sweeps(arm: Arm, trained: TrainedController, sweeps: Sequence[Sweep]) -> list[Point]:
    """Measure both controllers on all reaches, with a progress bar for each sweep."""
    setup = ControllerSetup(arm.model, trained, feedforward=FEEDFORWARD, seed=SEED)
    points = []
    law = ChosenController("analytic").make(setup)
    with ChosenController("loihi").make(setup) as network, progress_bar() as bar:
        for sweep in sweeps:
            total = 2 * sum(map(len, sweep.cases.values()))
            task = bar.add_task(sweep.name, total=total)
            for value, cases in sweep.cases.items():
                ideal, actual = (
                    run_cases(arm, controller, cases, lambda task=task: bar.advance(task))
                    for controller in (law, network)
                )
                points.append(make_point(sweep, value, ideal, actual))
    return points


def run_cases(
    arm: Arm, controller: Controller, cases: Sequence[Case], advance: Callable[[], None]
) -> list[Outcome]:
    """Make reaches; one that the controller loses the arm in is cut short."""
    outcomes = []
    for outcome in run_episodes([Episode(arm, controller, *case) for case in cases]):
        if isinstance(outcome.problem, KeyboardInterrupt):
            raise outcome.problem
        outcomes.append(outcome)
        advance()
    return outcomes


def make_point(
    sweep: Sweep, value: float, ideal: Sequence[Outcome], actual: Sequence[Outcome]
) -> Point:
    """Compute the metrics of one value from what the analytic and the trained controller did."""
    pairs = [
        (motion.trajectory, baseline.trajectory)
        for one, other in zip(actual, ideal, strict=True)
        for motion, baseline in zip(one.motions, other.motions, strict=False)  # some cut short
    ]
    excess = fidelity = None
    if pairs:
        ours, theirs = (
            float(np.mean([metrics.position_rmse(one) for one in column]))
            for column in zip(*pairs, strict=True)
        )
        excess = metrics.excess_deviation(ours, theirs)
        fidelity = float(np.mean([metrics.fidelity_rmse(*pair) for pair in pairs]))
    low, high = sweep.trained
    return Point(
        sweep=sweep.name,
        value=value,
        inside=bool(low <= value <= high),
        n_targets=len(actual),
        success_rate=success_rate(actual),
        analytic_success_rate=success_rate(ideal),
        excess_deviation=excess,
        fidelity_rmse_m=fidelity,
    )


def success_rate(outcomes: Sequence[Outcome]) -> float:
    """Compute the share of all planned motions that ended at their goal."""
    reached = [metrics.success(motion.trajectory) for one in outcomes for motion in one.motions]
    return float(np.sum(reached)) / (REACHES_PER_EPISODE * len(outcomes))


def make_table(points: Sequence[Point]) -> Table:
    """Build a table of the measurements."""
    table = Table(collapse_padding=True, pad_edge=False)
    for heading in (
        "sweep", "value", "trained\nfor it", "targets", "success\n%", "analytic\n%", "excess\n%",
        "fidelity\nmm",
    ):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "sweep" else "right", no_wrap=True)
    for point in points:
        table.add_row(
            point.sweep, f"{point.value:g}", "yes" if point.inside else "no",
            str(point.n_targets), f"{100 * point.success_rate:.1f}",
            f"{100 * point.analytic_success_rate:.1f}",
            "" if point.excess_deviation is None else f"{100 * point.excess_deviation:.1f}",
            "" if point.fidelity_rmse_m is None else f"{1e3 * point.fidelity_rmse_m:.3f}",
        )  # fmt: skip
    return table


def draw(sweeps: Sequence[Sweep], points: Sequence[Point], path: Path) -> None:
    """Draw success rate and excess deviation against each property that was varied."""
    from matplotlib.figure import Figure  # a tool of development: not needed to measure

    figure = Figure(figsize=(9, 4.6), layout="constrained")
    panels = figure.subplots(2, len(sweeps), sharex="col", sharey="row", squeeze=False)
    for (above, below), sweep in zip(panels.T, sweeps, strict=True):
        mine = [point for point in points if point.sweep == sweep.name]
        values = [point.value for point in mine]
        above.plot(values, [100 * p.success_rate for p in mine], "o-", color=BLUE)
        excess = np.array([p.excess_deviation for p in mine], dtype=float)
        below.plot(values, 100 * excess, "o-", color=AMBER)
        below.set_xlabel(sweep.label)
        for axes in (above, below):
            axes.axvspan(*sweep.trained, color=GREEN, alpha=0.12, linewidth=0)
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(alpha=0.25)
        margin = 0.05 * (max(values) - min(values))
        above.set_xlim(min(values) - margin, max(values) + margin)
    panels[0, 0].set_ylim(0, 105)
    panels[0, 0].set_ylabel("success rate [%]")
    panels[1, 0].set_ylabel("excess deviation [%]")
    panels[1, 0].set_yscale("symlog", linthresh=LINEAR_TO)
    panels[1, 0].yaxis.set_major_formatter("{x:g}")
    drawn = [0.0, *(100 * p.excess_deviation for p in points if p.excess_deviation is not None)]
    panels[1, 0].set_ylim(min(2 * min(drawn), -LINEAR_TO), max(2 * max(drawn), LINEAR_TO))
    panels[0, 0].text(0.04, 0.06, "shaded: trained for", transform=panels[0, 0].transAxes)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
