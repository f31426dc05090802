"""Layers of an eye behind its first."""

from dataclasses import dataclass

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_counts

MOST = 1000


@dataclass(frozen=True)
class EyeShape:
    """Layers of an eye behind its first.

    Attributes:
        channels: Channels of each layer but the heat neurons'.
        strides: Stride of each of them.
        side: Height and width of their kernels.
        heat_side: Height and width of the heat neurons' kernels.
        per_map: Heat neurons of a map at each place.
        sets: Number of neighbouring channels that share the inputs of a kernel out among them, so
            that the others' weights are zero (complementary sparsity); 1 for dense kernels. The
            heat neurons' are dense.

    Raises:
        SpikearmError: A number is not positive, or there are not as many strides as channels.
    """

    channels: tuple[int, ...] = (24, 20)
    strides: tuple[int, ...] = (2, 1)
    side: int = 3
    heat_side: int = 3
    per_map: int = 2
    sets: int = 1

    def __post_init__(self) -> None:
        check_counts(self, MOST, "channels", "strides", "side", "heat_side", "per_map", "sets")
        if len(self.channels) != len(self.strides):
            raise SpikearmError(
                f"channels {self.channels} and strides {self.strides} do not fit: give as many "
                "strides as channels."
            )
