"""Work of a network in a reach, counted in the chip's arithmetic."""

from dataclasses import dataclass

from spikearm.arm_models import Arm, Pose
from spikearm.controller.loop.trajectory import COUNTED, Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.studies.chip_cost import ChipCost, chip_cost
from spikearm.experiments.studies.deployment.drive import (
    DriveConfig,
    follow_drive,
    plan_drive,
    recorded_controller,
)
from spikearm.loihi_deploy.energy.account import Work
from spikearm.loihi_deploy.energy.step_time import StepTimeSummary, step_times
from spikearm.neural.counts import Footprint, StepCounts

SETTLING = 0.5  # s, before a hold is counted: what is left of the motion has died away
HOLD = 1.0  # s


@dataclass(frozen=True)
class CountedReach:
    """Counts of a reach, on average over its steps.

    Attributes:
        n_steps: Steps of the reach.
        period: Length of a step [s].
        counts: Neural work of a step.
        chip: Cost of a step on the chip.
        holding: Cost of a step on the chip while the arm then holds still at the target.
        times: Time of a step on the chip.
        changed: Compartments in a step whose current or voltage changed, or that fired.
        footprint: Footprint of the network.
        n_coders: Number of neurons on the host that code inputs as spikes.
        cores_per_chip: Cores in use on each chip.
        midway: Reference in the middle of the reach.
    """

    n_steps: int
    period: float
    counts: StepCounts
    chip: ChipCost
    holding: ChipCost
    times: StepTimeSummary
    changed: float
    footprint: Footprint
    n_coders: int
    cores_per_chip: tuple[int, ...]
    midway: Reference

    @property
    def software_work(self) -> Work:
        """Work of a step for a program that stores no weights of zero."""
        return Work.of_program(self.counts, self.chip.work.neuron_updates)


def drive_and_count(arm: Arm, trained: TrainedController, drive: DriveConfig) -> CountedReach:
    """Drive an arm out to its target, and count from the start of the motion on; then let it hold.

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    _, motion = plan_drive(arm, drive)
    with recorded_controller(arm, trained, drive) as (controller, simulation):
        trajectory = follow_drive(arm, controller, motion, drive)
        activity, fan_out, footprint = (
            simulation.activity, simulation.fan_out, simulation.footprint
        )  # fmt: skip
        chip = chip_cost([trajectory], footprint)
        holding = chip_cost([hold(arm, controller, motion.goal, drive)], footprint)
        assert chip is not None
        assert holding is not None
        return CountedReach(
            n_steps=len(trajectory.time),
            period=arm.timestep,
            counts=StepCounts(*(float(getattr(trajectory, name).mean()) for name in COUNTED)),
            chip=chip,
            holding=holding,
            times=step_times(fan_out, activity.fired).summary,
            changed=activity.active_updates / activity.n_steps,
            footprint=footprint,
            n_coders=sum(one.n_neurons for one in simulation.blocks.inputs),
            cores_per_chip=fan_out.placement.cores_per_chip,
            midway=motion.at(motion.duration / 2),
        )


def hold(arm: Arm, controller: SpikingController, pose: Pose, drive: DriveConfig) -> Trajectory:
    """Drive an arm to hold a pose that it has reached; return the steps after it has settled."""
    for duration in (SETTLING, HOLD):
        held = follow_drive(arm, controller, MinimumJerk(pose, pose, duration), drive)
    return held
