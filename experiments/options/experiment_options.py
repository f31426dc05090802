"""Options that all commands with experiments share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar

import tyro

from spikearm.arm_models import Arm, SpikearmError
from spikearm.arm_models.errors import check_count, check_not_negative, check_processes
from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.spiking.spiking_network import Filters
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.controllers import (
    CONTROLLERS,
    PID_INTEGRAL_GAIN,
    Adaptation,
    Backend,
    ChosenController,
    ControllerSetup,
    ControllerSpec,
    choose_controllers,
    own_sources,
)
from spikearm.experiments.flags import turned_off
from spikearm.experiments.needs import Need
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.options.find_trained import find_trained
from spikearm.experiments.options.new_paths import new_folder
from spikearm.experiments.options.resolved_config import resolved_config
from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.perturbations.registry import PERTURBATIONS
from spikearm.experiments.seed import check_seed
from spikearm.experiments.seen.options import TaskName
from spikearm.experiments.studies.plan import PERTURBED_LIMITS
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.experiments.tasks.point_to_point import PointToPoint
from spikearm.experiments.tasks.reaching import Reaching
from spikearm.experiments.unset import Unset

MOST_SEEDS = 10_000  # of the benchmark, days of one core with each controller, estimated


@dataclass(frozen=True)
class UsualLimits(SafetyLimits):
    """Limits that the arm is held to where nothing is perturbed.

    Attributes:
        limit_speeds: Hold joints to their velocity limits.
    """

    limit_speeds: Annotated[
        bool, turned_off("Let joints be faster than their velocity limits.")
    ] = True


@dataclass(frozen=True)
class ExperimentOptions:
    """Arm, task, control law, adaptive network and results of an experiment.

    Attributes:
        plant: Arm that is controlled.
        kind: Task: reaches from home and back (centre-out), or motions between random poses across
            the arm's workspace, each from where the last one ended (workspace).
        task: Reaches that it makes.
        gains: Gains of the control law.
        filters: Low-pass filters of spiking controllers.
        safety: Limits that the arm is held to.
        adaptation: Adaptive network beside a controller.
        ki: Integral gain of pid [1/s^3].
        feedforward: Part of the reference that is fed forward: its velocity and acceleration, or
            its velocity alone.
        backend: Backend of controller loihi and of adaptive networks: the compiled engine,
            nengo-loihi's emulator (the same spikes, more slowly) or a Loihi board (needs NxSDK).
        trained: File of trained weights, from `spikearm train`, or the name of some that ship,
            such as gen3. Default: those that ship for the arm and the task.
        out: New folder for the results. Default: a dated one in runs/.
        jobs: Number of processes. Default: the number of cores. With 1, latencies are
            undisturbed.
    """

    NEEDS: ClassVar = (
        Need(("ki",), lambda one: "pid" in one.names, "with controller pid"),
        Need(
            ("filters",), lambda one: one.has(lambda spec: spec.is_trained_network),
            "with a controller of trained neurons: rate, spiking or loihi",
        ),
        Need(
            ("trained",), lambda one: one.has(lambda spec: spec.needs_training),
            "with a controller that was trained: rate, spiking, loihi or static-rate",
        ),
        Need(
            ("adaptation",), lambda one: one.learns_beside,
            "with --adaptive",
        ),
        Need(
            ("backend",),
            lambda one: one.learns_beside or one.has(lambda spec: "engine" in spec.backends),
            "with controller loihi or --adaptive",
        ),
    )  # fmt: skip

    plant: ArmConfig = field(default_factory=ArmConfig)
    kind: Annotated[TaskName, tyro.conf.arg(name="task")] = "centre-out"
    task: CentreOut = field(default_factory=CentreOut)
    gains: Gains = field(default_factory=Gains)
    filters: Filters = field(default_factory=Filters)
    safety: SafetyLimits = field(default_factory=UsualLimits)
    adaptation: AdaptationConfig = field(default_factory=AdaptationConfig)
    ki: float = PID_INTEGRAL_GAIN
    feedforward: Feedforward = "acceleration"
    backend: Backend = "engine"
    trained: Unset[Path] = None
    out: Unset[Path] = None
    jobs: Unset[int] = None

    def __post_init__(self) -> None:
        check_not_negative(self, "ki")
        check_processes(self.jobs)
        if self.kind == "workspace":
            PointToPoint.of(self.task)

    @property
    def names(self) -> Sequence[str]:
        """Names of the controllers."""
        return ()

    @property
    def learns_beside(self) -> bool:
        """True if an adaptive network learns beside a controller."""
        return False

    def has(self, holds: Callable[[ControllerSpec], bool]) -> bool:
        """Return True if something holds for a controller, or may for one from outside."""
        return any(name not in CONTROLLERS or holds(CONTROLLERS[name]) for name in self.names)

    @property
    def reaching(self) -> Reaching:
        """Motions that are measured.

        Raises:
            SpikearmError: The task has none that are planned ahead.
        """
        if self.kind == "seen":
            raise SpikearmError(
                "The motions of the task seen are not planned ahead, and not swept. Choose the "
                "task centre-out or workspace."
            )
        return self.task if self.kind == "centre-out" else PointToPoint.of(self.task)

    def choose(
        self, arm: Arm, names: Sequence[str], adaptive: bool = False
    ) -> tuple[ChosenController, ...]:
        """Choose controllers by name, each with an adaptive one after it if asked for.

        Raises:
            SpikearmError: There is no controller of one of the names, or its factory fails.
        """
        return choose_controllers(names, adaptive, self.backend, arm.model)

    def setup(
        self, arm: Arm, names: Sequence[str], adaptation: Adaptation | None = None
    ) -> ControllerSetup:
        """Return the parameters that controllers are made from.

        Args:
            arm: Arm that is controlled.
            names: Names of the controllers.
            adaptation: Adaptive network, if it starts with learned weights.

        Raises:
            SpikearmError: There are no trained weights that fit arm and controllers.
        """
        trained = find_trained(arm, self.trained, names, between=self.kind == "workspace")
        adaptation = adaptation or Adaptation(self.adaptation)
        region = PointToPoint.of(self.task).workspace if self.kind == "workspace" else None
        return ControllerSetup(
            arm.model,
            trained,
            self.gains,
            self.ki,
            self.feedforward,
            self.filters,
            adaptation=adaptation,
            region=region,
        )

    def new_folder(self, command: str) -> Path:
        """Return the folder of the results, which is new.

        Raises:
            SpikearmError: It is taken, or cannot be written.
        """
        return new_folder(self.out, f"{command}-{Path(self.plant.name).stem}")

    def config(
        self, command: str, arm: Arm, folder: Path, controllers: Sequence[ChosenController]
    ) -> dict[str, Any]:
        """Return the resolved configuration, as it is written beside the results."""
        sources = {"own_controllers": own_sources([one.name for one in controllers])}
        return resolved_config(self, command, arm, folder) | sources


@dataclass(frozen=True)
class Seeds:
    """Seeds of task and networks.

    Attributes:
        seeds: Number of seeds.
        first_seed: Smallest of them.

    Raises:
        SpikearmError: A seed would be negative or too large, or there would be none, or too many.
    """

    seeds: int = 1
    first_seed: int = 0

    def __post_init__(self) -> None:
        check_seed(self.first_seed)
        check_count(self.seeds, "seeds", MOST_SEEDS)
        check_seed(self.all[-1])

    @property
    def all(self) -> range:
        """Seeds in their order."""
        return range(self.first_seed, self.first_seed + self.seeds)


@dataclass(frozen=True)
class PerturbedOptions(ExperimentOptions):
    """Options of an experiment with perturbed controllers.

    Attributes:
        perturbations: Names of perturbations, each alone or as name=strength.
        seeds: Seeds of task, networks and perturbations.
        safety: Limits that the arm is held to.
        trained_weightless: File of weights trained without gravity, from `spikearm train
            --weightless`, or the name of some that ship. Default: those that ship for the arm.
    """

    NEEDS: ClassVar = (
        Need(
            ("trained_weightless",), lambda one: not one.knows_gravity,
            "with perturbation gravity",
        ),
    )  # fmt: skip

    perturbations: Unset[tuple[str, ...]] = None
    seeds: Seeds = field(default_factory=Seeds)
    safety: SafetyLimits = field(default_factory=lambda: PERTURBED_LIMITS)
    trained_weightless: Unset[Path] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.perturbations == ():
            raise SpikearmError(
                "No perturbation is named. Name one or more, such as payload and friction."
            )

    @property
    def knows_gravity(self) -> bool:
        """True if controllers know of gravity under all perturbations that are named."""
        names = (word.partition("=")[0] for word in self.perturbations or ())
        return all(PERTURBATIONS[name].gravity_known for name in names if name in PERTURBATIONS)

    def weightless(
        self, arm: Arm, names: Sequence[str], levels: Sequence[Level]
    ) -> TrainedController | None:
        """Return weights trained without gravity; None if controllers know gravity at all levels.

        Args:
            arm: Arm that is controlled.
            names: Names of the controllers.
            levels: Perturbations and their strengths.

        Raises:
            SpikearmError: There are none that fit arm and controllers.
        """
        if all(level.perturbation.gravity_known for level in levels):
            return None
        return find_trained(arm, self.trained_weightless, names, gravity_known=False)
