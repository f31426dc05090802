"""The chip: from a network to discretised blocks, cores, spikes and energy."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spikearm.loihi_deploy.pipeline import preflight
    from spikearm.loihi_deploy.simulator import Simulator

__all__ = ["Simulator", "preflight"]

HOMES = {
    "Simulator": "spikearm.loihi_deploy.simulator",
    "preflight": "spikearm.loihi_deploy.pipeline",
}


def __getattr__(name: str) -> Any:
    """Import a name on first use, because nengo-loihi takes a second to load."""
    if name not in HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(HOMES[name]), name)
