"""``spikearm onboard``: from somebody's model file to an arm that is measured."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar

import tyro

from spikearm.arm_models import Arm, SpikearmError
from spikearm.arm_models.errors import check_processes
from spikearm.arm_models.loading.model_file import model_file
from spikearm.arm_models.loading.profile import SUFFIX, ArmProfile, read_profile
from spikearm.experiments.commands.bench import BenchCommand
from spikearm.experiments.commands.deploy import DeployCommand
from spikearm.experiments.commands.train import CONTROLLER, TrainCommand
from spikearm.experiments.console.console import console, errors
from spikearm.experiments.console.problems import print_problem, resumed_in
from spikearm.experiments.console.progress import progress_bar
from spikearm.experiments.flags import turned_off
from spikearm.experiments.needs import Need
from spikearm.experiments.onboarding.baseline import VARIANTS, measure_baseline
from spikearm.experiments.onboarding.describe import HOME_TERMS, home_table, joint_table
from spikearm.experiments.onboarding.home_search import N_TRIED
from spikearm.experiments.onboarding.make_profile import (
    PosedArm,
    pose_arm,
    profile_of,
    weigh_arm,
)
from spikearm.experiments.onboarding.outcome import (
    bench_folder,
    describe_outcome,
    move_aside,
    read_outcome,
)
from spikearm.experiments.onboarding.remarks import collected_remarks
from spikearm.experiments.options.arm_config import ArmConfig, ModelOptions
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.seed import check_seed
from spikearm.experiments.tables import explain
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.experiments.training.training_config import TrainingConfig
from spikearm.experiments.unset import Unset

ARMS = Path("arms")  # folder of work folders


@dataclass(frozen=True)
class OnboardCommand:
    """Bring an arm of your own, from its model file to results.

    Shows what the file holds and what is changed, searches a home pose that reaches far, gives
    joints that are too light for spikes a rotor inertia, and tries the analytic law, which must
    reach every target. What was found is an arm profile, NAME.toml, that every command takes as
    --arm. Then a spiking controller is trained, measured and checked against a Loihi chip, each
    step in a folder of its own. Ended anywhere, the same command goes on with the next step.

    Examples:
        spikearm onboard sawyer.xml --end-effector right_hand --no-train
        spikearm run --arm arms/sawyer/sawyer.toml --controller analytic
        spikearm onboard sawyer.xml --end-effector right_hand

    Attributes:
        file: MJCF or URDF file, or a name of the package robot_descriptions.
        name: Name of the arm. Default: that of the file.
        model: Properties that the file lacks.
        out: Folder of the profile and of all steps. Default: arms/NAME.
        search_seed: Seed of the search for a home pose.
        train: Train, measure and deploy a controller, after the profile is made.
        training: Amount of training data and size of the networks.
        jobs: Number of processes. Default: the number of cores.
    """

    NEEDS: ClassVar = (
        Need(("training",), lambda one: one.train, "without --no-train"),
        Need(("search_seed",), lambda one: one.model.home is None, "without --home"),
    )

    file: Annotated[str, tyro.conf.Positional]
    name: Unset[str] = None
    model: ModelOptions = field(default_factory=ModelOptions)
    out: Unset[Path] = None
    search_seed: int = 0
    train: Annotated[bool, turned_off("Leave training out, and end when the profile is made.")] = (
        True
    )
    training: TrainingConfig = field(default_factory=TrainingConfig)
    jobs: Unset[int] = None

    def __post_init__(self) -> None:
        check_processes(self.jobs)
        check_seed(self.search_seed)
        if self.name is not None and (not self.name or Path(self.name).name != self.name):
            raise SpikearmError(f"'{self.name}' is no name of an arm: give letters and digits.")

    def execute(self) -> int:
        """Take every step that is left; return the exit status."""
        file = model_file(self.file)
        name = self.name or file.stem
        folder = self.out or ARMS / name
        path = folder / f"{name}{SUFFIX}"
        if path.exists():
            self._check_kept(path, file)
            console.print(f"Profile: {path} is there, and stays.", soft_wrap=True)
        else:
            self._make_profile(file, name, path)
        if not self.train:
            console.print(f"Use it as --arm {path}", soft_wrap=True)
            return 0
        trained = folder / "trained" / CONTROLLER
        try:
            self._measure(ArmConfig(str(path)), folder, trained)
        except KeyboardInterrupt:
            print_problem(f"Interrupted. {resumed_in(folder)}")
            raise
        return self._conclude(folder, path, trained)

    def _measure(self, plant: ArmConfig, folder: Path, trained: Path) -> None:
        """Train, measure and deploy, but for the steps that are done."""
        self._train(plant, trained)
        for variant in VARIANTS:
            self._bench(plant, trained, CentreOut(variant), bench_folder(folder, variant))
        self._deploy(plant, trained, folder / "deployed")

    def _check_kept(self, path: Path, file: Path) -> None:
        """Refuse options that the profile does not have."""
        profile = read_profile(path)
        given = self.model.given
        other = [name for name, value in given.items() if not _is_same(value, profile, name)]
        if Path(profile.file) != file.resolve():
            other.append("file")
        if other:
            raise SpikearmError(
                f"'{path}' was made with another {', '.join(other)}. Give another --out, or "
                "delete the folder to begin anew."
            )

    def _make_profile(self, file: Path, name: str, path: Path) -> None:
        plant = ArmConfig(mjcf=file, **self.model.given)
        with collected_remarks() as remarks:
            arm = plant.load()
        console.print(joint_table(arm))
        for remark in (_drives(arm), *remarks):
            console.print(f"- {remark}", soft_wrap=True, highlight=False)
        with collected_remarks(), progress_bar() as bar:
            task = bar.add_task("searching a home pose", total=N_TRIED)
            posed = pose_arm(plant, arm, self.search_seed, lambda: bar.advance(task))
        console.print(home_table(posed.candidates))
        console.print(explain(HOME_TERMS))
        with collected_remarks(), errors.status("Weighing the joints"):
            posed, proposal = weigh_arm(posed, self.training)
        console.print(str(proposal), soft_wrap=True, highlight=False)
        self._try_baseline(posed)
        profile = profile_of(posed.plant, posed.arm, name, file)
        with atomic_file(path) as draft:
            draft.write_text(profile.as_toml(path), "utf-8")
        console.print(f"Profile: {path}", soft_wrap=True)

    def _try_baseline(self, posed: PosedArm) -> None:
        """Print how the analytic law does, and what spoils it; refuse an arm where it misses."""
        for variant in VARIANTS:
            with errors.status(f"Trying the analytic law, {variant}"):
                baseline = measure_baseline(posed.arm, variant, self.jobs)
            for line in (str(baseline), *baseline.causes):
                console.print(line, soft_wrap=True, highlight=False)

    def _train(self, plant: ArmConfig, trained: Path) -> None:
        if trained.exists():
            console.print(f"Trained: {trained} is there, and stays.", soft_wrap=True)
            return
        TrainCommand(
            out=trained.parent, plant=plant, training=self.training, jobs=self.jobs
        ).execute()

    def _bench(self, plant: ArmConfig, trained: Path, task: CentreOut, folder: Path) -> None:
        if read_outcome(folder) is not None:
            console.print(f"Measured: {folder} is there, and stays.", soft_wrap=True)
            return
        if (aside := move_aside(folder)) is not None:
            console.print(f"An earlier benchmark was not finished: it is now '{aside}'.")
        BenchCommand(plant=plant, task=task, trained=trained, out=folder, jobs=self.jobs).execute()

    def _deploy(self, plant: ArmConfig, trained: Path, folder: Path) -> None:
        picture = folder / "chip.html"
        if picture.exists():
            console.print(f"Deployed: {picture} is there, and stays.", soft_wrap=True)
            return
        log = folder / "deployments.jsonl"
        DeployCommand(plant=plant, trained=trained, log=log, picture=picture).execute()

    def _conclude(self, folder: Path, path: Path, trained: Path) -> int:
        outcomes = {variant: read_outcome(bench_folder(folder, variant)) for variant in VARIANTS}
        lines, is_good = describe_outcome(outcomes)
        for line in lines:
            console.print(line, style=None if is_good else "yellow", soft_wrap=True)
        console.print(f"Go on with --arm {path} --trained {trained}", soft_wrap=True)
        return 0 if is_good else 1


def _is_same(value: Any, profile: ArmProfile, name: str) -> bool:
    """Return whether a profile has a property; a single number stands for all joints'."""
    kept = getattr(profile, name)
    return value == kept or (name == "armature" and value == tuple(set(kept)))


def _drives(arm: Arm) -> str:
    """Return a sentence on what every arm's drives are replaced by."""
    estimated = arm.chain.estimated_velocities
    star = " * marks an estimate: the file states no largest speed." if estimated else ""
    return f"Torque motors drive the joints, in place of the file's actuators.{star}"
