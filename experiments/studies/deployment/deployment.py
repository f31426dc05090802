"""A trained controller made ready for the chip: checked while it drives its arm."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import tyro

from spikearm.arm_models import Arm
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.spiking.trained import TrainedController
from spikearm.experiments.records.records import Leg
from spikearm.experiments.tasks.centre_out import CentreOut, plan_reaches
from spikearm.loihi_deploy import pipeline
from spikearm.loihi_deploy.backends.recording import RecordedSimulation, RescaledRecording
from spikearm.loihi_deploy.checks.board_config import BoardConfig
from spikearm.loihi_deploy.checks.compare_allocators import (
    ALLOCATORS,
    Allocation,
    AllocatorName,
    compare,
)
from spikearm.loihi_deploy.checks.preflight import REFUSALS, Report, examine, refusal
from spikearm.loihi_deploy.discretisation.blocks import FloatBlocks
from spikearm.loihi_deploy.discretisation.quantisation import QuantisationError, quantisation_errors
from spikearm.loihi_deploy.discretisation.rescaling import RESCALE_ABOVE


@dataclass(frozen=True)
class DriveConfig:
    """The reach that drives the network: out to the first target of the circle.

    Attributes:
        feedforward: Part of the reference that is fed forward.
        radius: Distance from home to the target [m]. Default: the largest that the benchmark
            takes.
        duration: Length of the motion [s].
        seed: Seed of the network.
    """

    feedforward: Feedforward = "acceleration"
    radius: float | None = None
    duration: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class MappingConfig:
    """How the network is brought onto the chip.

    Attributes:
        allocator: What assigns cores: one of nengo-loihi's, or traffic, which goes by the spikes
            of the reach.
        rescale: Whether lossy layers get a threshold by neuron.
    """

    allocator: AllocatorName = "greedy"
    rescale: Annotated[
        bool,
        tyro.conf.arg(
            help=f"Whether layers that lose more than {RESCALE_ABOVE:.0%} of their weights to 8 "
            "bits get a threshold by neuron, which brings most of it back."
        ),
    ] = False


@dataclass(frozen=True)
class Deployment:
    """What was found out.

    Attributes:
        report: What the network takes of the chip.
        errors: What discretisation does to it; none where it cannot be built.
        rescaled: What it does to the same arrays where lossy layers are rescaled.
        allocations: What every way of assigning cores makes of it.
        leg: The reach, step by step; none where the network cannot be built.
    """

    report: Report
    errors: tuple[QuantisationError, ...] = ()
    rescaled: tuple[QuantisationError, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    leg: Leg | None = None


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
    arm: Arm,
    trained: TrainedController,
    drive: DriveConfig,
    board: BoardConfig,
    mapping: MappingConfig = MappingConfig(),
) -> Deployment:
    """Check a controller on one reach of its arm.

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    start, motion = plan_drive(arm, drive)
    try:
        controller = SpikingController(
            trained.weights, RescaledRecording if mapping.rescale else RecordedSimulation, "loihi",
            feedforward=drive.feedforward, seed=drive.seed,
        )  # fmt: skip
    except REFUSALS as error:
        return Deployment(Report((refusal(error),)))
    with controller:
        controller.start(arm.reset(start))
        trajectory = follow(arm, controller, motion, drive.duration)
        simulation = controller.simulation
        assert isinstance(simulation, RecordedSimulation)
        activity = simulation.activity
        report = examine(simulation, board, ALLOCATORS[mapping.allocator](activity))
        allocations = compare(simulation.blocks, activity)
        floats = pipeline.build(simulation.network)
    leg = Leg("loihi", False, drive.seed, 0, "out", trajectory)
    rescaled = _errors(pipeline.rescale(floats))
    return Deployment(report, _errors(floats), rescaled, allocations, leg)


def _errors(floats: FloatBlocks) -> tuple[QuantisationError, ...]:
    return quantisation_errors(floats, pipeline.quantise(floats))
