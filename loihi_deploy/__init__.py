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
    """Import what is asked for when it is; it takes nengo-loihi a second."""
    if name not in HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(HOMES[name]), name)
