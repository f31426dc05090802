"""``spikearm bench``: measure controllers side by side."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.experiments.console.arm_config import ArmConfig
from spikearm.experiments.console.options import (
    default_folder,
    find_trained,
    resolved_config,
    seed_range,
)
from spikearm.experiments.console.running import measure
from spikearm.experiments.controllers import (
    PID_INTEGRAL_GAIN,
    Adaptation,
    Backend,
    ControllerSetup,
    choose_controllers,
)
from spikearm.experiments.studies.benchmark.benchmark import BenchmarkPlan
from spikearm.experiments.tasks.centre_out import CentreOut


@dataclass(frozen=True)
class BenchCommand:
    """Measure controllers side by side on centre-out reaching.

    Every controller makes the same reaches with the same gains; the analytic controller always
    runs too, because it is the baseline. Results, trajectories and a report appear in one
    new folder. Ctrl-C keeps the reaches that are finished.

    Example: spikearm bench --arm gen3 --controllers spiking loihi --seeds 5 --out runs/gen3

    Attributes:
        plant: Which arm.
        task: Which reaches.
        controllers: Controllers to measure.
        adaptive: Measure each with an adaptive network beside it, too.
        adaptation: The adaptive network.
        gains: Gains of the control law.
        ki: Integral gain of pid [1/s^3].
        feedforward: Part of the reference that is fed forward: its velocity and acceleration, or
            its velocity alone.
        seeds: How many seeds.
        first_seed: The first of them.
        out: New folder for the results. Default: a dated one in runs/.
        backend: Backend of controller loihi: the compiled engine; nengo-loihi's emulator, which
            computes the same spikes more slowly; or a Loihi board, which takes NxSDK.
        trained: Trained controller for the neural stages, from `spikearm train`. Default: the
            one that ships for the arm.
        jobs: How many reaches run at a time. Default: as many as there are cores. With 1,
            latencies are undisturbed.
        report: Whether to write report.html too.
        video: Film the last controller with the first seed and put the film into the report.
    """

    plant: Annotated[ArmConfig, tyro.conf.arg(name="")] = field(default_factory=ArmConfig)
    task: Annotated[CentreOut, tyro.conf.arg(name="")] = field(default_factory=CentreOut)
    controllers: tuple[str, ...] = ("analytic", "spiking", "loihi")
    adaptive: bool = False
    adaptation: Annotated[AdaptationConfig, tyro.conf.arg(name="")] = field(
        default_factory=AdaptationConfig
    )
    gains: Annotated[Gains, tyro.conf.arg(name="")] = field(default_factory=Gains)
    ki: float = PID_INTEGRAL_GAIN
    feedforward: Feedforward = "acceleration"
    seeds: int = 1
    first_seed: int = 0
    out: Path | None = None
    backend: Backend = "engine"
    trained: Path | None = None
    jobs: int | None = None
    report: bool = True
    video: bool = False

    def execute(self) -> None:
        """Run the benchmark, write its folder and print its table."""
        seeds = seed_range(self.first_seed, self.seeds)
        folder = self.out or default_folder(f"bench-{Path(self.plant.name).stem}")
        controllers = choose_controllers(self.controllers, self.adaptive, self.backend)
        arm = self.plant.load()
        setup = ControllerSetup(
            arm.model, find_trained(arm, self.trained, self.controllers), self.gains, self.ki,
            self.feedforward, adaptation=Adaptation(self.adaptation),
        )  # fmt: skip
        plan = BenchmarkPlan(arm, self.task, controllers, seeds, setup, self.jobs)
        config = resolved_config(self, "bench", arm, folder)
        measure(plan, config, folder, film=self.video, report=self.report)
