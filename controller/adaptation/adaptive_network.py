"""Adaptive network: neurons over the arm's state whose decoders learn joint torques."""

import nengo
import numpy as np

from spikearm.controller.adaptation.scaling import MAX_RATES, OUTPUT_OF_PUSH, AdaptationConfig
from spikearm.neural.given_decoders import given_decoders
from spikearm.neural.host_io import HostInput, HostOutput

TRACE_TAU = 0.005  # s; of the filtered spikes that the learning rule multiplies errors with
N_QUANTILES = 400  # of a tuning curve's inputs, to average over


class AdaptiveNetwork:
    """Ensembles over the arm's state, each with a decoder that the PES rule teaches.

    ``u = sum_i d_i a_i(x)`` with decoders that begin at zero and change by
    ``dd_i/dt = -kappa / n e a_i`` (MacNeil and Eliasmith 2011), ``e`` being the error, which is
    DeWolf et al.'s (2016) for arms: the less feedback has to do, the less is left to learn.
    Encoders are scattered evenly over the unit sphere, and one intercept, of all neurons, makes a
    wanted share of them active at every point of it.

    Args:
        n_joints: Number of joints, which is that of learned torques.
        config: Size and learning rate of the network.
        neurons: Neuron type.
        seed: Seed of encoders and rates.

    Attributes:
        state: Input node of the scaled state, shape (2 n_joints + 1,).
        error: Input node of the scaled error, shape (n_joints,).
        torque: Output node of the learned, scaled torque, shape (n_joints,).
    """

    def __init__(
        self,
        n_joints: int,
        config: AdaptationConfig,
        neurons: nengo.neurons.NeuronType,
        seed: int = 0,
    ) -> None:
        self.config = config
        self.neurons = neurons
        self.seed = seed
        self.state = HostInput(2 * n_joints + 1)
        self.error = HostInput(n_joints)
        self.torque = HostOutput(n_joints)

    @property
    def intercept(self) -> float:
        """Product of state and encoder above which a neuron fires.

        It is a quantile of the product of two random points of the sphere, whose distribution is
        known (Voelker, Gosmann and Stewart 2017).
        """
        sphere = nengo.dists.CosineSimilarity(len(self.state.values))
        return float(sphere.ppf(1.0 - self.config.active_share))

    @property
    def pes_rate(self) -> float:
        """``kappa``, for which a constant error is learned at ``config.learning_rate``.

        While the arm stays, the output follows ``dy/dt = -kappa <a^2> e``, with the mean square
        ``<a^2>`` of all neurons' rates, and an output of ``OUTPUT_OF_PUSH`` stands for the torque
        that is an error of 1.
        """
        rate = self.config.learning_rate * OUTPUT_OF_PUSH
        return rate / (self.config.ensembles * self._mean_square_rate())

    def add_to(self, network: nengo.Network) -> None:
        """Add the ensembles, and nodes that hand over states, errors and torques, to a network."""
        n_joints = len(self.torque.values)
        with network:
            state = nengo.Node(self.state, label="adaptive state")
            error = nengo.Node(self.error, label="adaptive error")
            torque = nengo.Node(self.torque, size_in=n_joints, label="adaptive torque")
            for number in range(self.config.ensembles):
                self._add_ensemble(number, state, error, torque)

    def _add_ensemble(
        self, number: int, state: nengo.Node, error: nengo.Node, torque: nengo.Node
    ) -> None:
        n_neurons, n_joints = self.config.neurons, torque.size_in
        ensemble = nengo.Ensemble(
            n_neurons, state.size_out, label=f"adaptation {number}", seed=self.seed + number,
            neuron_type=self.neurons,
            encoders=nengo.dists.ScatteredHypersphere(surface=True),
            intercepts=nengo.dists.Choice([self.intercept]),
            max_rates=nengo.dists.Uniform(*MAX_RATES),
        )  # fmt: skip
        learned = nengo.Connection(
            ensemble, torque, synapse=self.config.adaptive_tau,
            function=lambda x: np.zeros(n_joints),
            **given_decoders(np.zeros((n_neurons, n_joints)), state.size_out),
            learning_rule_type=nengo.PES(self.pes_rate, pre_synapse=TRACE_TAU),
        )  # fmt: skip
        nengo.Connection(state, ensemble, synapse=None)
        nengo.Connection(error, learned.learning_rule, synapse=None)

    def _mean_square_rate(self) -> float:
        """Average over neurons at one point of the sphere, or over points for one neuron [Hz^2]."""
        middles = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES
        products = nengo.dists.CosineSimilarity(len(self.state.values)).ppf(middles)
        max_rates = np.linspace(*MAX_RATES, 21)
        gain, bias = self.neurons.gain_bias(max_rates, np.full(len(max_rates), self.intercept))
        rates = self.neurons.rates(np.tile(products[:, None], len(max_rates)), gain, bias)
        return float(np.mean(rates**2))
