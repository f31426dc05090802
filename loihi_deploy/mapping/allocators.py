"""Allocators that assign cores, by name."""

from collections.abc import Callable, Mapping
from typing import Literal

from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.mapping.traffic_allocator import TrafficAllocator
from spikearm.loihi_deploy.nengo_loihi_compat import Allocator, Greedy, GreedyInterchip

AllocatorName = Literal["greedy", "greedy-interchip", "traffic"]

ALLOCATORS: Mapping[AllocatorName, Callable[[Activity], Allocator]] = {
    "greedy": lambda activity: Greedy(),
    "greedy-interchip": lambda activity: GreedyInterchip(),
    "traffic": TrafficAllocator,
}
"""Constructors of nengo-loihi's two allocators and this project's, from the activity of a run."""
