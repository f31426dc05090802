"""``spikearm train``: from an arm's model to a spiking controller."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from spikearm.arm_models.errors import check_processes
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.console.console import console
from spikearm.experiments.console.problems import collected, raise_first, resumed_in
from spikearm.experiments.console.progress import TrainingBars
from spikearm.experiments.console.training_remarks import print_verdict, warn_of_light_joints
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.options.resolved_config import resolved_config
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.guardian import guarded
from spikearm.experiments.records.provenance import version
from spikearm.experiments.studies.benchmark.checks.verdict import try_controller
from spikearm.experiments.tasks.benchmark_workspace import TILT, task_workspace
from spikearm.experiments.tasks.centre_out import RADII
from spikearm.experiments.tasks.reaching import ReachingName
from spikearm.experiments.training.account import begin_or_resume
from spikearm.experiments.training.pipeline import Training
from spikearm.experiments.training.training_config import TrainingConfig
from spikearm.experiments.unset import Unset
from spikearm.neural.processes.raised import Problem

CONTROLLER = "controller.npz"
SAMPLES = "samples.npz"
TRAINED_WITH = ("nengo-dl", "tensorflow", "tf-keras")
UNCHANGING = ("arm", "joints", "gravity", "workspace", "training", "input_coding")
INPUT_CODING = "no spikes at home"  # trainings that do not say had one per value and step
BEFORE = {"gravity": [0.0, 0.0, -9.81]}  # MuJoCo's, of trainings that do not say


@dataclass(frozen=True)
class TrainCommand:
    """Train a spiking controller for an arm, from its model alone.

    Samples the control law where the arm is to work, trains the deep network that compresses
    the arm's state, and solves for the torque's decoders, on the chip from what its neurons do
    when they are shown the arm in motion. It ends with a verdict, measured in closed loop. Every
    step leaves a file in the folder: ended anywhere, by whatever, the same command resumes it, and
    comes to the same weights. Needs the extra [train].

    Examples:
        spikearm train --arm gen3 --out trained/gen3
        spikearm train --task workspace --n-latent 32 --products 3840 --out across
        spikearm bench --arm gen3 --trained trained/gen3/controller.npz

    Attributes:
        out: Folder for what is learned; one that an earlier call began is gone on with.
        plant: Arm that is trained for.
        task: Task to be trained for: reaches from home and back (centre-out), or motions between
            random poses across the arm's workspace (workspace), which ask for a longer code and
            more products than the defaults.
        radius: Largest distance of the hand from home to be trained for [m]. Default: that of the
            task's farthest targets, for centre-out with a margin.
        tilt: Largest turn of the hand from home [rad]. Default: that of the task, for centre-out
            with a margin.
        training: Amount of training data and size of the networks.
        jobs: Number of processes. Default: the number of cores.
    """

    out: Path
    plant: ArmConfig = field(default_factory=ArmConfig)
    task: ReachingName = "centre-out"
    radius: Unset[float] = None
    tilt: Unset[float] = None
    training: TrainingConfig = field(default_factory=TrainingConfig)
    jobs: Unset[int] = None

    def __post_init__(self) -> None:
        check_processes(self.jobs)
        Workspace(
            RADII[-1] if self.radius is None else self.radius,
            TILT if self.tilt is None else self.tilt,
        )

    def execute(self) -> None:
        """Train, and name the file that was made."""
        arm = self.plant.load()
        workspace = task_workspace(arm.model, self.task, self.radius, self.tilt)
        about = {
            **resolved_config(self, "train", arm, self.out),
            "workspace": asdict(workspace),
            "training": asdict(self.training),
            "input_coding": INPUT_CODING,
            "trained_with": {name: version(name) for name in TRAINED_WITH},
        }
        about = begin_or_resume(self.out, about, UNCHANGING, self.out / CONTROLLER, BEFORE)
        if not (self.out / SAMPLES).exists():
            warn_of_light_joints(self.plant, arm, workspace, self.training)
        problems: list[Problem] = []
        with collected(problems), guarded((self.out,)):
            with TrainingBars() as watcher:
                training = Training(arm, workspace, self.training, self.out, watcher, self.jobs)
                weights = training.run()
            trained = TrainedController(weights, workspace, about)
            verdict = try_controller(arm, trained, self.jobs)
            trained = replace(trained, about={**about, "verdict": asdict(verdict)})
            with atomic_file(self.out / CONTROLLER) as draft, draft.open("wb") as file:
                trained.save(file)
            print_verdict(verdict)
        raise_first(problems, self.out, resumed_in(self.out))
        console.print(f"Trained: {self.out / CONTROLLER}. Measure it with")
        task = "" if self.task == "centre-out" else f" --task {self.task}"
        console.print(
            f"  spikearm bench {self.plant.options}{task} --trained {self.out / CONTROLLER}",
            soft_wrap=True,
        )
