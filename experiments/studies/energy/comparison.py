"""Comparison of the chip with another device or controller."""

from dataclasses import dataclass
from typing import Literal

from spikearm.loihi_deploy.energy.account import LoihiEnergy

Way = Literal["as papers state it", "the hard way"]
PUBLISHED: Way = "as papers state it"
HARD: Way = "the hard way"


@dataclass(frozen=True)
class Comparison:
    """Comparison of the chip with another device or controller.

    Attributes:
        way: Kind of the comparison: as papers state it, or the hard way.
        other: Job and device that the chip is compared with.
        chip: Parts of the chip's energy that count.
        other_energy: Dynamic energy of the other, per step [J].
        chip_energy: Energy of the chip, per step, by both lists of prices.
    """

    way: Way
    other: str
    chip: str
    other_energy: float
    chip_energy: LoihiEnergy

    @property
    def ratios(self) -> tuple[float, float]:
        """Energy of the other over that of the chip [1], by both lists of prices.

        Below 1, the chip takes more.
        """
        least, calibrated = self.chip_energy
        return self.other_energy / least, self.other_energy / calibrated
