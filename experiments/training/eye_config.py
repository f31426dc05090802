"""Options of an eye's training."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import tyro

from spikearm.arm_models.errors import check_count
from spikearm.experiments.flags import turned_off
from spikearm.experiments.seed import check_seed
from spikearm.perception.eye.eye_shape import EyeShape
from spikearm.perception.eye.eye_training_config import EyeTrainingConfig
from spikearm.perception.eye.first_kernels import FirstKernels

MOST_SCENES = 20_000
SMALLEST_SIZE, LARGEST_SIZE = 16, 256
N_FRAMES = 24
Start = Literal["fluctuation-driven", "kaiming"]


@dataclass(frozen=True)
class Updates(EyeTrainingConfig):
    """Updates of an eye's weights.

    Attributes:
        homeostasis: Keep no channel silent, and no layer firing often, by losses of spike counts.
    """

    homeostasis: Annotated[
        bool,
        turned_off(
            "Leave out the losses that keep channels from silence and layers from firing often."
        ),
    ] = True


@dataclass(frozen=True)
class EyeConfig:
    """Scenes, layers and updates of an eye's training.

    Attributes:
        scenes: Scenes to learn from.
        held_out: Scenes that accuracy is measured on.
        size: Rows and columns of an event camera's pixels.
        first: First layer, learned without labels.
        shape: Layers behind it.
        start: Initial weights of these layers.
        training: Updates of their weights.
        seed: Seed of everything.
    """

    scenes: int = 2400
    held_out: int = 300
    size: int = 64
    first: Annotated[FirstKernels, tyro.conf.arg(name="")] = field(default_factory=FirstKernels)
    shape: Annotated[EyeShape, tyro.conf.arg(name="")] = field(default_factory=EyeShape)
    start: Start = "fluctuation-driven"
    training: Annotated[EyeTrainingConfig, tyro.conf.arg(name="")] = field(default_factory=Updates)
    seed: int = 0

    def __post_init__(self) -> None:
        check_count(self.scenes, "scenes", MOST_SCENES)
        check_count(self.held_out, "held-out scenes", MOST_SCENES)
        check_count(self.size, "rows of pixels", LARGEST_SIZE, SMALLEST_SIZE)
        check_seed(self.seed)
