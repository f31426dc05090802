"""``spikearm train-eye``: from an arm's model to an eye that finds targets and the hand."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from spikearm.arm_models.errors import check_processes
from spikearm.experiments.console.console import console
from spikearm.experiments.console.problems import collected, raise_first, resumed_in
from spikearm.experiments.console.progress import TrainingBars
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.options.resolved_config import resolved_config
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.guardian import guarded
from spikearm.experiments.records.provenance import version
from spikearm.experiments.training.account import begin_or_resume
from spikearm.experiments.training.checkpoints import remove_checkpoints
from spikearm.experiments.training.eye_config import EyeConfig
from spikearm.experiments.training.eye_pipeline import UPDATES, EyeTraining
from spikearm.experiments.unset import Unset
from spikearm.neural.processes.raised import Problem
from spikearm.perception.eye.accuracy import Accuracy

EYE = "eye.npz"
TRAINED_WITH = ("tensorflow", "tf-keras", "mujoco")
UNCHANGING = ("arm", "joints", "training")


@dataclass(frozen=True)
class TrainEyeCommand:
    """Train the eye that watches an arm, from scenes that it draws.

    Draws scenes (a target, things that distract, changing light, the arm in motion) and watches
    them by two event cameras; learns the first kernels without labels (SoftHebb); initialises the
    layers behind by fluctuations, and trains them through their spikes, to say where target and
    hand are. It ends with a verdict on scenes that it has not seen. Every step leaves a file in
    the folder: ended anywhere, the same command resumes it, and comes to the same weights. Needs
    the extra [train], and MUJOCO_GL=egl where there is no display.

    Examples:
        spikearm train-eye --arm gen3 --out trained/eye
        spikearm train-eye --scenes 200 --updates 100 --out quick
        spikearm train-eye --kernels random --out trained/random

    Attributes:
        out: Folder for what is learned; one that an earlier call began is gone on with.
        plant: Arm in the scenes.
        training: Scenes, layers and updates.
        jobs: Number of processes. Default: the number of cores.
    """

    out: Path
    plant: ArmConfig = field(default_factory=ArmConfig)
    training: EyeConfig = field(default_factory=EyeConfig)
    jobs: Unset[int] = None

    def __post_init__(self) -> None:
        check_processes(self.jobs)

    def execute(self) -> None:
        """Train, and name the file that was made."""
        arm = self.plant.load()
        about = {
            **resolved_config(self, "train-eye", arm, self.out),
            "training": asdict(self.training),
            "trained_with": {name: version(name) for name in TRAINED_WITH},
        }
        about = begin_or_resume(self.out, about, UNCHANGING, self.out / EYE)
        problems: list[Problem] = []
        with collected(problems), guarded((self.out,)):
            with TrainingBars() as watcher:
                training = EyeTraining(arm, self.training, self.out, watcher, self.jobs)
                weights = training.run(about)
            with atomic_file(self.out / EYE) as draft, draft.open("wb") as file:
                weights.save(file)
            remove_checkpoints(self.out, UPDATES)
            accuracy = Accuracy(**weights.about["accuracy"])
            console.print(f"Verdict: {accuracy}", soft_wrap=True, highlight=False)
        raise_first(problems, self.out, resumed_in(self.out))
        console.print(f"Trained: {self.out / EYE}, {weights.n_weights:,} weights.")
