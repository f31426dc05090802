"""Options of a training."""

from dataclasses import dataclass, field
from typing import Annotated

import tyro

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count, check_not_negative, check_positive
from spikearm.controller.training.compression import MOST_NEURONS, CompressionConfig
from spikearm.controller.training.readout import HELD_OUT
from spikearm.controller.training.samples import Spread
from spikearm.controller.training.targets import EDGE, JOINT_WEIGHT, ROOM
from spikearm.experiments.seed import check_seed

MOST_SAMPLES = 2_000_000  # of a seven-joint arm, they take half of what a file may hold
N_HELD_APART = round(1 / HELD_OUT)  # batches that a readout needs at least


@dataclass(frozen=True)
class TrainingConfig:
    """Amount of training data and size of the networks.

    Attributes:
        reaches: Reaches that samples of the law are taken beside.
        recordings: States in which the activity of the chip's neurons is recorded, which its
            readout is learned from.
        products: Product neurons.
        spread: Distance of samples from reaches.
        edge: Percent of the samples, on each side, that the inputs' range leaves out.
        room: Ratio of the inputs' range to the range of the other samples.
        joint_weight: Weight of an error of a joint's acceleration relative to the hand's [m].
        compression: The deep network.
        seed: Seed of everything.
    """

    reaches: int = 4000
    recordings: int = 36000
    products: int = 1848
    spread: Annotated[Spread, tyro.conf.arg(name="")] = field(default_factory=Spread)
    edge: float = EDGE
    room: float = ROOM
    joint_weight: float = JOINT_WEIGHT
    compression: Annotated[CompressionConfig, tyro.conf.arg(name="")] = field(
        default_factory=CompressionConfig
    )
    seed: int = 0

    def __post_init__(self) -> None:
        n_samples = self.reaches * self.spread.per_reach
        if n_samples > MOST_SAMPLES:
            raise SpikearmError(
                f"{self.reaches} reaches give {n_samples} samples, which are too many: give "
                f"{MOST_SAMPLES // self.spread.per_reach} reaches or fewer."
            )
        check_count(self.products, "product neurons", MOST_NEURONS, least=0)
        pairs = 6 * self.compression.n_latent
        if n_samples < self.compression.batch:
            raise SpikearmError(
                f"{self.reaches} reaches give {n_samples} samples, fewer than one batch of "
                f"{self.compression.batch}. Give more reaches or a smaller batch."
            )
        if not N_HELD_APART <= self.recordings <= n_samples:
            raise SpikearmError(
                f"{self.recordings} recordings are out of range: give {N_HELD_APART} to "
                f"{n_samples}, the number of samples."
            )
        if self.products < pairs:
            raise SpikearmError(
                f"{self.products} product neurons are too few for {pairs} pairs of latent code "
                f"and command: give {pairs} or more."
            )
        if not 0 <= self.edge < 50:
            raise SpikearmError(f"An edge of {self.edge:g} % leaves no samples: give 0 to 50.")
        check_positive(self, "room")
        check_not_negative(self, "joint_weight")
        check_seed(self.seed)
