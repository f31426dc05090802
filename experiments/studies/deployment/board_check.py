"""Comparison of a board with the engine on the same reach."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import nengo
import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.studies.deployment.drive import (
    DriveConfig,
    drive_arm,
    loihi_controller,
)
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.board.board import BoardSimulation
from spikearm.loihi_deploy.checks.board_config import BoardConfig
from spikearm.neural.simulation import NeuralSimulation


@dataclass(frozen=True)
class BoardCheck:
    """Differences between a board and the engine.

    Attributes:
        n_steps: Steps of the reach.
        n_equal: Steps before the first in which a torque differs.
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
    """Drive the arm through the reach from a board, then from the engine.

    Raises:
        SpikearmError: There is no board, the network does not fit it, or it stops answering.
    """
    on_board = _drive(arm, trained, drive, partial(BoardSimulation, board=board))
    on_engine = _drive(arm, trained, drive, EngineSimulation)
    distance = np.abs(on_board.torque - on_engine.torque).max(axis=1)
    differing = np.flatnonzero(distance)
    n_steps = len(distance)
    return BoardCheck(
        n_steps=n_steps,
        n_equal=int(differing[0]) if len(differing) else n_steps,
        largest=float(distance.max()),
        step_latency_s=float(np.median(on_board.step_latency_s)),
    )


def _drive(
    arm: Arm,
    trained: TrainedController,
    drive: DriveConfig,
    backend: Callable[[nengo.Network], NeuralSimulation],
) -> Trajectory:
    with loihi_controller(arm.model, trained, drive, backend) as controller:
        return drive_arm(arm, controller, drive)
