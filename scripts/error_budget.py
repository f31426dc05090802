"""Error budget: torque error of each part of a trained controller, and its effect on the hand.

Along the motions of the analytic controller, the torque of the neurons' steady rates is compared
with the law's, part by part; then each stage runs in closed loop, with lag and the noise of spikes.

.venv/bin/python scripts/error_budget.py --arm gen3
"""

from dataclasses import dataclass

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from spikearm.arm_models import Arm, load_arm
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import drift_torque, task_inertia
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.spiking.trained import TrainedController, shipped
from spikearm.controller.training.friction import DryFriction
from spikearm.controller.training.products import steady_rates
from spikearm.controller.training.samples import Samples
from spikearm.experiments.controllers import ControllerSetup, choose_controllers
from spikearm.experiments.studies.benchmark.benchmark import BenchmarkPlan, Watcher, run_benchmark
from spikearm.experiments.studies.benchmark.metrics import root_mean_square
from spikearm.experiments.tasks.centre_out import CentreOut

EVERY = 10  # control steps between two states


@dataclass(frozen=True)
class Options:
    """Measure one arm's shipped controller on the circle, with seed 0.

    Attributes:
        arm: Name of the arm.
        feedforward: Part of the reference that is fed forward.
    """

    arm: str = "gen3"
    feedforward: Feedforward = "acceleration"

    def execute(self) -> None:
        """Measure and print."""
        arm, trained = load_arm(self.arm), shipped(self.arm)
        controllers = choose_controllers(["rate", "spiking", "loihi"])
        setup = ControllerSetup(arm.model, trained, feedforward=self.feedforward)
        plan = BenchmarkPlan(arm, CentreOut(), controllers, [0], setup)
        done = run_benchmark(plan, Watcher())
        motions = [reach.trajectory for reach in done.reaches if reach.controller == "analytic"]
        table = Table("what", "hand, m/s²", "moves it, mm")
        for part, error in static_errors(arm, trained, motions).items():
            size = root_mean_square(np.linalg.norm(error, axis=1))
            table.add_row(f"{part}, settled rates", f"{size:.4f}", f"{1e3 * size / Gains().kp:.3f}")
        for row in done.rows[1:]:
            table.add_row(
                f"{row['controller']}, closed loop", "", f"{1e3 * row['fidelity_rmse_m']:.3f}"
            )
        Console().print(table)


def static_errors(
    arm: Arm, trained: TrainedController, motions: list[Trajectory]
) -> dict[str, np.ndarray]:
    """Compute how the settled neurons' torque accelerates the hand other than the law's does.

    Args:
        arm: Arm of the controller.
        trained: Trained controller.
        motions: Motions whose states are compared.

    Returns:
        For the drift torque alone, for what the command adds and for both: shape
        (n_states, 3) [m/s^2]. A slow error moves the hand by it over ``kp``.
    """
    q, dq, torque = (
        np.concatenate([getattr(motion, name)[::EVERY] for motion in motions])
        for name in ("q", "dq", "torque")
    )
    moments = [arm.model.dynamics(*state) for state in zip(q, dq, strict=True)]
    task_map = np.array([here.jacobian.T @ task_inertia(here)[0] for here in moments])
    drift = np.array(
        [
            drift_torque(arm.model, here, one, speed, Gains())
            for here, one, speed in zip(moments, q, dq, strict=True)
        ]
    )
    commands = np.array(
        [
            np.linalg.lstsq(T, u - d, rcond=None)[0]
            for T, u, d in zip(task_map, torque, drift, strict=True)
        ]
    )
    states, weights = Samples(q, dq, task_map, drift), trained.weights
    friction = DryFriction.of(arm.model)

    def accelerate(given: np.ndarray) -> np.ndarray:
        rates = steady_rates(weights, states, given, "rate")
        given_torque = rates @ weights.readout["rate"].T * weights.scaling.torque
        wrong = given_torque - states.torque(given, friction)
        return np.array(
            [
                here.jacobian[:3] @ np.linalg.solve(here.mass_matrix, one)
                for here, one in zip(moments, wrong, strict=True)
            ]
        )

    still, both = accelerate(np.zeros_like(commands)), accelerate(commands)
    return {"drift torque": still, "command's torque": both - still, "both": both}


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
