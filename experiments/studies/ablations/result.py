"""Performance of a variant in closed loop."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import Controller
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.experiments.studies.ablations.variant import SEED, Variant
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.episodes import Episode, run_episodes
from spikearm.experiments.tasks.task import Task


@dataclass(frozen=True)
class Result:
    """Performance of a variant on the chip's arithmetic.

    Attributes:
        name: Name of the variant.
        n_latent: Length of the latent code.
        neurons: Number of neurons.
        cores: Number of cores; None where the network does not run on a chip.
        excess_deviation: Excess deviation on the circle, feedforward of the velocity [1].
        circle_m: Fidelity on the same reaches [m].
        pose_m: Fidelity on the task ``pose``, feedforward of the velocity [m].
        strict_m: Deviation on the circle, feedforward of the acceleration [m].
        success_rate: Success rate over all reaches [1].
    """

    name: str
    n_latent: int
    neurons: int
    cores: int | None
    excess_deviation: float
    circle_m: float
    pose_m: float
    strict_m: float
    success_rate: float


def measure(arm: Arm, variant: Variant, weights: NetworkWeights) -> Result:
    """Measure a variant beside the analytic controller, in stage ``loihi`` with one seed."""

    def moved(
        task: CentreOut, feedforward: Feedforward
    ) -> tuple[list[Trajectory], list[Trajectory]]:
        law = OperationalSpaceController(arm.model, feedforward=feedforward)
        return _move(arm, law, task), _move(arm, neurons[feedforward], task)

    neurons = {
        feedforward: SpikingController(weights, variant.chip, "loihi", feedforward=feedforward)
        for feedforward in ("velocity", "acceleration")
    }
    on_chip = variant.chip.target == "sim"
    ideal, circle = moved(CentreOut(), "velocity")
    ideal_pose, pose = moved(CentreOut("pose"), "velocity")
    strict = moved(CentreOut(), "acceleration")[1]
    cores = neurons["velocity"].simulation.footprint.cores if on_chip else None
    for controller in neurons.values():
        controller.close()
    deviation = _mean(metrics.position_rmse, circle)
    return Result(
        name=variant.name,
        n_latent=len(weights.latent),
        neurons=sum(weights.layers),
        cores=cores,
        excess_deviation=deviation / _mean(metrics.position_rmse, ideal) - 1,
        circle_m=_mean(metrics.fidelity_rmse, circle, ideal),
        pose_m=_mean(metrics.fidelity_rmse, pose, ideal_pose),
        strict_m=_mean(metrics.position_rmse, strict),
        success_rate=_mean(Task.success, circle + pose + strict),
    )


def _move(arm: Arm, controller: Controller, options: CentreOut) -> list[Trajectory]:
    task = plan_task(arm.model, options, SEED)
    episodes = [Episode(arm, controller, task, i) for i in range(options.targets)]
    return [motion.trajectory for one in run_episodes(episodes) for motion in one.motions]


def _mean(metric: Callable[..., float], *motions: list[Trajectory]) -> float:
    return float(np.mean([metric(*pair) for pair in zip(*motions, strict=True)]))
