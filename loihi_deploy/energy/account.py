"""Accounts of energy: the work of a step on a device, at published prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from spikearm.loihi_deploy.energy.devices import (
    ADDITION_45NM,
    BETWEEN_CHIPS,
    DEVICES,
    EAST_WEST,
    INDEXED,
    LEARNING,
    LOIHI,
    MESSAGES,
    MULTIPLICATION_45NM,
    NORTH_SOUTH,
    SHARED,
    SPIKES,
    STATIC,
    SYNAPSES,
    UPDATES,
    Device,
    Label,
    Price,
)
from spikearm.loihi_deploy.energy.operations import Operations
from spikearm.loihi_deploy.energy.rapl import Measurement
from spikearm.neural.counts import ChipWork, StepCounts

ARITHMETIC = "arithmetic"
BARE, THIS_MACHINE = "45 nm arithmetic", "this machine"
METER = "RAPL, all processor packages"
SYNAPTIC = (SYNAPSES, INDEXED, SHARED)
"""Parts of an account that spikes cause, by the stored weights that they reach."""


@dataclass(frozen=True)
class Work:
    """Work of a network on a device in a step, on average over a run.

    Attributes:
        synaptic_events: Spikes times the weights that each reaches; without spikes, all weights. On
            a chip, stored weights of whole rows.
        indexed_events: On a chip, stored weights of rows without zeros.
        shared_events: On a chip, stored weights of rows that populations share.
        neuron_updates: Updates of neurons: of all of them, in every step.
        spikes: On a chip, neurons that fire.
        learning_updates: Updates of weights by a learning rule.
        messages, east_west, north_south, between_chips: Spikes and hops on a chip's mesh, as
            :class:`spikearm.neural.counts.ChipWork` has them.
    """

    synaptic_events: float
    neuron_updates: float
    indexed_events: float = 0.0
    shared_events: float = 0.0
    spikes: float = 0.0
    learning_updates: float = 0.0
    messages: float = 0.0
    east_west: float = 0.0
    north_south: float = 0.0
    between_chips: float = 0.0

    @classmethod
    def of_chip(cls, work: ChipWork, compartments: float, learning_updates: float) -> "Work":
        """Build the work of a chip; what the host does beside it is none of it.

        Args:
            work: Work counted from spikes, on average.
            compartments: Number of the chip's compartments, each updated in every step.
            learning_updates: Updates of weights by a learning rule.
        """
        return cls(
            work.whole_events, compartments, work.indexed_events, work.shared_events,
            work.spikes, learning_updates, work.messages, work.east_west, work.north_south,
            work.between_chips,
        )  # fmt: skip

    @classmethod
    def of_program(cls, counts: StepCounts, neuron_updates: float) -> "Work":
        """Build the work of a program that stores no weights of zero.

        Args:
            counts: Neural work of a step.
            neuron_updates: Updates of the neurons that it simulates.
        """
        return cls(counts.synaptic_events, neuron_updates, learning_updates=counts.learning_updates)

    @property
    def stored_events(self) -> float:
        """Weights that spikes reach, in rows of any kind."""
        return self.synaptic_events + self.indexed_events + self.shared_events

    @property
    def counts(self) -> Mapping[str, float]:
        """Number of each operation that has a price."""
        return {
            SYNAPSES: self.synaptic_events,
            INDEXED: self.indexed_events,
            SHARED: self.shared_events,
            UPDATES: self.neuron_updates,
            SPIKES: self.spikes,
            LEARNING: self.learning_updates,
            MESSAGES: self.messages,
            EAST_WEST: self.east_west,
            NORTH_SOUTH: self.north_south,
            BETWEEN_CHIPS: self.between_chips,
        }


@dataclass(frozen=True)
class Part:
    """Part of an account.

    Attributes:
        name: Name of the part.
        energy: Energy per step [J]; None where no price is published.
        label: Kind of the figure.
        source: Source of the price, or the reason why there is none.
    """

    name: str
    energy: float | None
    label: Label
    source: str

    @classmethod
    def priced(cls, name: str, price: Price, count: float, label: Label) -> "Part":
        """Build a part from a price and a number of operations."""
        found: Label = "not published" if price.value is None else label
        return cls(name, price.of(count), found, price.source)


@dataclass(frozen=True)
class Account:
    """Energy of a device for a job, per step.

    Attributes:
        device: Title of the device.
        job: Name of the job.
        parts: Parts of the account; static power where it is known apart.
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
        """Energy per step of static power [J]; None where it is not published apart."""
        return self.part(STATIC)

    @property
    def total(self) -> float:
        """Energy per step, as far as prices are published [J]."""
        return self.dynamic + (self.static or 0.0)

    @property
    def labels(self) -> tuple[Label, ...]:
        """Kinds of the figures in the account."""
        labels: list[Label] = [part.label for part in self.parts if part.label != "not published"]
        return tuple(dict.fromkeys(labels))

    def part(self, *names: str) -> float | None:
        """Add up parts [J]; None where one has no price, or where there are none."""
        energies = [part.energy for part in self.parts if part.name in names]
        known = [energy for energy in energies if energy is not None]
        return sum(known) if energies and len(known) == len(energies) else None


def network_account(device: Device, job: str, work: Work, period: float, chips: int = 1) -> Account:
    """Build the account of a network.

    Args:
        device: Device that it runs on.
        job: Name of the job.
        work: Work of a step.
        period: Length of a step on the wall clock, which static power is integrated over [s].
        chips: Number of chips that are on.
    """
    parts = [
        Part.priced(name, device.prices[name], count, device.label)
        for name, count in work.counts.items()
    ]
    static = Part.priced(STATIC, device.static, chips * period, device.label)
    return Account(device.title, job, (*parts, static))


def arithmetic_account(device: Device, job: str, operations: Operations) -> Account:
    """Build the account of arithmetic on a processor, whose operations multiply and add."""
    price = device.prices[SYNAPSES]
    part = Part.priced(ARITHMETIC, price, operations.fused, device.label)
    return Account(device.title, job, (part,))


def bare_account(job: str, operations: Operations) -> Account:
    """Build the account of arithmetic alone in 45 nm; all but sums count as multiplications."""
    products = operations.multiplications + operations.others
    parts = (
        Part.priced("multiplications", MULTIPLICATION_45NM, products, "modelled"),
        Part.priced("additions", ADDITION_45NM, operations.additions, "modelled"),
    )
    return Account(BARE, job, parts)


def measured_account(job: str, measurement: Measurement, period: float) -> Account:
    """Build the account of a measurement on this machine.

    Args:
        job: Name of the job.
        measurement: Measured energy.
        period: Length of a step on the wall clock, which idle power is integrated over [s].
    """
    work = Part(ARITHMETIC, measurement.energy, "measured", f"{METER}, less idle power")
    idle = Part(STATIC, measurement.idle_power * period, "measured", f"{METER}, idle")
    return Account(THIS_MACHINE, job, (work, idle))


class LoihiEnergy(NamedTuple):
    """Dynamic energy on Loihi, a range from its two lists of prices [J].

    Attributes:
        least: Energy by the least prices that are published.
        calibrated: Energy by the prices that were calibrated on chips.
    """

    least: float
    calibrated: float


def loihi_energy(work: Work, parts: Sequence[str] = ()) -> LoihiEnergy | None:
    """Estimate the dynamic energy of work on Loihi; None where a price is missing.

    Args:
        work: Work of a step.
        parts: Names of the parts that count; all when empty.
    """
    least, calibrated = (dynamic_energy(name, work, parts) for name in LOIHI)
    return None if least is None or calibrated is None else LoihiEnergy(least, calibrated)


def energy_per_step(counts: StepCounts, chip: Work | None) -> dict[str, float | None]:
    """Estimate the dynamic energy of a step on each device [J]; None where a price is missing.

    Static power, the host and its link are excluded.

    Args:
        counts: Neural work of a step, which programs are charged for, but for the neurons on the
            host of a chip.
        chip: Work of a step on Loihi; None for a network that is on no chip, which then has no
            energy there.
    """
    updates = counts.neuron_updates if chip is None else chip.neuron_updates
    work = Work.of_program(counts, updates)
    charged = {name: chip if name in LOIHI else work for name in DEVICES}
    return {name: one and dynamic_energy(name, one) for name, one in charged.items()}


def dynamic_energy(device: str, work: Work, parts: Sequence[str] = ()) -> float | None:
    """Estimate the dynamic energy of work on a device [J]; None where a price is missing.

    Args:
        device: Name of the device.
        work: Work of a step.
        parts: Names of the parts that count; all when empty.
    """
    return network_account(DEVICES[device], "", work, period=0.0).part(*(parts or work.counts))
