"""A trained controller brought onto the chip, and checked on one reach of its arm."""

from dataclasses import dataclass, replace
from typing import Annotated

import nengo
import tyro
from scipy.sparse import csr_array

from spikearm.arm_models import Arm, RigidBodyModel, SpikearmError
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.eye_on_chip.border import Border, border_of
from spikearm.experiments.eye_on_chip.chip_eyes import ChipEyes
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.studies.chip_cost import ChipCost, chip_cost
from spikearm.experiments.studies.deployment.drive import (
    DriveConfig,
    drive_arm,
    loihi_controller,
    plan_drive,
)
from spikearm.loihi_deploy import pipeline
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.checks.board_config import BoardConfig
from spikearm.loihi_deploy.checks.compare_allocators import Allocation, compare_allocators
from spikearm.loihi_deploy.checks.compare_rescaling import RescalingComparison, compare_rescaling
from spikearm.loihi_deploy.checks.report import REFUSALS, Report, refusal
from spikearm.loihi_deploy.checks.split_search import WORTH_A_CORE, SplitCost, search_split
from spikearm.loihi_deploy.discretisation.rescaling import RESCALE_ABOVE
from spikearm.loihi_deploy.energy.chip_work import chip_work
from spikearm.loihi_deploy.energy.step_time import StepTimeSummary, step_times
from spikearm.loihi_deploy.mapping.allocators import AllocatorName
from spikearm.loihi_deploy.mapping.fan_out import FanOut
from spikearm.loihi_deploy.mapping.splitting import Split, split_ensembles
from spikearm.loihi_deploy.pipeline import Deployment


@dataclass(frozen=True)
class MappingConfig:
    """Mapping of the network onto the chip.

    Attributes:
        allocator: Allocator that assigns cores: one of nengo-loihi's, or traffic, which goes by
            the spikes of the reach.
        rescale: True if lossy layers get a threshold by neuron.
        split: True if slow layers are split over more cores.
    """

    allocator: AllocatorName = "greedy"
    rescale: Annotated[
        bool,
        tyro.conf.arg(
            help=f"Give layers that lose more than {RESCALE_ABOVE:.0%} of their weights to 8 bits "
            "a threshold by neuron, which brings most of it back."
        ),
    ] = False
    split: Annotated[
        bool,
        tyro.conf.arg(
            help="Split the slowest layers over more cores, as long as another core makes a step "
            f"at least {WORTH_A_CORE:.0%} shorter. A second run shows the split network."
        ),
    ] = False

    def __post_init__(self) -> None:
        if self.split and self.allocator == "traffic":
            raise SpikearmError(
                "Allocator traffic puts blocks together on cores, and a split puts them apart. "
                "Split with allocator greedy."
            )


@dataclass(frozen=True)
class Stages:
    """Stages of a deployment, beside what other mappings make of the same run.

    Attributes:
        deployment: Stages of the network that ran.
        rescaling: Quantisation errors with and without rescaling.
        allocations: Cores and traffic under every allocator.
        splits: Steps of the search for a split, the last of which was taken; empty without a
            search.
        chip: Cost of a step, on average over the reach.
        times: Time of a step.
        reach: Reach of the arm, step by step.
        border: Way of events onto the chip; None without eyes.
    """

    deployment: Deployment
    rescaling: RescalingComparison
    allocations: tuple[Allocation, ...]
    splits: tuple[SplitCost, ...]
    chip: ChipCost
    times: StepTimeSummary
    reach: RecordedReach
    border: Border | None = None


@dataclass(frozen=True)
class ControllerDeployment:
    """Deployment of a controller.

    Attributes:
        report: Use of every limited resource.
        stages: Stages of the deployment; None where nengo-loihi refuses to build the network.
    """

    report: Report
    stages: Stages | None = None


def deploy_controller(
    arm: Arm,
    trained: TrainedController,
    drive: DriveConfig,
    board: BoardConfig,
    mapping: MappingConfig = MappingConfig(),
    eyes: ChipEyes | None = None,
) -> ControllerDeployment:
    """Drive an arm through one reach, and bring the network that drove it onto the chip.

    Args:
        arm: Arm that is driven.
        trained: Its controller.
        drive: Reach.
        board: Board to deploy to.
        mapping: Mapping of the network onto the chip.
        eyes: Eyes that run in the controller's network.

    Raises:
        SpikearmError: The arm does not reach the target, or a network with eyes is to be split.
    """
    if mapping.split and eyes is not None:
        raise SpikearmError(
            "The layers of an eye are images, which have blocks of their own: split the controller "
            "alone, without eyes."
        )
    plan_drive(arm, drive)  # before the network is built
    try:
        controller = _controller(arm.model, trained, drive, mapping, eyes=eyes)
    except REFUSALS as error:
        return ControllerDeployment(Report((refusal(error),)))
    splits: tuple[SplitCost, ...] = ()
    if mapping.split:
        with controller:
            simulation, _, fired = _drive(arm, controller, drive)
            splits = search_split(simulation, fired)
        controller = _controller(arm.model, trained, drive, mapping, splits[-1].blocks)
    with controller:
        simulation, trajectory, fired = _drive(arm, controller, drive)
        sensors = () if eyes is None else eyes.sensors
        deployment = pipeline.deploy(simulation, board, mapping.allocator, sensors)
    fan_out = FanOut.of(deployment.stored, deployment.placement)
    placed = replace(trajectory, chip_work=chip_work(fan_out, fired))
    chip = chip_cost([placed], simulation.footprint)
    assert chip is not None
    stages = Stages(
        deployment,
        compare_rescaling(deployment.floats),
        compare_allocators(deployment.stored, simulation.activity),
        splits,
        chip,
        step_times(fan_out, fired).summary,
        RecordedReach("loihi", False, drive.seed, 0, "out", placed),
        None if eyes is None else border_of(deployment, simulation.activity, eyes),
    )
    return ControllerDeployment(deployment.report, stages)


def _controller(
    model: RigidBodyModel,
    trained: TrainedController,
    drive: DriveConfig,
    mapping: MappingConfig,
    split: Split = (),
    eyes: ChipEyes | None = None,
) -> SpikingController:
    """Build the controller on a recorded simulation, its ensembles split if asked for."""

    def backend(network: nengo.Network) -> RecordedSimulation:
        if split:
            split_ensembles(network, split)
        return RecordedSimulation(network, rescaled=mapping.rescale)

    return loihi_controller(model, trained, drive, backend, () if eyes is None else (eyes,))


def _drive(
    arm: Arm, controller: SpikingController, drive: DriveConfig
) -> tuple[RecordedSimulation, Trajectory, csr_array]:
    """Drive the arm; return the simulation, the motion, and the spikes in it."""
    trajectory = drive_arm(arm, controller, drive)
    simulation = controller.simulation
    assert isinstance(simulation, RecordedSimulation)
    return simulation, trajectory, simulation.activity.fired[-len(trajectory.time) :]
