"""The same reach on a board and on the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import nengo
import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.spiking.trained import TrainedController
from spikearm.experiments.studies.deployment.deployment import DriveConfig
from spikearm.experiments.tasks.centre_out import CentreOut, plan_reaches
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.board.hardware import HardwareSimulation
from spikearm.loihi_deploy.checks.board_config import BoardConfig
from spikearm.neural.simulation import NeuralSimulation


@dataclass(frozen=True)
class BoardCheck:
    """How far a board was from the engine.

    Attributes:
        n_steps: Length of the reach.
        n_equal: Steps before the first in which a torque differed.
        largest: Largest difference of a torque [N m].
        step_latency_s: Median wall time of a step on the board [s].
    """

    n_steps: int
    n_equal: int
    largest: float
    step_latency_s: float

    def __str__(self) -> str:
        return (
            f"On the board, torques were those of the engine in the first {self.n_equal} of "
            f"{self.n_steps} steps, and at most {self.largest:.3g} N m from them. A step took "
            f"{1000 * self.step_latency_s:.2f} ms (median)."
        )


def check_board(
    arm: Arm, trained: TrainedController, drive: DriveConfig, board: BoardConfig
) -> BoardCheck:
    """Let both drive the arm.

    Raises:
        SpikearmError: There is no board, the network does not fit it, or it stops answering.
    """
    on_board = _reach(arm, trained, drive, partial(HardwareSimulation, board=board))
    on_engine = _reach(arm, trained, drive, EngineSimulation)
    distance = np.abs(on_board.torque - on_engine.torque).max(axis=1)
    differing = np.flatnonzero(distance)
    n_steps = len(distance)
    return BoardCheck(
        n_steps=n_steps,
        n_equal=int(differing[0]) if len(differing) else n_steps,
        largest=float(distance.max()),
        step_latency_s=float(np.median(on_board.step_latency_s)),
    )


def _reach(
    arm: Arm,
    trained: TrainedController,
    drive: DriveConfig,
    simulation: Callable[[nengo.Network], NeuralSimulation],
) -> Trajectory:
    """Drive the arm through the reach that :func:`deploy` takes."""
    task = CentreOut(radius=drive.radius, duration=drive.duration)
    reaches = plan_reaches(arm.model, task, drive.seed)
    with SpikingController(
        trained.weights, simulation, "loihi", feedforward=drive.feedforward, seed=drive.seed
    ) as controller:
        controller.start(arm.reset(reaches.start_joints))
        motion = MinimumJerk(reaches.start, reaches.targets[0], drive.duration)
        return follow(arm, controller, motion, drive.duration)
