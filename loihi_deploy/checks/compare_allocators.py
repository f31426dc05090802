"""Comparison of allocators on the same run."""

from dataclasses import dataclass

from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.energy.account import LoihiEnergy, Work, loihi_energy
from spikearm.loihi_deploy.mapping.allocators import ALLOCATORS, AllocatorName
from spikearm.loihi_deploy.mapping.mesh import SpikeTraffic, spike_traffic
from spikearm.loihi_deploy.mapping.placement import place
from spikearm.loihi_deploy.mapping.traffic import core_traffic


@dataclass(frozen=True)
class Allocation:
    """Cores and spike traffic under one allocator, on average over the run.

    Attributes:
        allocator: Name of the allocator.
        cores_per_chip: Cores in use on each chip.
        between_cores: Spikes per step that leave their core.
        traffic: Spikes and hops on the mesh, of all spikes.
        energy: Energy of this traffic per step, estimated [J]; None where spikes go between
            chips, for which no price is published.
    """

    allocator: AllocatorName
    cores_per_chip: tuple[int, ...]
    between_cores: float
    traffic: SpikeTraffic
    energy: LoihiEnergy | None


def compare_allocators(integers: IntegerBlocks, activity: Activity) -> tuple[Allocation, ...]:
    """Place the same blocks with every allocator."""
    return tuple(_allocation(name, integers, activity) for name in ALLOCATORS)


def _allocation(name: AllocatorName, integers: IntegerBlocks, activity: Activity) -> Allocation:
    placement = place(integers, ALLOCATORS[name](activity))
    sent = core_traffic(integers, placement, activity).between
    traffic = spike_traffic(placement, sent)
    return Allocation(
        name, placement.cores_per_chip, float(sent.sum() - sent.trace()), traffic,
        traffic_energy(traffic),
    )  # fmt: skip


def traffic_energy(traffic: SpikeTraffic) -> LoihiEnergy | None:
    """Estimate the energy of carrying spikes; None where some go to another chip."""
    work = Work(
        synaptic_events=0.0, neuron_updates=0.0, messages=traffic.spikes,
        east_west=traffic.east_west, north_south=traffic.north_south,
        between_chips=traffic.between_chips,
    )  # fmt: skip
    return loihi_energy(work)
