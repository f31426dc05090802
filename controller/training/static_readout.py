"""Readout of the static network, from samples of the law."""

import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.spiking.static_network import StaticNetwork
from spikearm.controller.training.products import draw_commands
from spikearm.controller.training.ridge_regression import fit_ridge
from spikearm.controller.training.samples import Samples
from spikearm.controller.training.targets import torque_metric
from spikearm.controller.weights.network_weights import NetworkWeights


def fit_static_network(
    model: RigidBodyModel,
    weights: NetworkWeights,
    samples: Samples,
    friction: DryFriction,
    rng: np.random.Generator,
) -> StaticNetwork:
    """Decode the torque anew from rates that neither lag nor ripple.

    The decoders of other stages make up for the lag of filters, which is not there, and are
    regularised for the noise of spikes.

    Args:
        model: The arm's nominal dynamics.
        weights: Weights of the network.
        samples: Samples of the law, reach by reach.
        friction: Dry friction that the torque compensates too.
        rng: Source of the commands.
    """
    scaling, metric = weights.scaling, torque_metric(model)
    commands = draw_commands(scaling, len(samples), rng)
    network = StaticNetwork(weights, np.zeros((len(scaling.torque), 0)))

    def evaluate(part: slice) -> np.ndarray:
        inputs = np.empty((len(commands[part]), len(scaling.center)))
        scaling.write(inputs, samples.positions[part], samples.velocities[part], commands[part])
        return network.rates(inputs)

    def measure(residuals: np.ndarray) -> float:
        return float(np.mean((residuals * scaling.torque @ metric.T) ** 2))

    torque = samples.torque(commands, friction) / scaling.torque
    return StaticNetwork(weights, fit_ridge(evaluate, torque, measure).T)
