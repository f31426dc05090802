"""Inputs of a chip that send no spike where their values are zero."""

from typing import Any

import nengo
import numpy as np

from spikearm.loihi_deploy.nengo_loihi_compat import OnOffDecodeNeurons
from spikearm.neural.host_io import HostInput


class RectifiedNeurons(OnOffDecodeNeurons):
    """Pair of neurons per value: one fires in proportion to what is positive, one to the negative.

    nengo-loihi's pairs both fire in every other step where a value is zero.

    Args:
        dt: Length of a step [s].
    """

    def __init__(self, dt: float) -> None:
        super().__init__(dt=dt, is_input=True)
        self.gain = np.full(2, self.rate)
        self.bias = np.zeros(2)


def is_rectified(obj: Any) -> bool:
    """Return whether an object is a connection from a host's input that is rectified."""
    if not isinstance(obj, nengo.Connection) or not isinstance(obj.pre_obj, nengo.Node):
        return False
    source = obj.pre_obj.output
    return isinstance(source, HostInput) and source.rectified
