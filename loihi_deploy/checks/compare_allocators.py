"""Comparison of allocators on the same run."""

from dataclasses import dataclass

from spikearm.loihi_deploy.backends.recording import Activity
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.energy.account import Work, network_account
from spikearm.loihi_deploy.energy.devices import DEVICES
from spikearm.loihi_deploy.energy.spike_traffic import SpikeTraffic
from spikearm.loihi_deploy.mapping.allocators import ALLOCATORS, AllocatorName
from spikearm.loihi_deploy.mapping.mesh import spike_traffic
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
    energy: float | None


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


def traffic_energy(traffic: SpikeTraffic) -> float | None:
    """Estimate the energy of carrying spikes [J]; None where some go to another chip."""
    work = Work(synaptic_events=0.0, active_updates=0.0, traffic=traffic)
    account = network_account(DEVICES["loihi"], "spike traffic", work, period=0.0)
    return account.part(*work.counts)
