"""A trained controller made ready for the chip: checked while it drives its arm."""

from dataclasses import dataclass

import numpy as np

from arm_models import Arm
from controller.closed_loop import follow
from controller.command import Feedforward
from controller.reference import MinimumJerk
from controller.spiking import SpikingController
from controller.trained import TrainedController
from experiments.centre_out import CentreOut, plan_reaches
from loihi_deploy import pipeline
from loihi_deploy.board import BoardConfig
from loihi_deploy.examination import REFUSALS, Report, examine, refusal
from loihi_deploy.quantisation import QuantisationError, quantisation_errors
from loihi_deploy.recording import RecordedSimulation


@dataclass(frozen=True)
class DriveConfig:
    """The reach that drives the network: out to the first target of the circle.

    Attributes:
        reference: What the law feeds forward.
        radius: Distance from home to the target [m]. Default: the largest that the benchmark
            takes.
        duration: Length of the motion [s].
        seed: Seed of the network.
    """

    reference: Feedforward = "acceleration"
    radius: float | None = None
    duration: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Deployment:
    """What was found out.

    Attributes:
        report: What the network takes of the chip.
        errors: What discretisation does to it; none where it cannot be built.
    """

    report: Report
    errors: tuple[QuantisationError, ...] = ()


def plan_drive(arm: Arm, drive: DriveConfig) -> tuple[np.ndarray, MinimumJerk]:
    """Plan the reach: joint positions to start from, shape (n_joints,) [rad], and the motion.

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    task = CentreOut(radius=drive.radius, duration=drive.duration)
    reaches = plan_reaches(arm.model, task, drive.seed)
    motion = MinimumJerk(reaches.start, reaches.targets[0], drive.duration)
    return reaches.start_joints, motion


def deploy(
    arm: Arm, trained: TrainedController, drive: DriveConfig, board: BoardConfig
) -> Deployment:
    """Check a controller on one reach of its arm.

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    start, motion = plan_drive(arm, drive)
    try:
        controller = SpikingController(
            trained.weights, RecordedSimulation, "loihi",
            feedforward=drive.reference, seed=drive.seed,
        )  # fmt: skip
    except REFUSALS as error:
        return Deployment(Report((refusal(error),)))
    with controller:
        controller.start(arm.reset(start))
        follow(arm, controller, motion, drive.duration)
        simulation = controller.simulation
        assert isinstance(simulation, RecordedSimulation)
        report = examine(simulation, board)
        floats = pipeline.build(simulation.network)
    return Deployment(report, quantisation_errors(floats, pipeline.quantise(floats)))
