"""Devices and the published prices of their operations, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from spikearm.loihi_deploy.mapping.mesh import EAST_WEST_HOP, NORTH_SOUTH_HOP

Label = Literal["estimated", "modelled", "measured", "not published"]
"""Kind of a figure.

``estimated``: counted work times published prices of a neuromorphic chip, which is not present;
``modelled``: the same for standard hardware; ``measured``: read from this machine's meter;
``not published``: there is no price.
"""

SYNAPSES = "synaptic events"
INDEXED, SHARED = "synaptic events, indexed rows", "synaptic events, shared rows"
UPDATES, SPIKES = "neuron updates", "spikes"
LEARNING = "learning"
MESSAGES, EAST_WEST, NORTH_SOUTH = "messages", "hops east-west", "hops north-south"
BETWEEN_CHIPS = "spikes between chips"
STATIC = "static"


@dataclass(frozen=True)
class Price:
    """Price of an operation, or of a chip that is on.

    Attributes:
        value: Energy of an operation [J], or static power of a chip [W]; None where no suitable
            figure is published.
        source: Publication of the figure, or the reason why there is none.
    """

    value: float | None
    source: str

    def of(self, count: float) -> float | None:
        """Compute the price of a number of operations; none cost nothing, whatever the price."""
        if not count:
            return 0.0
        return None if self.value is None else count * self.value


@dataclass(frozen=True)
class Device:
    """Device and its prices.

    Attributes:
        title: Name in tables.
        label: Kind of the figures that its prices give.
        prices: Prices by operation.
        static: Power of an idle chip.
    """

    title: str
    label: Label
    prices: Mapping[str, Price]
    static: Price


DAVIES = "Davies et al. 2018, table 2 (pre-silicon)"
BOYLE = "Boyle et al. 2025, loihi.yaml of SANA-FE, calibrated on chips"
LEAKAGE = Price(3.34 / 32, "Frady et al. 2020, table 1: 3.34 W of leakage of 32 chips")
HOEPPNER = "Hoeppner et al. 2019"
DEGNAN = "Degnan et al. 2015, a multiply-add of"
HOROWITZ = "Horowitz 2014, float32 in 45 nm, arithmetic alone"

MULTIPLICATION_45NM = Price(3.7e-12, HOROWITZ)
ADDITION_45NM = Price(0.9e-12, HOROWITZ)


def _spinnaker(title: str, synaptic_event: float, update: float) -> Device:
    unpriced = Price(None, f"not published apart in {HOEPPNER}")
    return Device(
        title, "estimated",
        {
            SYNAPSES: Price(synaptic_event, HOEPPNER), INDEXED: Price(synaptic_event, HOEPPNER),
            SHARED: Price(synaptic_event, HOEPPNER), UPDATES: Price(update, HOEPPNER),
            SPIKES: unpriced, LEARNING: unpriced, MESSAGES: unpriced, EAST_WEST: unpriced,
            NORTH_SOUTH: unpriced, BETWEEN_CHIPS: unpriced,
        },
        Price(None, f"not published for a chip: {HOEPPNER} measure a test chip of 4 elements"),
    )  # fmt: skip


def _processor(title: str, operation: float, model: str) -> Device:
    price = Price(operation, f"{DEGNAN} {model}")
    no_mesh = Price(None, "no mesh: what moves is in the price of an operation")
    computed = (SYNAPSES, INDEXED, SHARED, UPDATES, LEARNING)
    moved = (SPIKES, MESSAGES, EAST_WEST, NORTH_SOUTH, BETWEEN_CHIPS)
    prices = {name: price for name in computed} | {name: no_mesh for name in moved}
    static = Price(None, "not published apart: in the price of an operation, as all power is")
    return Device(title, "modelled", prices, static)


DEVICES = {
    "loihi": Device(
        "Loihi", "estimated",
        {
            SYNAPSES: Price(23.6e-12, f"{DAVIES}, the least"),
            INDEXED: Price(23.6e-12, f"{DAVIES}, the least"),
            SHARED: Price(23.6e-12, f"{DAVIES}, the least"),
            UPDATES: Price(81e-12, f"{DAVIES}, active"),
            SPIKES: Price(0.0, f"in that of an update: {DAVIES}"),
            LEARNING: Price(120e-12, f"{DAVIES}, pairwise STDP"),
            MESSAGES: Price(1.7e-12, f"{DAVIES}, a spike within a tile"),
            EAST_WEST: Price(EAST_WEST_HOP, DAVIES), NORTH_SOUTH: Price(NORTH_SOUTH_HOP, DAVIES),
            BETWEEN_CHIPS: Price(None, f"not published in {DAVIES}"),
        },
        LEAKAGE,
    ),
    "loihi_calibrated": Device(
        "Loihi, calibrated", "estimated",
        {
            SYNAPSES: Price(35.5e-12, f"{BOYLE}, dense"),
            INDEXED: Price(33.6e-12, f"{BOYLE}, sparse"),
            SHARED: Price(24.0e-12, f"{BOYLE}, convolution"),
            UPDATES: Price(51.2e-12 + 21.6e-12, f"{BOYLE}, access and update"),
            SPIKES: Price(69.3e-12, BOYLE),
            LEARNING: Price(120e-12, f"{DAVIES}, pairwise STDP; none in {BOYLE}"),
            MESSAGES: Price(111e-12, f"{BOYLE}, a message out"),
            EAST_WEST: Price(3.0e-12, BOYLE), NORTH_SOUTH: Price(4.2e-12, BOYLE),
            BETWEEN_CHIPS: Price(None, f"not published in {BOYLE}"),
        },
        LEAKAGE,
    ),
    "spinnaker": _spinnaker("SpiNNaker", 13.3e-9, 26e-9),
    "spinnaker2": _spinnaker("SpiNNaker 2", 450e-12, 2.19e-9),
    "cpu": _processor("CPU", 8.6e-9, "an Intel i7-4960X"),
    "gpu": _processor("GPU", 0.3e-9, "an Nvidia GTX Titan Black, in large batches"),
    "arm": _processor("ARM", 0.9e-9, "an ARM Cortex-A"),
}  # fmt: skip
"""Devices by name. Loihi has two lists of prices: the least that are published, and those that the
authors of SANA-FE calibrated on chips; estimates are ranges from one to the other. A synaptic event
or an update counts as one multiply-add of a processor, as in KerasSpiking's ``ModelEnergy``, which
uses Degnan's figures."""

LOIHI = ("loihi", "loihi_calibrated")
"""Names of the two lists of Loihi's prices."""
