"""The control law as a Nengo network."""

from dataclasses import dataclass
from typing import Literal

import nengo
import numpy as np

from controller.control_terms import ControlTerms
from controller.port import Port, Scaling

SHARES = ("static", "velocity", "task")  # the three torque shares, each decoded by itself
OUTPUT_HEADROOM = 1.25  # of a decoded torque over the largest sampled one
COMMAND_SPREAD = 0.35  # standard deviation of commands that decoders are solved for, scaled
STATE_RADIUS = 1.5  # neurons are spread over the ball that most scaled positions are in
VELOCITY_RADIUS = 1.2
PRODUCT_RADIUS = float(np.sqrt(2.0))  # a product neuron sees two values, each in [-1, 1]
N_PRODUCT_POINTS = 4000
INTERCEPTS = (-0.9, 0.9)
PRODUCT_INTERCEPTS = (-0.7, 0.7)


@dataclass(frozen=True)
class SpikingConfig:
    """Size and time constants of the spiking controller.

    Attributes:
        n_latent: Numbers in the code of the arm's state.
        state_neurons: Neurons that represent the joint positions.
        velocity_neurons: Neurons that represent the joint velocities.
        product_neurons: Neurons that multiply code and command.
        max_rate_low, max_rate_high: Range of the neurons' largest rates [Hz].
        code_tau: Low-pass filter between code and products [s].
        torque_tau: Low-pass filter of the decoded torque [s].
        command_linear: Largest linear command, beyond which it saturates [m/s^2].
        command_angular: Largest angular command [rad/s^2].
        n_samples: Samples of the arm's model that the decoders are solved from.
        regularization: L2 regularization of the solver, relative to the largest rate [1].
    """

    n_latent: int = 6
    state_neurons: int = 1000
    velocity_neurons: int = 400
    product_neurons: int = 2000
    max_rate_low: float = 100.0
    max_rate_high: float = 200.0
    code_tau: float = 0.005
    torque_tau: float = 0.010
    command_linear: float = 3.0
    command_angular: float = 8.0
    n_samples: int = 2000
    regularization: float = 0.01

    @property
    def command_scale(self) -> np.ndarray:
        """Command that the network represents as one, shape (6,)."""
        return np.repeat([self.command_linear, self.command_angular], 3)


@dataclass(frozen=True)
class SpikingNetwork:
    """The network, with its port and scaling."""

    network: nengo.Network
    port: Port
    scaling: Scaling


@dataclass(frozen=True)
class _Share:
    """One of the torque shares, as samples that its decoders are solved from.

    Attributes:
        points: What the neurons represent, scaled, shape (n_samples, n_dimensions).
        values: The share at the points, scaled to [-1, 1], shape (n_samples, n_joints).
        peak: Joint acceleration that a value of 1 stands for, shape (n_joints,) [rad/s^2].
    """

    points: np.ndarray
    values: np.ndarray
    peak: np.ndarray


def build_network(
    terms: ControlTerms,
    config: SpikingConfig,
    speed_limit: float,
    neurons: Literal["rate", "spiking"],
    seed: int,
) -> SpikingNetwork:
    """Build the control law from ensembles.

    Three populations: ``state`` represents the joint positions and yields the latent code
    and the static torque; ``velocity`` yields the velocity torque; ``products`` sees code
    and command, each neuron one pair of them, and yields the task torque.

    Args:
        terms: Samples of the law.
        config: Sizes and time constants.
        speed_limit: Joint velocity that maps to 1 [rad/s].
        neurons: Rate or spiking leaky integrate-and-fire neurons.
        seed: Seed of everything random in the network.
    """
    rng = np.random.default_rng(seed)
    low, high = terms.positions.min(axis=0), terms.positions.max(axis=0)
    center, half_range = (low + high) / 2, 1.1 * (high - low) / 2
    shares = {
        "static": _share((terms.positions - center) / half_range, terms.static),
        "velocity": _share(terms.velocities / speed_limit, terms.velocity),
        "task": _share(*_product_targets(terms, rng)),
    }
    torque = np.array([shares[name].peak * terms.inertia for name in SHARES])
    port = Port(len(terms.inertia), len(SHARES))
    encoders = _pair_encoders(config, rng)
    with nengo.Network(seed=seed, label="spiking controller") as network:
        _set_defaults(network, config, neurons)
        populations = _populations(len(terms.inertia), config, encoders)
        _connect_inputs(port, populations, encoders[:, config.n_latent :])
        _connect_code(populations, shares["static"].points, terms.latent.samples, config)
        _connect_outputs(port, populations, shares, config)
    return SpikingNetwork(network, port, Scaling(center, half_range, speed_limit, torque))


def _share(points: np.ndarray, accelerations: np.ndarray) -> _Share:
    peak = OUTPUT_HEADROOM * np.abs(accelerations).max(axis=0)
    return _Share(points, accelerations / peak, peak)


def _populations(
    n_joints: int, config: SpikingConfig, pair_encoders: np.ndarray
) -> dict[str, nengo.Ensemble]:
    """Make the neurons that each torque share is decoded from."""
    return {
        "static": nengo.Ensemble(
            config.state_neurons, n_joints, radius=STATE_RADIUS, label="state"
        ),
        "velocity": nengo.Ensemble(
            config.velocity_neurons, n_joints, radius=VELOCITY_RADIUS, label="velocity"
        ),
        "task": nengo.Ensemble(
            config.product_neurons, config.n_latent + 6, radius=PRODUCT_RADIUS,
            encoders=pair_encoders, intercepts=nengo.dists.Uniform(*PRODUCT_INTERCEPTS),
            label="products",
        ),
    }  # fmt: skip


def _connect_inputs(
    port: Port, populations: dict[str, nengo.Ensemble], command_encoders: np.ndarray
) -> None:
    positions = nengo.Node(port.positions, label="positions")
    velocities = nengo.Node(port.velocities, label="velocities")
    command = nengo.Node(port.command, label="command")
    nengo.Connection(positions, populations["static"], synapse=None)
    nengo.Connection(velocities, populations["velocity"], synapse=None)
    # Straight to the neurons: a slice of an ensemble cannot be reached from the host.
    nengo.Connection(
        command, populations["task"].neurons, synapse=None,
        transform=command_encoders / PRODUCT_RADIUS,
    )  # fmt: skip


def _connect_code(
    populations: dict[str, nengo.Ensemble],
    points: np.ndarray,
    codes: np.ndarray,
    config: SpikingConfig,
) -> None:
    """Decode the latent code from the joint positions, for the products."""
    n_latent = config.n_latent
    nengo.Connection(
        populations["static"], populations["task"], synapse=config.code_tau,
        eval_points=points, function=codes, transform=np.eye(n_latent + 6)[:, :n_latent],
    )  # fmt: skip


def _connect_outputs(
    port: Port,
    populations: dict[str, nengo.Ensemble],
    shares: dict[str, _Share],
    config: SpikingConfig,
) -> None:
    n_torques = len(port.torque.values)
    torque = nengo.Node(port.torque, size_in=n_torques, label="torque")
    ends = np.split(np.arange(n_torques), len(SHARES))
    for name, end in zip(SHARES, ends, strict=True):
        nengo.Connection(
            populations[name], torque[end[0] : end[-1] + 1], synapse=config.torque_tau,
            eval_points=shares[name].points, function=shares[name].values,
        )  # fmt: skip


def _set_defaults(network: nengo.Network, config: SpikingConfig, neurons: str) -> None:
    at_rest = {"voltage": nengo.dists.Choice([0])}
    ensembles = network.config[nengo.Ensemble]
    ensembles.neuron_type = (
        nengo.LIFRate(tau_ref=0.001)
        if neurons == "rate"
        else nengo.LIF(tau_ref=0.001, initial_state=at_rest)
    )
    ensembles.max_rates = nengo.dists.Uniform(config.max_rate_low, config.max_rate_high)
    ensembles.intercepts = nengo.dists.Uniform(*INTERCEPTS)
    connections = network.config[nengo.Connection]
    connections.solver = nengo.solvers.LstsqL2(reg=config.regularization)
    connections.scale_eval_points = False


def _product_targets(
    terms: ControlTerms, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw code and command as they occur together, with their task torque."""
    code = rng.choice(terms.latent.samples, size=N_PRODUCT_POINTS)
    drawn = rng.normal(scale=COMMAND_SPREAD, size=(N_PRODUCT_POINTS, 6))
    command = np.clip(drawn, -1.0, 1.0)
    return np.hstack([code, command]), terms.latent.torque(code, command)


def _pair_encoders(config: SpikingConfig, rng: np.random.Generator) -> np.ndarray:
    """Give each product neuron one pair (code, command) to see, on a diagonal.

    Diagonal encoders in the plane of two factors are what a product is decoded from best
    (Gosmann 2015); all pairs share one population, so one solve serves all. Neurons of a pair
    lie side by side, so that a core of the chip is reached by few of the other factors' spikes.

    Returns:
        Unit encoders, shape (product_neurons, n_latent + 6).
    """
    index = np.arange(config.product_neurons)
    k, j = np.divmod(index * config.n_latent * 6 // config.product_neurons, 6)
    encoders = np.zeros((config.product_neurons, config.n_latent + 6))
    encoders[index, k] = rng.choice([-1.0, 1.0], size=len(index))
    encoders[index, config.n_latent + j] = rng.choice([-1.0, 1.0], size=len(index))
    return encoders / np.sqrt(2.0)
