"""The chip: from a network to discretised blocks, cores, spikes and energy."""

from typing import TYPE_CHECKING

from spikearm.lazy_names import lazy_names

if TYPE_CHECKING:
    from spikearm.loihi_deploy.pipeline import preflight
    from spikearm.loihi_deploy.simulator import Simulator

__all__ = ["Simulator", "preflight"]

HOMES = {"Simulator": "simulator", "preflight": "pipeline"}

__getattr__ = lazy_names(__name__, HOMES)  # nengo-loihi takes a second to load
