"""Eye of one camera: spiking layers from events to heat neurons."""

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.pulsed_layer import PulsedLayer


class Eye:
    """Spiking network that turns frames of events into spikes of heat neurons, in floating point.

    A frame goes through all layers at once.

    Args:
        weights: Weights of the network.

    Attributes:
        layers: Layers, the heat neurons' last.
        n_spikes: Spikes of each layer in the last frame, events first.
    """

    def __init__(self, weights: EyeWeights) -> None:
        self._shape = shape = (weights.size, weights.size, 2)
        self.layers: list[PulsedLayer] = []
        for layer in weights.layers:
            self.layers.append(PulsedLayer(layer, shape, weights.dynamics))
            shape = self.layers[-1].shape
        self.n_spikes = [0] * (len(self.layers) + 1)

    @property
    def heat_shape(self) -> tuple[int, int, int]:
        """Rows, columns and channels of the heat neurons."""
        return self.layers[-1].shape

    @property
    def nbytes(self) -> int:
        """Memory of all that describes the synapses [bytes]."""
        return sum(layer.convolution.nbytes for layer in self.layers)

    @property
    def synaptic_events(self) -> int:
        """Number of weights that spikes have added to membranes so far."""
        return sum(layer.convolution.synaptic_events for layer in self.layers)

    def restart(self) -> None:
        """Put all membranes at rest."""
        for layer in self.layers:
            layer.restart()

    def see(self, events: np.ndarray) -> np.ndarray:
        """Take a frame of events.

        Args:
            events: Flags of events, shape (height, width, 2).

        Returns:
            Flags of heat neurons that fire, shape (rows, columns, channels).

        Raises:
            SpikearmError: The frame has another shape.
        """
        if np.shape(events) != self._shape:
            raise SpikearmError(
                f"A frame of events of shape {np.shape(events)} does not fit this eye, which takes "
                f"{self._shape}: give an event camera of {self._shape[0]} rows and columns."
            )
        fired = np.flatnonzero(events)
        self.n_spikes = [len(fired)]
        for layer in self.layers:
            fired = layer.step(fired)
            self.n_spikes.append(len(fired))
        heat = np.zeros(self.heat_shape, bool)
        heat.ravel()[fired] = True
        return heat
