"""An account of energy: what a step asks of a device, at published prices."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.arithmetic import Operations
from controller.controller import StepCounts
from loihi_deploy.devices import (
    ACTIVE,
    ADDITION_45NM,
    BETWEEN_CHIPS,
    DEVICES,
    EAST_WEST,
    HOROWITZ,
    INACTIVE,
    LEARNING,
    MULTIPLICATION_45NM,
    NORTH_SOUTH,
    STATIC,
    SYNAPSES,
    WITHIN_TILES,
    Device,
    Label,
)
from loihi_deploy.traffic import SpikeTraffic

ARITHMETIC = "arithmetic"


@dataclass(frozen=True)
class Work:
    """What a network asks of a device in a step, on average over a run.

    Attributes:
        synaptic_events: Spikes times the weights that each reaches; without spikes, weights.
        active_updates: Neurons whose state changes.
        inactive_updates: Neurons that are looked at and stay as they are.
        learning_updates: Weights that a learning rule is applied to.
        traffic: What spikes take of a mesh; nothing where there is none.
    """

    synaptic_events: float
    active_updates: float
    inactive_updates: float = 0.0
    learning_updates: float = 0.0
    traffic: SpikeTraffic = SpikeTraffic(0.0, 0.0, 0.0)

    @property
    def counts(self) -> Mapping[str, float]:
        """How often each operation with a price of its own is done."""
        return {
            SYNAPSES: self.synaptic_events,
            ACTIVE: self.active_updates,
            INACTIVE: self.inactive_updates,
            LEARNING: self.learning_updates,
            WITHIN_TILES: self.traffic.spikes,
            EAST_WEST: self.traffic.east_west,
            NORTH_SOUTH: self.traffic.north_south,
            BETWEEN_CHIPS: self.traffic.between_chips,
        }


@dataclass(frozen=True)
class Part:
    """One part of an account.

    Attributes:
        name: What for.
        energy: Per step [J]; None where no price is published.
        label: How it was found.
        source: Where its price is from, or why there is none.
    """

    name: str
    energy: float | None
    label: Label
    source: str


@dataclass(frozen=True)
class Account:
    """What a device takes for a job, per step.

    Attributes:
        device: Its title.
        job: What it does.
        parts: All parts, static power last.
    """

    device: str
    job: str
    parts: tuple[Part, ...]

    @property
    def dynamic(self) -> float:
        """Energy per step of all but static power, as far as prices are published [J]."""
        return sum(part.energy or 0.0 for part in self.parts if part.name != STATIC)

    @property
    def static(self) -> float | None:
        """Energy per step of static power [J]; None where it is not published."""
        return self.part(STATIC)

    @property
    def total(self) -> float:
        """Energy per step, as far as prices are published [J]."""
        return self.dynamic + (self.static or 0.0)

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Parts for which no price is published."""
        return tuple(part.name for part in self.parts if part.energy is None)

    @property
    def labels(self) -> tuple[Label, ...]:
        """How its energies were found."""
        return tuple(dict.fromkeys(part.label for part in self.parts if part.energy is not None))

    def part(self, *names: str) -> float | None:
        """Add up parts [J]; None where one has no price."""
        energies = [part.energy for part in self.parts if part.name in names]
        known = [energy for energy in energies if energy is not None]
        return sum(known) if len(known) == len(energies) else None


def network_account(device: Device, job: str, work: Work, period: float, chips: int = 1) -> Account:
    """Account for a network.

    Args:
        device: What it runs on.
        job: How.
        work: What a step asks for.
        period: Length of a step on the wall clock, in which static power runs on [s].
        chips: How many are on.
    """
    parts = [
        Part(name, device.prices[name].of(count), device.label, device.prices[name].source)
        for name, count in work.counts.items()
    ]
    static = Part(STATIC, device.static.of(chips * period), device.label, device.static.source)
    return Account(device.title, job, (*parts, static))


def arithmetic_account(device: Device, job: str, operations: Operations) -> Account:
    """Account for plain arithmetic on a processor, of which an operation multiplies and adds."""
    price = device.prices[SYNAPSES]
    part = Part(ARITHMETIC, price.of(operations.fused), device.label, price.source)
    static = Part(STATIC, device.static.value, device.label, device.static.source)
    return Account(device.title, job, (part, static))


def bare_account(job: str, operations: Operations) -> Account:
    """Account for the arithmetic alone in 45 nm, others than sums taken as multiplications."""
    products = operations.multiplications + operations.others
    energies = (MULTIPLICATION_45NM.of(products), ADDITION_45NM.of(operations.additions))
    energy = sum(energy or 0.0 for energy in energies)
    none = Part(STATIC, None, "modelled", "none: no device")
    return Account("45 nm arithmetic", job, (Part(ARITHMETIC, energy, "modelled", HOROWITZ), none))


def energy_per_step(counts: StepCounts) -> dict[str, float | None]:
    """Estimate the dynamic energy of a step on each device [J]; None where a price is missing.

    Every neuron update is taken as an active one, the dearer case. Spike traffic, static power,
    the host and its link are not in it.
    """
    work = Work(
        synaptic_events=counts.synaptic_events,
        active_updates=counts.neuron_updates,
        learning_updates=counts.learning_updates,
    )
    return {
        name: network_account(device, "", work, period=0.0).part(*work.counts)
        for name, device in DEVICES.items()
    }
