"""Accounts of energy: the work of a step on a device, at published prices."""

from collections.abc import Mapping
from dataclasses import dataclass

from spikearm.loihi_deploy.energy.devices import (
    ACTIVE,
    ADDITION_45NM,
    BETWEEN_CHIPS,
    DEVICES,
    EAST_WEST,
    INACTIVE,
    LEARNING,
    MULTIPLICATION_45NM,
    NORTH_SOUTH,
    STATIC,
    SYNAPSES,
    WITHIN_TILES,
    Device,
    Label,
    Price,
)
from spikearm.loihi_deploy.energy.operations import Operations
from spikearm.loihi_deploy.energy.rapl import Measurement
from spikearm.loihi_deploy.energy.spike_traffic import SpikeTraffic
from spikearm.neural.counts import StepCounts

ARITHMETIC = "arithmetic"
BARE, THIS_MACHINE = "45 nm arithmetic", "this machine"
METER = "RAPL, all processor packages"


@dataclass(frozen=True)
class Work:
    """Work of a network on a device in a step, on average over a run.

    Attributes:
        synaptic_events: Spikes times the stored weights that each reaches; without spikes, all
            weights.
        active_updates: Updates of neurons whose state changes.
        inactive_updates: Updates of neurons whose state does not change.
        learning_updates: Updates of weights by a learning rule.
        traffic: Spikes and hops on a mesh; none where there is no mesh.
    """

    synaptic_events: float
    active_updates: float
    inactive_updates: float = 0.0
    learning_updates: float = 0.0
    traffic: SpikeTraffic = SpikeTraffic(0.0, 0.0, 0.0)

    @property
    def counts(self) -> Mapping[str, float]:
        """Number of each operation that has a price."""
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


def energy_per_step(counts: StepCounts) -> dict[str, float | None]:
    """Estimate the dynamic energy of a step on each device [J]; None where a price is missing.

    Every neuron update counts as an active one, the dearer case. Spike traffic, static power, the
    host and its link are excluded.
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
