"""Fluctuation-driven weights as a distribution of Nengo's."""

import nengo
import numpy as np
from nengo.params import IntParam, NumberParam

from spikearm.neural.initialisation.afferent import Afferent
from spikearm.neural.initialisation.fluctuation_driven import FluctuationDriven
from spikearm.neural.initialisation.lif import Lif


class FluctuationDrivenWeights(nengo.dists.Distribution):
    """Weights between neurons with which a free membrane of Nengo's has a wanted spread.

    In Nengo, a spike is a pulse of area 1 and synapse and membrane keep areas, so that ``e1 = 1``
    and, for short timesteps, ``e2 = 1 / (2 (tau_rc + tau_syn))``; with ``mu_u = 0``::

        sigma_W = sigma_U sqrt(2 (tau_rc + tau_syn) / (n nu))

    For use as ``nengo.Connection(pre.neurons, post.neurons, transform=nengo.Dense(...,
    init=FluctuationDrivenWeights(...)), synapse=tau_syn)``, where ``post`` has gains of 1, which
    Nengo multiplies these weights with, and biases of 0. The negative half of the fluctuations is
    cut at ``min_voltage`` of ``nengo.LIF``, 0 by default: give ``min_voltage=-3 * sigma_u`` or
    lower.

    Args:
        fan_in: Number of weights into a neuron that are not zero.
        nu: Rate of the neurons that the connection comes from [Hz].
        sigma_u: Standard deviation of the free membrane over time, relative to the threshold.
        mu_u: Mean of the free membrane, relative to the threshold.
        tau_rc: Time constant of the membranes [s].
        tau_syn: Time constant of the connection's synapse, a ``nengo.Lowpass`` [s].
        dt: Timestep [s].

    Raises:
        SpikearmError: A number is out of range, or the target is out of reach.
    """

    fan_in = IntParam("fan_in", low=1)
    nu = NumberParam("nu", low=0, low_open=True)
    sigma_u = NumberParam("sigma_u", low=0, low_open=True)
    mu_u = NumberParam("mu_u")
    tau_rc = NumberParam("tau_rc", low=0, low_open=True)
    tau_syn = NumberParam("tau_syn", low=0, low_open=True)
    dt = NumberParam("dt", low=0, low_open=True)

    def __init__(
        self,
        fan_in: int,
        nu: float,
        sigma_u: float = 1.0,
        mu_u: float = 0.0,
        tau_rc: float = 0.02,
        tau_syn: float = 0.005,
        dt: float = 0.001,
    ) -> None:
        super().__init__()
        self.fan_in, self.nu = fan_in, nu
        self.sigma_u, self.mu_u = sigma_u, mu_u
        self.tau_rc, self.tau_syn, self.dt = tau_rc, tau_syn, dt

    def sample(
        self,
        n: int,
        d: int | None = None,
        rng: np.random.Generator | np.random.RandomState | None = None,
    ) -> np.ndarray:
        """Draw weights, shape (n,) or (n, d)."""
        lif = Lif(self.tau_rc, self.tau_syn, self.dt)
        rule = FluctuationDriven(self.sigma_u, self.mu_u, self.nu)
        (mean, std), *_ = rule.statistics([Afferent((self.fan_in, 1))], lif)
        current = (1 - lif.synapse_decay) / self.dt  # that a spike of weight 1 adds, in Nengo
        rng = np.random.default_rng() if rng is None else rng
        return rng.normal(mean[0] / current, std[0] / current, self._sample_shape(n, d))
