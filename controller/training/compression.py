"""State compression: a deep network from the arm's state to a code in which the law is linear."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count, check_not_negative, check_positive
from spikearm.controller.weights.membrane import LEAKY, TAU_REF, Membrane

AMPLITUDE = 0.005  # s; in training, rates are counted in units of 200 Hz: Adam's steps are absolute
PERCENTILE = 99.5  # of what drives a neuron that its intercepts are spread over
RIDGE = 0.02  # of the first decoders, relative to the largest rate
CODE_RANGE = 0.9  # of the code that most samples lie in

MOST_NEURONS = 131_072  # of a layer: as many compartments as a chip of Loihi has
MOST_EPOCHS = 100_000  # two thousand times the default


@dataclass(frozen=True)
class CompressionConfig:
    """Size of the deep network and how it is trained.

    Attributes:
        n_features: Number of neurons in the first layer.
        n_code: Number of neurons in the second layer.
        n_latent: Length of the latent code.
        max_rates: Range of the neurons' largest rates before training [Hz].
        rate_limit: Rate above which training penalises a neuron [Hz].
        velocity_share: Share of first-layer neurons that start with joint velocities.
        epochs: Passes over the samples; with 0, the network stays as the NEF builds it.
        batch: Samples per step.
        learning_rate: Learning rate of Adam; it falls to zero along a cosine.
        rate_weight: Weight of the penalty of rates beyond the limit, and of codes beyond 1.
        tolerance: Error of a sample from which on the loss grows no longer with its square, but
            with itself, in the units of the targets.
        leaky: True for leaky neurons.
    """

    n_features: int = 640
    n_code: int = 512
    n_latent: int = 14
    max_rates: tuple[float, float] = (120.0, 280.0)
    rate_limit: float = 300.0
    velocity_share: float = 0.4
    epochs: int = 8
    batch: int = 256
    learning_rate: float = 6e-3
    rate_weight: float = 0.1
    tolerance: float = 0.03
    leaky: bool = False

    def __post_init__(self) -> None:
        for name in ("n_features", "n_code", "n_latent", "batch"):
            if not 1 <= getattr(self, name) <= MOST_NEURONS:
                raise SpikearmError(
                    f"{name} is {getattr(self, name)}: give 1 or more, at most {MOST_NEURONS}."
                )
        check_count(self.epochs, "epochs", MOST_EPOCHS, least=0)
        if not 0 < self.max_rates[0] <= self.max_rates[1] < 1 / TAU_REF:
            raise SpikearmError(
                f"Largest rates from {self.max_rates[0]:g} to {self.max_rates[1]:g} Hz are out of "
                f"range: give two numbers between 0 and {1 / TAU_REF:.0f}, the smaller one first."
            )
        if not 0 <= self.velocity_share <= 1:
            raise SpikearmError(
                f"A velocity share of {self.velocity_share:g} is out of range: give 0 to 1."
            )
        check_positive(self, "rate_limit", "learning_rate", "tolerance")
        check_not_negative(self, "rate_weight")

    @property
    def membrane(self) -> Membrane:
        """Membrane of the neurons."""
        return LEAKY if self.leaky else Membrane()


@dataclass(frozen=True)
class TrainingTargets:
    """Inputs and targets of the deep network, scaled.

    Attributes:
        inputs: Posture and velocities, shape (n_samples, 3 n_joints).
        task_map: ``J^T L`` per unit of joint inertia and typical command, flat,
            shape (n_samples, 6 n_joints).
        drift: The rest of the law per unit of joint inertia, shape (n_samples, n_joints).
    """

    inputs: np.ndarray
    task_map: np.ndarray
    drift: np.ndarray


@dataclass(frozen=True)
class Compression:
    """Weights of the deep network, for rates in Hz.

    Attributes:
        first: Weights of the first layer, shape (n_features, 3 n_joints).
        first_bias: Biases of the first layer, shape (n_features,).
        second: Weights of the second layer, shape (n_code, n_features).
        second_bias: Biases of the second layer, shape (n_code,).
        latent, latent_bias: Decoders of the code, shape (n_latent, n_code) and (n_latent,).
        maps, maps_bias: Decoders of the task map from the code: the law's matrices ``A_k`` and
            ``A_0``, flat, shape (6 n_joints, n_latent) and (6 n_joints,).
        drift_first, drift_second, drift_bias: Decoders of the drift from both layers.
    """

    first: np.ndarray
    first_bias: np.ndarray
    second: np.ndarray
    second_bias: np.ndarray
    latent: np.ndarray
    latent_bias: np.ndarray
    maps: np.ndarray
    maps_bias: np.ndarray
    drift_first: np.ndarray
    drift_second: np.ndarray
    drift_bias: np.ndarray


def begin(
    targets: TrainingTargets, config: CompressionConfig, rng: np.random.Generator
) -> Compression:
    """Build the network that training starts from: random layers, decoders by least squares.

    Encoders are random, intercepts spread over what the samples give: the NEF's recipe
    (Eliasmith and Anderson 2003), applied twice.

    Args:
        targets: Inputs and targets of the network.
        config: Sizes of the network.
        rng: Source of encoders, intercepts and largest rates.

    Raises:
        SpikearmError: The code would be longer than the task map that it compresses.
    """
    encoders = _state_encoders(targets.inputs.shape[1] // 3, config, rng)
    first, first_bias = _spread(targets.inputs, encoders, config, rng)
    features = config.membrane.rates(targets.inputs @ first.T + first_bias)
    drawn = rng.normal(size=(config.n_code, config.n_features))
    second, second_bias = _spread(features, drawn, config, rng)
    code = config.membrane.rates(features @ second.T + second_bias)
    n_numbers = targets.task_map.shape[1]
    if config.n_latent > n_numbers:
        raise SpikearmError(
            f"A code of {config.n_latent} numbers is longer than the {n_numbers} that it stands "
            f"for: give an n_latent of at most {n_numbers}."
        )
    maps_bias, maps, latent = _principal_code(targets.task_map, config.n_latent)
    latent_weights, latent_bias = _decode(code, latent)
    drift_weights, drift_bias = _decode(np.hstack([features, code]), targets.drift)
    return Compression(
        first=first, first_bias=first_bias, second=second, second_bias=second_bias,
        latent=latent_weights, latent_bias=latent_bias, maps=maps, maps_bias=maps_bias,
        drift_first=drift_weights[:, : config.n_features],
        drift_second=drift_weights[:, config.n_features :], drift_bias=drift_bias,
    )  # fmt: skip


def _state_encoders(
    n_joints: int, config: CompressionConfig, rng: np.random.Generator
) -> np.ndarray:
    """Draw encoders: most see the posture alone, the others velocities and some posture."""
    encoders = rng.normal(size=(config.n_features, 3 * n_joints))
    moving = rng.uniform(size=config.n_features) < config.velocity_share
    encoders[moving, : 2 * n_joints] *= 0.5
    encoders[~moving, 2 * n_joints :] = 0.0
    return encoders


def _spread(
    values: np.ndarray, encoders: np.ndarray, config: CompressionConfig, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Scale encoders so that intercepts and largest rates are spread over the values."""
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    encoders = encoders / np.maximum(deviation, 0.05 * deviation.max())
    reach = np.percentile(np.abs((values - mean) @ encoders.T), PERCENTILE, axis=0)
    encoders = encoders / reach[:, None]
    gain, bias = config.membrane.tune(
        rng.uniform(*config.max_rates, size=len(encoders)),
        rng.uniform(-0.9, 0.9, size=len(encoders)),
    )
    weights = gain[:, None] * encoders
    return weights, bias - weights @ mean


def _principal_code(
    task_map: np.ndarray, n_latent: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute mean, components and codes of the task map, codes mostly within [-1, 1]."""
    mean = task_map.mean(axis=0)
    directions = np.linalg.svd(task_map - mean, full_matrices=False)[2][:n_latent]
    codes = (task_map - mean) @ directions.T
    scale = np.percentile(np.abs(codes), PERCENTILE, axis=0) / CODE_RANGE
    return mean, (directions * scale[:, None]).T, codes / scale


def _decode(activity: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Solve for decoders and a constant, by regularised least squares."""
    offset, mean = targets.mean(axis=0), activity.mean(axis=0)
    centred = activity - mean
    gram = centred.T @ centred
    gram[np.diag_indices_from(gram)] += (RIDGE * activity.max()) ** 2 * len(activity)
    weights = np.linalg.solve(gram, centred.T @ (targets - offset)).T
    return weights, offset - weights @ mean
