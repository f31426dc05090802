"""Training pipeline of an eye: from an arm's model to weights, step by step."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from spikearm.arm_models import Arm
from spikearm.arm_models.rendering.scene import Scene
from spikearm.arm_models.rendering.scene_config import SceneConfig, scene_cameras
from spikearm.experiments.training.checkpoints import Parts, Snapshot
from spikearm.experiments.training.eye_config import N_FRAMES, EyeConfig
from spikearm.experiments.training.steps import Steps
from spikearm.experiments.training.training_watcher import TrainingWatcher
from spikearm.neural.initialisation.fluctuation_driven import FluctuationDriven
from spikearm.neural.initialisation.initialisation import Initialisation
from spikearm.neural.initialisation.kaiming import Kaiming
from spikearm.neural.initialisation.layerwise import initialise_layerwise
from spikearm.perception.eye.accuracy import Accuracy, look_at, measure_accuracy
from spikearm.perception.eye.eye_training_config import N_UPDATES, State
from spikearm.perception.eye.eye_weights import EyeDynamics, EyeLayer, EyeWeights
from spikearm.perception.eye.scene_set import SceneSet
from spikearm.perception.watched_scenes import WatchConfig, watch

SCENES_PER_FILE = 50  # which take ten seconds
UPDATES = "updates"
"""Name of the snapshots of updates, which stay until the eye is written."""
UPDATES_PER_SNAPSHOT = 50
VIEWS_TO_BEGIN_WITH = 64  # whose rates the initial weights are for
STARTS: dict[str, Initialisation] = {
    "fluctuation-driven": FluctuationDriven(), "kaiming": Kaiming()
}  # fmt: skip


@dataclass(frozen=True)
class EyeTraining:
    """Training of the eye that watches an arm, in a folder of its own.

    Every step leaves a file, and is not done again where that is there. A training that was ended
    and resumed gives the same weights as one that was not, bit for bit.

    Attributes:
        arm: Arm in the scenes.
        config: Scenes, layers and updates.
        folder: Folder of the files.
        watcher: Observer of the training.
        jobs: Number of processes; the number of cores when left out.
    """

    arm: Arm
    config: EyeConfig
    folder: Path
    watcher: TrainingWatcher
    jobs: int | None = None

    def run(self, about: dict[str, Any]) -> EyeWeights:
        """Take every step that is left.

        Args:
            about: Account of the training, which the weights keep.
        """
        scenes = self._watch("scenes", self.config.scenes)
        held_out = self._watch("held-out", self.config.held_out)
        first = self._steps.take("first-kernels", Kernel, lambda: self._learn_first(scenes))
        layer = EyeLayer(first.kernel.astype(np.float32), self.config.first.kernel_stride)
        weights = self._train(scenes, layer, about)
        accuracy = self._measure(weights, held_out)
        return replace(weights, about={**about, "accuracy": asdict(accuracy)})

    def _watch(self, name: str, n_scenes: int) -> SceneSet:
        """Draw scenes and watch them, in processes of their own.

        A process that has drawn pictures cannot load TensorFlow.
        """

        def one(number: int) -> SceneSet:
            rng = self._steps.rng(name, number)
            return SceneSet.of(watch(self.arm, self._scene, rng, WatchConfig(n_steps=N_FRAMES)))

        def make() -> SceneSet:
            parts = Parts(self.folder, name, SceneSet, SCENES_PER_FILE)
            return SceneSet.join(self._steps.map(f"watching {name}", one, n_scenes, parts, True))

        return self._steps.take(name, SceneSet, make)

    @cached_property
    def _steps(self) -> Steps:
        return Steps(self.folder, self.config.seed, self.watcher, self.jobs)

    @cached_property
    def _scene(self) -> Scene:
        """Scene of this process."""
        return Scene(self.arm, self._scene_config)

    @property
    def _scene_config(self) -> SceneConfig:
        return SceneConfig(size=self.config.size)

    def _learn_first(self, scenes: SceneSet) -> "Kernel":
        self.watcher.begin("learning kernels without labels", 1)
        rng = self._steps.rng("first-kernels", 0)
        layer = self.config.first.learn(scenes, EyeDynamics(), rng)
        self.watcher.advance()
        return Kernel(layer.kernel)

    def _train(self, scenes: SceneSet, first: EyeLayer, about: dict[str, Any]) -> EyeWeights:
        """Train the layers behind the first."""
        from spikearm.perception.training.eye.eye_training import EyeTrainer
        from spikearm.perception.training.eye.first_spikes import FirstSpikes
        from spikearm.perception.training.eye.learning_eye import LearningEye  # loads TensorFlow

        config = self.config.training
        spikes = FirstSpikes.of(first, scenes, EyeDynamics())
        network = LearningEye(first, self.config.shape, EyeDynamics(), config.tau_learning)
        some = spikes.take(np.arange(min(VIEWS_TO_BEGIN_WITH, len(spikes))))
        start, rng = STARTS[self.config.start], self._steps.rng("layers", 0)
        initialise_layerwise(network.layers, some, start, rng)
        snapshot = Snapshot(self.folder, UPDATES)
        state = snapshot.read({N_UPDATES})
        done = 0 if state is None else int(state[N_UPDATES])
        self.watcher.begin("training the layers behind", config.updates - done)

        def keep(read: Callable[[], State], n_updates: int) -> None:
            if n_updates % UPDATES_PER_SNAPSHOT == 0 or n_updates == config.updates:
                snapshot.replace(read(), n_updates)
            self.watcher.advance()

        EyeTrainer(network, scenes, spikes, config, self.config.seed).train(state, keep)
        return network.read(scenes.size, about)

    def _measure(self, weights: EyeWeights, scenes: SceneSet) -> Accuracy:
        self.watcher.begin("measuring accuracy", 1)
        looks = look_at(weights, scenes)
        cameras = scene_cameras(self.arm, self._scene_config)
        accuracy = measure_accuracy(
            looks.pixels[:, :, 0], looks.confidence[:, :, 0], scenes, cameras
        )
        self.watcher.advance()
        return accuracy


@dataclass(frozen=True)
class Kernel:
    """First layer's kernel, as it is kept in a file."""

    kernel: np.ndarray
