"""The chip: from a network to discretised blocks, cores, spikes and energy."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loihi_deploy.simulator import Simulator

__all__ = ["Simulator"]


def __getattr__(name: str) -> Any:
    """Import the simulator for those who want it; it takes nengo-loihi a second."""
    if name != "Simulator":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    from loihi_deploy.simulator import Simulator

    return Simulator
