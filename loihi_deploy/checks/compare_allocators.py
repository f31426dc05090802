"""What each way of assigning cores makes of the same run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from spikearm.loihi_deploy.backends.recording import Activity
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.energy.account import Work, network_account
from spikearm.loihi_deploy.energy.devices import DEVICES
from spikearm.loihi_deploy.energy.spike_traffic import SpikeTraffic
from spikearm.loihi_deploy.mapping.mesh import spike_traffic
from spikearm.loihi_deploy.mapping.traffic import core_traffic
from spikearm.loihi_deploy.mapping.traffic_allocator import TrafficAllocator
from spikearm.loihi_deploy.nengo_loihi_compat import Allocator, Greedy, GreedyInterchip
from spikearm.loihi_deploy.pipeline import place

AllocatorName = Literal["greedy", "greedy-interchip", "traffic"]

ALLOCATORS: Mapping[AllocatorName, Callable[[Activity], Allocator]] = {
    "greedy": lambda activity: Greedy(),
    "greedy-interchip": lambda activity: GreedyInterchip(),
    "traffic": TrafficAllocator,
}
"""How to make each from what happened in a run: nengo-loihi's two, and the project's own."""


@dataclass(frozen=True)
class Allocation:
    """One of them, on average over the run.

    Attributes:
        allocator: Its name.
        cores_per_chip: Cores in use on each chip.
        between_cores: Spikes per step that leave their core.
        traffic: What all spikes take of the mesh.
        energy: What that takes per step, estimated [J]; None where spikes go between chips, for
            which no price is published.
    """

    allocator: AllocatorName
    cores_per_chip: tuple[int, ...]
    between_cores: float
    traffic: SpikeTraffic
    energy: float | None


def compare(integers: IntegerBlocks, activity: Activity) -> tuple[Allocation, ...]:
    """Assign cores in every way."""
    return tuple(_allocation(name, integers, activity) for name in ALLOCATORS)


def _allocation(name: AllocatorName, integers: IntegerBlocks, activity: Activity) -> Allocation:
    placement = place(integers, ALLOCATORS[name](activity))
    sent, _ = core_traffic(integers, placement, activity)
    traffic = spike_traffic(placement, sent)
    return Allocation(
        name, placement.cores_per_chip, float(sent.sum() - sent.trace()), traffic,
        traffic_energy(traffic),
    )  # fmt: skip


def traffic_energy(traffic: SpikeTraffic) -> float | None:
    """Estimate what carrying spikes takes [J]; None where some go to another chip."""
    work = Work(synaptic_events=0.0, active_updates=0.0, traffic=traffic)
    account = network_account(DEVICES["loihi"], "spike traffic", work, period=0.0)
    return account.part(*work.counts)
