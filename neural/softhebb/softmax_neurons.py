"""Softmax neurons: a Nengo population whose output is the posterior of SoftHebb."""

import nengo
import numpy as np
from scipy.special import softmax


class SoftmaxNeurons(nengo.neurons.NeuronType):
    """Neurons that inhibit each other so that their outputs add up to 1: ``y = softmax(J)``.

    With a gain of ``beta`` and a bias of 0, a population has the current ``J = beta W x`` from a
    connection of weights ``W`` to its neurons.
    """

    negative = False

    def step(self, dt: float, J: np.ndarray, output: np.ndarray) -> None:
        """Compute outputs of currents, both of shape (n_neurons,)."""
        output[...] = softmax(J, axis=-1)


def softmax_ensemble(n_neurons: int, beta: float, label: str = "causes") -> nengo.Ensemble:
    """Build softmax neurons in the present network, for a connection to their ``neurons``.

    Args:
        n_neurons: Number of neurons, of hidden causes.
        beta: Inverse temperature of the competition.
        label: Name of the ensemble.
    """
    return nengo.Ensemble(
        n_neurons,
        1,
        neuron_type=SoftmaxNeurons(),
        gain=nengo.dists.Choice([beta]),
        bias=nengo.dists.Choice([0.0]),
        label=label,
    )
