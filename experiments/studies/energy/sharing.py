"""Sharing of a chip: leakage is paid for once, however many arms it controls."""

from dataclasses import dataclass
from math import ceil

from spikearm.loihi_deploy.energy.account import LoihiEnergy


@dataclass(frozen=True)
class Sharing:
    """A chip that several arms share, each with its own network.

    Attributes:
        dynamic: Dynamic energy of an arm's network, per step, by both lists of prices.
        static: Energy of the chip's leakage, per step [J].
        most_arms: Number of arms whose networks the cores of a chip hold.
    """

    dynamic: LoihiEnergy
    static: float
    most_arms: int

    def per_arm(self, n_arms: int) -> LoihiEnergy:
        """Compute the energy of an arm with its share of the leakage."""
        return LoihiEnergy(*(one + self.static / n_arms for one in self.dynamic))

    def break_even(self, other: float) -> int | None:
        """Compute the number of arms from which each takes less than another device does.

        By the calibrated prices; None where a full chip still takes more.

        Args:
            other: Energy of the other device, per arm and step [J].
        """
        gain = other - self.dynamic.calibrated
        n_arms = ceil(self.static / gain) if gain > 0 else self.most_arms + 1
        return n_arms if n_arms <= self.most_arms else None
