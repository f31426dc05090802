"""The reach that drives a network while it is checked or counted."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import nengo
import numpy as np

from spikearm.arm_models import Arm, RigidBodyModel
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.spiking.subnetwork import Subnetwork
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.flags import turned_off
from spikearm.experiments.seed import check_seed
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.neural.simulation import NeuralSimulation


@dataclass(frozen=True)
class DriveConfig:
    """Reach that drives the network: out to the first target of the circle.

    Attributes:
        feedforward: Part of the reference that is fed forward.
        radius: Distance from home to the target [m]. Default: the largest that the benchmark
            takes.
        duration: Length of the motion [s]; longer where the arm's joints are too slow for it.
        seed: Seed of the network.
        speed_limits: Make the motion longer until no joint is faster than its velocity limit.
    """

    feedforward: Feedforward = "acceleration"
    radius: float | None = None
    duration: float = 1.0
    seed: int = 0
    speed_limits: Annotated[
        bool,
        turned_off(
            "Leave the motion as short as it is asked for, however fast the joints then are. "
            "Otherwise it is made longer until no joint is faster than its velocity limit."
        ),
    ] = True

    def __post_init__(self) -> None:
        CentreOut(radius=self.radius, duration=self.duration)
        check_seed(self.seed)


def plan_drive(arm: Arm, drive: DriveConfig) -> tuple[np.ndarray, MinimumJerk]:
    """Plan the reach: joint positions to start from, shape (n_joints,) [rad], and the motion.

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    options = CentreOut(
        radius=drive.radius, duration=drive.duration, speed_limits=drive.speed_limits
    )
    task = plan_task(arm.model, options, drive.seed)
    motion = MinimumJerk(task.start, task.targets[0], task.duration)
    return task.start_joints, motion


def loihi_controller(
    model: RigidBodyModel,
    trained: TrainedController,
    drive: DriveConfig,
    backend: Callable[[nengo.Network], NeuralSimulation],
    subnetworks: Sequence[Subnetwork] = (),
) -> SpikingController:
    """Build a trained controller at stage loihi.

    Args:
        model: Nominal dynamics of the arm.
        trained: Trained controller.
        drive: Reach to come, which sets feedforward and seed.
        backend: Constructor of the simulation.
        subnetworks: Sub-networks that run in the same network, after the saturation backup.
    """
    backup = SaturationBackup.of_arm(model, trained.weights, "loihi")
    return SpikingController(
        trained.weights, backend, "loihi", feedforward=drive.feedforward, seed=drive.seed,
        subnetworks=subnetworks, backup=backup,
    )  # fmt: skip


def drive_arm(arm: Arm, controller: SpikingController, drive: DriveConfig) -> Trajectory:
    """Drive an arm through the reach.

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    start, motion = plan_drive(arm, drive)
    controller.start(arm.reset(start))
    return follow_drive(arm, controller, motion, drive)


@contextmanager
def recorded_drive(
    arm: Arm, trained: TrainedController, drive: DriveConfig
) -> Iterator[tuple[RecordedSimulation, Trajectory]]:
    """Drive an arm through the reach at stage loihi, and keep the activity of the motion.

    Yields:
        The simulation, without what settling took, and the motion.

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    _, motion = plan_drive(arm, drive)
    with recorded_controller(arm, trained, drive) as (controller, simulation):
        yield simulation, follow_drive(arm, controller, motion, drive)


@contextmanager
def recorded_controller(
    arm: Arm, trained: TrainedController, drive: DriveConfig
) -> Iterator[tuple[SpikingController, RecordedSimulation]]:
    """Start a controller at stage loihi where the reach begins, and keep its activity from then on.

    Yields:
        The controller and its simulation, without what settling took.

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    start, _ = plan_drive(arm, drive)
    with loihi_controller(arm.model, trained, drive, RecordedSimulation) as controller:
        simulation = controller.simulation
        assert isinstance(simulation, RecordedSimulation)
        controller.start(arm.reset(start))
        simulation.forget()
        yield controller, simulation


def follow_drive(
    arm: Arm, controller: SpikingController, motion: MinimumJerk, drive: DriveConfig
) -> Trajectory:
    """Drive an arm, whose controller has started, along the motion of the reach."""
    safety = Safety(arm, SafetyLimits(limit_speeds=drive.speed_limits))
    return follow(arm, controller, motion, motion.duration, safety=safety)
