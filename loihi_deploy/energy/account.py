"""An account of energy: what a step asks of a device, at published prices."""

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
    """What a network asks of a device in a step, on average over a run.

    Attributes:
        synaptic_events: Spikes times the stored weights that each reaches; without spikes, all
            weights.
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
        energy: Per step [J]; None where no price is published for what is done.
        label: How it was found.
        source: Where its price is from, or why there is none.
    """

    name: str
    energy: float | None
    label: Label
    source: str

    @classmethod
    def priced(cls, name: str, price: Price, count: float, label: Label) -> "Part":
        """Price what is done so often."""
        found: Label = "not published" if price.value is None else label
        return cls(name, price.of(count), found, price.source)


@dataclass(frozen=True)
class Account:
    """What a device takes for a job, per step.

    Attributes:
        device: Its title.
        job: What it does.
        parts: All parts; static power where it stands apart.
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
        """How its energies were found."""
        labels: list[Label] = [part.label for part in self.parts if part.label != "not published"]
        return tuple(dict.fromkeys(labels))

    def part(self, *names: str) -> float | None:
        """Add up parts [J]; None where one has no price, or where there are none."""
        energies = [part.energy for part in self.parts if part.name in names]
        known = [energy for energy in energies if energy is not None]
        return sum(known) if energies and len(known) == len(energies) else None


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
        Part.priced(name, device.prices[name], count, device.label)
        for name, count in work.counts.items()
    ]
    static = Part.priced(STATIC, device.static, chips * period, device.label)
    return Account(device.title, job, (*parts, static))


def arithmetic_account(device: Device, job: str, operations: Operations) -> Account:
    """Account for plain arithmetic on a processor, of which an operation multiplies and adds."""
    price = device.prices[SYNAPSES]
    part = Part.priced(ARITHMETIC, price, operations.fused, device.label)
    return Account(device.title, job, (part,))


def bare_account(job: str, operations: Operations) -> Account:
    """Account for the arithmetic alone in 45 nm, others than sums taken as multiplications."""
    products = operations.multiplications + operations.others
    parts = (
        Part.priced("multiplications", MULTIPLICATION_45NM, products, "modelled"),
        Part.priced("additions", ADDITION_45NM, operations.additions, "modelled"),
    )
    return Account(BARE, job, parts)


def measured_account(job: str, measurement: Measurement, period: float) -> Account:
    """Account for what this machine was measured with.

    Args:
        job: What it did.
        measurement: What it took.
        period: Length of a step on the wall clock, in which idle power runs on [s].
    """
    work = Part(ARITHMETIC, measurement.energy, "measured", f"{METER}, less idle power")
    idle = Part(STATIC, measurement.idle_power * period, "measured", f"{METER}, idle")
    return Account(THIS_MACHINE, job, (work, idle))


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
