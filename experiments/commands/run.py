"""``spikearm run``: move one arm with one controller."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from spikearm.arm_models import SpikearmError
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.experiments.console.arm_config import ArmConfig
from spikearm.experiments.console.options import (
    Learning,
    check_new_file,
    default_folder,
    find_trained,
    resolved_config,
    seed_range,
)
from spikearm.experiments.console.running import copy_film, measure
from spikearm.experiments.controllers import (
    PID_INTEGRAL_GAIN,
    Backend,
    ControllerSetup,
    choose_controllers,
)
from spikearm.experiments.records.records import check_new_folder
from spikearm.experiments.studies.benchmark.benchmark import BenchmarkPlan
from spikearm.experiments.tasks.centre_out import CentreOut


@dataclass(frozen=True)
class RunCommand:
    """Move one arm with one controller, and look at it.

    Example: spikearm run --arm panda --controller loihi --targets 4 --video reach.mp4
    Example: spikearm run --arm gen3 --controller loihi --payload 2 --adaptive

    Attributes:
        plant: Which arm.
        task: Which reaches.
        controller: Controller that drives the arm: the analytic law, its neural stages (rate
            neurons, spiking neurons, the chip's arithmetic), PD or PID in joint space.
        learning: What is learned beside it.
        payload: Mass of a ball that is fixed to the hand, and that no controller is told of [kg].
        gains: Gains of the control law.
        ki: Integral gain of pid [1/s^3].
        feedforward: Part of the reference that is fed forward.
        seed: Seed of task and network.
        out: New folder for the results. Default: a dated one in runs/.
        backend: Backend of controller loihi: the compiled engine; nengo-loihi's emulator, which
            computes the same spikes more slowly; or a Loihi board, which takes NxSDK.
        trained: Trained controller for the neural stages, from `spikearm train`. Default: the
            one that ships for the arm.
        jobs: How many reaches run at a time. Default: as many as there are cores; with --view
            or --realtime, one.
        view: Open a window that shows the arm at real time.
        realtime: Begin every control step when it is due on the wall clock, and tell which
            deadlines were missed.
        video: Film the arm into this file.
        report: Whether to write report.html too.
    """

    plant: Annotated[ArmConfig, tyro.conf.arg(name="")] = field(default_factory=ArmConfig)
    task: Annotated[CentreOut, tyro.conf.arg(name="")] = field(default_factory=CentreOut)
    controller: str = "spiking"
    learning: Annotated[Learning, tyro.conf.arg(name="")] = field(default_factory=Learning)
    payload: float = 0.0
    gains: Annotated[Gains, tyro.conf.arg(name="")] = field(default_factory=Gains)
    ki: float = PID_INTEGRAL_GAIN
    feedforward: Feedforward = "acceleration"
    seed: int = 0
    out: Path | None = None
    backend: Backend = "engine"
    trained: Path | None = None
    jobs: int | None = None
    view: bool = False
    realtime: bool = False
    video: Path | None = None
    report: bool = True

    def execute(self) -> None:
        """Run, write the folder and print the table."""
        seeds = seed_range(self.seed, 1)
        folder = self.out or default_folder(f"run-{Path(self.plant.name).stem}")
        if self.view and self.realtime:
            raise SpikearmError(
                "A window would disturb the pace of --realtime, and shows the arm at real time "
                "anyway. Give --view or --realtime, and --video to see a paced run afterwards."
            )
        if self.video is not None:
            check_new_file(self.video, ".mp4")
            check_new_folder(folder)  # or the film of an earlier run would be copied
        controllers = choose_controllers([self.controller], self.learning.adaptive, self.backend)
        arm = self.plant.load()
        arm.attach_payload(self.payload)
        trained = find_trained(arm, self.trained, [self.controller])
        setup = ControllerSetup(
            arm.model, trained, self.gains, self.ki, self.feedforward,
            adaptation=self.learning.adaptation(),
        )  # fmt: skip
        plan = BenchmarkPlan(arm, self.task, controllers, seeds, setup, self.jobs, self.realtime)
        config = resolved_config(self, "run", arm, folder)
        film = self.video is not None
        try:
            measure(
                plan, config, folder, view=self.view, film=film, report=self.report,
                keep_learned=self.learning.keep_learned,
            )  # fmt: skip
        finally:
            if self.video is not None:
                copy_film(folder, self.video)
