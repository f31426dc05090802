"""Layer of an eye: spiking neurons that all take their input in one step of a frame."""

import numpy as np

from spikearm.neural.connectivity.event_convolution import EventConvolution
from spikearm.perception.eye.eye_weights import EyeDynamics, EyeLayer

THRESHOLD = 1.0


class PulsedLayer:
    """Spiking neurons behind a convolution whose synapses are worked out at each spike.

    Args:
        layer: Weights.
        input_shape: Rows, columns and channels of the input.
        dynamics: Time constants of the neurons.

    Attributes:
        convolution: Connectivity.
        potentials: Potentials of the membranes, shape (n_neurons,), in units of the threshold.
    """

    def __init__(
        self, layer: EyeLayer, input_shape: tuple[int, int, int], dynamics: EyeDynamics
    ) -> None:
        kernel = np.ascontiguousarray(layer.kernel, dtype=np.float32)
        strides = layer.stride, layer.stride
        self.convolution = EventConvolution(kernel, input_shape, strides, "same")
        self.potentials = np.zeros(self.convolution.n_post, np.float32)
        self._dynamics = dynamics

    @property
    def shape(self) -> tuple[int, int, int]:
        """Rows, columns and channels of the neurons."""
        return self.convolution.output_shape

    def restart(self) -> None:
        """Put all membranes at rest."""
        self.potentials[:] = 0.0

    def step(self, fired: np.ndarray) -> np.ndarray:
        """Advance by a frame.

        Args:
            fired: Numbers of the inputs that fire, shape (n_spikes,).

        Returns:
            Numbers of the neurons that fire, in order.
        """
        self.potentials *= self._dynamics.decay
        self.convolution.propagate(fired, self.potentials)
        return fire(self.potentials, self._dynamics)


def fire(potentials: np.ndarray, dynamics: EyeDynamics) -> np.ndarray:
    """Fire the neurons that are above threshold, after their input of a frame.

    Args:
        potentials: Potentials of the membranes, shape (n_neurons,); those of neurons that fire are
            set to 0, and none stays below the floor.
        dynamics: Time constants of the neurons.

    Returns:
        Numbers of the neurons that fire, in order.
    """
    np.maximum(potentials, dynamics.floor, out=potentials)
    fires = np.flatnonzero(potentials > THRESHOLD)
    potentials[fires] = 0.0
    return fires


def run_layer(layer: EyeLayer, inputs: np.ndarray, dynamics: EyeDynamics) -> np.ndarray:
    """Compute the spikes of a layer's neurons, view by view, each from rest.

    Args:
        layer: Weights.
        inputs: Spikes that it receives, shape (n_steps, n_views, height, width, n_channels).
        dynamics: Time constants of the neurons.

    Returns:
        Flags of spikes, shape (n_steps, n_views, rows, columns, n_kernels).
    """
    n_steps, n_views, *shape = inputs.shape
    neurons = PulsedLayer(layer, (shape[0], shape[1], shape[2]), dynamics)
    spikes = np.zeros((n_steps, n_views, neurons.potentials.size), bool)
    for view in range(n_views):
        neurons.restart()
        for step in range(n_steps):
            spikes[step, view, neurons.step(np.flatnonzero(inputs[step, view]))] = True
    return spikes.reshape(n_steps, n_views, *neurons.shape)
