"""Work of a network in a reach, counted in the chip's arithmetic."""

from dataclasses import dataclass, replace

from spikearm.arm_models import Arm
from spikearm.controller.loop.trajectory import COUNTED
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.trained import TrainedController
from spikearm.experiments.studies.deployment.drive import (
    DriveConfig,
    follow_drive,
    loihi_controller,
    plan_drive,
)
from spikearm.loihi_deploy.backends.recording import Activity, RecordedSimulation
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.energy.account import Work
from spikearm.loihi_deploy.mapping.mesh import spike_traffic
from spikearm.loihi_deploy.mapping.placement import place
from spikearm.loihi_deploy.mapping.traffic import core_traffic, stored_events
from spikearm.neural.counts import Footprint, StepCounts


@dataclass(frozen=True)
class CountedReach:
    """Counts of a reach, on average over its steps.

    Attributes:
        n_steps: Steps of the reach.
        period: Length of a step [s].
        counts: Neural work of a step.
        work: Work of a step on a chip.
        footprint: Footprint of the network.
        n_coders: Number of neurons on the host that code inputs as spikes.
        cores_per_chip: Cores in use on each chip.
        midway: Reference in the middle of the reach.
    """

    n_steps: int
    period: float
    counts: StepCounts
    work: Work
    footprint: Footprint
    n_coders: int
    cores_per_chip: tuple[int, ...]
    midway: Reference

    @property
    def software_work(self) -> Work:
        """Work of a step for a program that stores no weights of zero."""
        return replace(self.work, synaptic_events=self.counts.synaptic_events)


def drive_and_count(arm: Arm, trained: TrainedController, drive: DriveConfig) -> CountedReach:
    """Drive an arm out to its target, and count from the start of the motion on.

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    start, motion = plan_drive(arm, drive)
    with loihi_controller(trained, drive, RecordedSimulation) as controller:
        simulation = controller.simulation
        assert isinstance(simulation, RecordedSimulation)
        controller.start(arm.reset(start))
        simulation.forget()  # what settling took
        trajectory = follow_drive(arm, controller, motion, drive)
        counts = StepCounts(*(float(getattr(trajectory, name).mean()) for name in COUNTED))
        work, cores_per_chip = chip_work(
            simulation.blocks, simulation.activity, counts.learning_updates
        )
        return CountedReach(
            len(trajectory.time), arm.timestep, counts, work, simulation.footprint,
            sum(one.n_neurons for one in simulation.blocks.inputs), cores_per_chip,
            motion.at(motion.duration / 2),
        )  # fmt: skip


def chip_work(
    blocks: IntegerBlocks, activity: Activity, learning_updates: float
) -> tuple[Work, tuple[int, ...]]:
    """Compute the work of a step on a chip, and the cores in use on each chip.

    Args:
        blocks: Blocks on the chip.
        activity: Activity in a run.
        learning_updates: Updates of weights by a learning rule in a step, on average.
    """
    placement = place(blocks)
    traffic = core_traffic(blocks, placement, activity)
    active = activity.active_updates / activity.n_steps
    work = Work(
        synaptic_events=stored_events(blocks, activity),
        active_updates=active,
        inactive_updates=len(activity.spikes) - active,
        learning_updates=learning_updates,
        traffic=spike_traffic(placement, traffic.between),
    )
    return work, placement.cores_per_chip
