"""The network's algebra: products of latent code and command, by the NEF."""

import numpy as np

from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.spiking.spiking_network import Filters
from spikearm.controller.training.compression import Compression
from spikearm.controller.training.friction import friction_neurons
from spikearm.controller.training.samples import Samples
from spikearm.controller.weights.membrane import LEAKY, Membrane, NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.scaling import Scaling

MAX_RATES = (320.0, 640.0)  # Hz; each of many spikes adds little, which keeps torques quiet
INTERCEPTS = (-0.7, 0.7)
COMMAND_SPREAD = 0.25  # standard deviation of commands that readouts are solved for, scaled
RIDGE = 2e-3  # of the readouts, relative to the largest rate
CHUNK = 8192  # samples whose rates are in memory at a time
CHIP_STEP = 0.001  # s; a neuron of the chip fires every so many whole steps


def assemble(
    compression: Compression,
    scaling: Scaling,
    membrane: Membrane,
    n_products: int,
    rng: np.random.Generator,
    friction: DryFriction,
) -> NetworkWeights:
    """Assemble layers, product neurons and friction neurons, without readouts.

    Each product neuron sees one number of the code and one of the command, on a diagonal of
    their plane, which is what a product is decoded from best (Gosmann 2015). Neurons of a pair
    lie side by side, so that a core of the chip is reached by few of the other pairs' spikes.
    Inputs of zero send no spike to the chip.

    Args:
        compression: The deep network.
        scaling: Scaling of inputs and outputs.
        membrane: Membrane of all neurons but those for friction.
        n_products: Number of product neurons.
        rng: Source of diagonals, intercepts and largest rates.
        friction: Dry friction of the arm.
    """
    n_latent = len(compression.latent)
    index = np.arange(n_products)
    number, axis = np.divmod(index * n_latent * 6 // n_products, 6)
    gain, bias = membrane.tune(
        rng.uniform(*MAX_RATES, size=n_products), rng.uniform(*INTERCEPTS, size=n_products)
    )
    factors, command = np.zeros((n_products, n_latent)), np.zeros((n_products, 6))
    factors[index, number] = gain / 2 * rng.choice([-1.0, 1.0], size=n_products)
    command[index, axis] = gain / 2 * rng.choice([-1.0, 1.0], size=n_products)
    n_joints = len(scaling.middle)
    against_velocity, against_command, friction_bias = friction_neurons(friction, scaling, rng)
    return NetworkWeights(
        scaling=scaling,
        membrane=membrane,
        posture=compression.first[:, : 2 * n_joints],
        velocity=compression.first[:, 2 * n_joints :],
        feature_bias=compression.first_bias,
        hidden=compression.second,
        code_bias=compression.second_bias,
        latent=compression.latent,
        factors=factors,
        command=command,
        product_bias=bias + factors @ compression.latent_bias,
        friction_velocity=against_velocity,
        friction_command=against_command,
        friction_bias=friction_bias,
        readout={},
        rectified=True,
    )


def steady_rates(
    weights: NetworkWeights,
    samples: Samples,
    commands: np.ndarray,
    stage: NeuralStage,
    filters: Filters = Filters(),
) -> np.ndarray:
    """Compute every neuron's rate in sampled states, as the torque's filter passes it on.

    A first-order filter lags by its time constant behind a signal that rises evenly: a layer's
    rates are those of the state in which the joints were so much earlier. On the chip a neuron's
    period is a whole number of steps.

    Args:
        weights: Weights of the network.
        samples: States of the arm.
        commands: Command in each state, shape (n_samples, 6) [m/s^2, rad/s^2].
        stage: Stage that selects the neuron type.
        filters: Time constants of the synapses.

    Returns:
        Shape (n_samples, n_neurons) [Hz].
    """

    def settle(current: np.ndarray) -> np.ndarray:
        return _rates(weights.membrane, current, stage)

    drive, n_joints = np.hstack([weights.posture, weights.velocity]), weights.velocity.shape[1]

    def features(lag: float) -> np.ndarray:
        inputs = np.empty((len(samples), drive.shape[1] + 6))
        earlier = samples.positions - lag * samples.velocities
        weights.scaling.write(inputs, earlier, samples.velocities, commands)
        return settle(inputs[:, :-6] @ drive.T + weights.feature_bias)

    def code(lag: float) -> np.ndarray:
        arriving = features(lag + filters.layer_tau)
        return settle(arriving @ weights.hidden.T + weights.code_bias)

    velocities, given = (
        np.clip(values / half_range, -1.0, 1.0)
        for values, half_range in (
            (samples.velocities, weights.scaling.half_range[-6 - n_joints : -6]),
            (commands, weights.scaling.half_range[-6:]),
        )
    )
    lag = filters.torque_tau
    factors = (code(lag + filters.layer_tau) @ weights.latent.T) @ weights.factors.T
    products = settle(factors + given @ weights.command.T + weights.product_bias)
    speed = velocities @ weights.friction_velocity.T + given @ weights.friction_command.T
    friction = _rates(LEAKY, speed + weights.friction_bias, stage)
    return np.hstack([features(lag), code(lag), products, friction])


def draw_commands(scaling: Scaling, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Draw commands to learn with: most are small, as in reaches, some large.

    Returns:
        Shape (n_samples, 6) [m/s^2, rad/s^2].
    """
    spread = COMMAND_SPREAD * rng.uniform(0.0, 1.5, size=(n_samples, 1))
    scaled = np.clip(spread * rng.normal(size=(n_samples, 6)), -1.0, 1.0)
    return scaled * scaling.half_range[-6:]


def solve_readout(
    weights: NetworkWeights,
    samples: Samples,
    commands: np.ndarray,
    stage: NeuralStage,
    friction: DryFriction | None = None,
) -> np.ndarray:
    """Decode the torque from the neurons' steady rates, by regularised least squares.

    Args:
        weights: Weights of the network.
        samples: States of the arm.
        commands: Command in each state, shape (n_samples, 6) [m/s^2, rad/s^2].
        stage: Stage that selects the neuron type.
        friction: Dry friction that the torque compensates too.

    Returns:
        Shape (n_joints, n_neurons).
    """
    torque = samples.torque(commands, friction) / weights.scaling.torque
    n_neurons, peak = sum(weights.layers), 0.0
    gram, cross = np.zeros((n_neurons, n_neurons)), np.zeros((n_neurons, torque.shape[1]))
    for begin in range(0, len(samples), CHUNK):
        part = slice(begin, begin + CHUNK)
        activity = steady_rates(weights, samples.take(part), commands[part], stage)
        activity = activity.astype(np.float32)
        gram += activity.T @ activity
        cross += activity.T @ torque[part]
        peak = max(peak, float(activity.max()))
    gram[np.diag_indices_from(gram)] += (RIDGE * peak) ** 2 * len(samples)
    return np.linalg.solve(gram, cross).T


def _rates(membrane: Membrane, current: np.ndarray, stage: NeuralStage) -> np.ndarray:
    steady = membrane.rates(current)
    if stage != "loihi":
        return steady
    with np.errstate(divide="ignore"):
        steps = np.ceil(1.0 / (CHIP_STEP * steady) - 1e-9)
    return 1.0 / (CHIP_STEP * steps)
