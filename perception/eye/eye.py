"""Eye of one camera: spiking convolutions whose synapses are worked out at each spike."""

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.neural.connectivity.event_convolution import EventConvolution
from spikearm.perception.eye.eye_weights import EyeWeights

THRESHOLD = 1.0


class Eye:
    """Spiking network that turns frames of events into spikes of heat neurons, in floating point.

    A frame goes through all layers at once.

    Args:
        weights: Weights of the network.

    Attributes:
        spikes: Number of spikes of each layer in the last frame, events first.
        synaptic_events: Number of synapses that these spikes went through.
    """

    def __init__(self, weights: EyeWeights) -> None:
        self._dynamics = weights.dynamics
        self._convolutions = []
        shape = (weights.size, weights.size, 2)
        for layer in weights.layers:
            kernel = np.ascontiguousarray(layer.kernel, dtype=np.float32)
            convolution = EventConvolution(kernel, shape, (layer.stride, layer.stride), "same")
            self._convolutions.append(convolution)
            shape = convolution.output_shape
        self._shape = (weights.size, weights.size, 2)
        self.restart()

    @property
    def heat_shape(self) -> tuple[int, int, int]:
        """Rows, columns and channels of the heat neurons."""
        return self._convolutions[-1].output_shape

    def restart(self) -> None:
        """Put all membranes at rest."""
        self._potentials = [np.zeros(one.n_post, np.float32) for one in self._convolutions]
        self.spikes = [0] * (len(self._convolutions) + 1)
        self.synaptic_events = 0

    def see(self, events: np.ndarray) -> np.ndarray:
        """Take a frame of events.

        Args:
            events: Flags of events, shape (height, width, 2).

        Returns:
            Flags of heat neurons that fired, shape (rows, columns, channels).

        Raises:
            SpikearmError: The frame has another shape.
        """
        if np.shape(events) != self._shape:
            raise SpikearmError(
                f"A frame of events of shape {np.shape(events)} does not fit this eye, which takes "
                f"{self._shape}: give one event camera of {self._shape[0]} pixels squared."
            )
        fired = np.flatnonzero(events)
        self.spikes, self.synaptic_events = [len(fired)], 0
        for convolution, potential in zip(self._convolutions, self._potentials, strict=True):
            potential *= self._dynamics.decay
            self.synaptic_events += convolution.propagate(fired, potential)
            np.maximum(potential, self._dynamics.floor, out=potential)
            fired = np.flatnonzero(potential > THRESHOLD)
            potential[fired] = 0.0
            self.spikes.append(len(fired))
        heat = np.zeros(self.heat_shape, bool)
        heat.ravel()[fired] = True
        return heat
