"""The compression network as nengo-dl trains it. Importing this loads TensorFlow."""

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import nengo
import numpy as np

from spikearm.controller.training.compression import (
    AMPLITUDE,
    Compression,
    CompressionConfig,
    TrainingTargets,
)
from spikearm.controller.training.nengo_dl_compat import nengo_dl, tf

State = dict[str, np.ndarray]

AT_A_TIME = 64  # batches whose samples are copied at a time
UNIT = 100.0  # Hz; in training, currents of neurons without a leak are counted in it


def train(
    targets: TrainingTargets,
    start: Compression,
    config: CompressionConfig,
    seed: int,
    state: State | None = None,
    keep: Callable[[State, int], None] = lambda state, epoch: None,
) -> Compression:
    """Train the deep network with nengo-dl, as rate neurons with smoothed gradients.

    The loss is that of the errors of task map and drift, in joint accelerations, so that an error
    counts alike on a shoulder and on a wrist, and a penalty of rates beyond the limit and of codes
    beyond 1, which the neurons that follow cannot represent. Small errors count by their square,
    large ones by themselves (:func:`pseudo_huber`): next to singular poses, where the arm hardly
    ever is, a hundredth of the samples would have three quarters of all squares.

    Args:
        targets: Inputs and targets of the network.
        start: Weights to start from.
        config: Configuration of the training.
        seed: Seed of the samples' order.
        state: State of an earlier call that ended early. Training that is resumed from it gives
            the same weights, bit for bit, as one that was not ended.
        keep: Callback that is given the state after every epoch, to resume from, and the number
            of finished epochs.
    """
    with DeepNetwork(targets, start, config, seed) as network:
        if state is not None:
            network.resume(state)
        while network.n_epochs < config.epochs:
            network.run_epoch()
            keep(network.state, network.n_epochs)
        return network.read()


class DeepNetwork:
    """Two layers of rate neurons, the latent code, and the decoders from it.

    A context manager, which closes nengo-dl's simulator at the end.

    Args:
        targets: Inputs and targets of the network.
        start: Weights to start from.
        config: Configuration of the training.
        seed: Seed of the samples' order.

    Attributes:
        n_epochs: Number of epochs that it was trained for.
    """

    def __init__(
        self, targets: TrainingTargets, start: Compression, config: CompressionConfig, seed: int
    ) -> None:
        self.n_epochs = 0
        self._config = config
        with _without_known_warnings():
            self._build(start, seed)
            self._simulator = nengo_dl.Simulator(
                self._network, minibatch_size=config.batch, progress_bar=False, seed=seed
            )
        n = len(targets.inputs) // config.batch * config.batch
        self._order = np.random.default_rng(seed)
        self._inputs = targets.inputs[:n, None, :].astype(np.float32)
        self._targets = {
            self._maps_probe: targets.task_map[:n, None, :].astype(np.float32),
            self._drift_probe: targets.drift[:n, None, :].astype(np.float32),
        }
        self._zeros = {
            probe: np.zeros((AT_A_TIME * config.batch, 1, probe.size_in), np.float32)
            for probe in (*self._rate_probes, self._latent_probe)
        }
        self._compile()

    def __enter__(self) -> "DeepNetwork":
        return self

    def __exit__(self, *exception: object) -> None:
        self._simulator.close()

    def run_epoch(self) -> None:
        """Train on all samples once, in a new order."""
        fall = 0.5 * (1 + math.cos(math.pi * self.n_epochs / self._config.epochs))
        self._optimizer.learning_rate.assign(self._config.learning_rate * fall)
        order = self._draw_order()
        for begin in range(0, len(order), AT_A_TIME * self._config.batch):
            some = order[begin : begin + AT_A_TIME * self._config.batch]
            targets = {probe: values[some] for probe, values in self._targets.items()}
            targets |= {probe: zeros[: len(some)] for probe, zeros in self._zeros.items()}
            self._simulator.fit(
                {self._state: self._inputs[some]}, targets, epochs=1, verbose=0, shuffle=False
            )
        self.n_epochs += 1

    @property
    def state(self) -> State:
        """Everything that training changes: weights, the optimiser's moments, and the epochs."""
        variables = [variable.numpy() for variable in self._variables]
        return {"n_epochs": np.array(self.n_epochs)} | {
            f"variable_{number}": value for number, value in enumerate(variables)
        }

    def resume(self, state: State) -> None:
        """Go on where a network of the same samples, configuration and seed was.

        Raises:
            ValueError: The state is of another network.
        """
        for number, variable in enumerate(self._variables):
            variable.assign(state[f"variable_{number}"])
        for _ in range(int(state["n_epochs"])):
            self._draw_order()
        self.n_epochs = int(state["n_epochs"])

    @property
    def _variables(self) -> list[tf.Variable]:
        return [*self._simulator.keras_model.trainable_variables, *self._optimizer.variables]

    def _draw_order(self) -> np.ndarray:
        return self._order.permutation(len(self._inputs))

    def read(self) -> Compression:
        """Return the trained weights, for rates in Hz."""
        self._simulator.freeze_params(self._network)
        weights = {
            name: np.asarray(connection.transform.init)
            for name, connection in self._learned.items()
        }
        for name in ("second", "latent", "drift_first", "drift_second"):
            weights[name] = AMPLITUDE * weights[name]
        for name in ("first", "second"):
            weights[name] = self._unit * weights[name]
        for name in ("latent_bias", "maps_bias", "drift_bias"):
            weights[name] = weights[name][:, 0]
        biases = {name: self._unit * np.asarray(layer.bias) for name, layer in self._layers.items()}
        return Compression(**weights, **biases)

    def _build(self, start: Compression, seed: int) -> None:
        with nengo.Network(seed=seed) as self._network:
            nengo_dl.configure_settings(stateful=False, keep_history=False)
            self._network.config[nengo.Connection].synapse = None
            self._state = nengo.Node(np.zeros(start.first.shape[1]))
            constant = nengo.Node([1.0])
            unit = self._unit
            features, code = self._layer(start.first_bias), self._layer(start.second_bias)
            latent = nengo.Node(size_in=len(start.latent))
            maps = nengo.Node(size_in=len(start.maps))
            drift = nengo.Node(size_in=len(start.drift_bias))
            ends = {
                "first": (self._state, features.neurons, start.first / unit),
                "second": (features.neurons, code.neurons, start.second / AMPLITUDE / unit),
                "latent": (code.neurons, latent, start.latent / AMPLITUDE),
                "latent_bias": (constant, latent, start.latent_bias[:, None]),
                "maps": (latent, maps, start.maps),
                "maps_bias": (constant, maps, start.maps_bias[:, None]),
                "drift_first": (features.neurons, drift, start.drift_first / AMPLITUDE),
                "drift_second": (code.neurons, drift, start.drift_second / AMPLITUDE),
                "drift_bias": (constant, drift, start.drift_bias[:, None]),
            }
            self._learned = {
                name: nengo.Connection(pre, post, transform=transform)
                for name, (pre, post, transform) in ends.items()
            }
            self._layers = {"first_bias": features, "second_bias": code}
            self._maps_probe, self._drift_probe = nengo.Probe(maps), nengo.Probe(drift)
            self._latent_probe = nengo.Probe(latent)
            self._rate_probes = nengo.Probe(features.neurons), nengo.Probe(code.neurons)

    def _layer(self, bias: np.ndarray) -> nengo.Ensemble:
        neurons = self._config.membrane.rate_type(AMPLITUDE * self._unit)
        return nengo.Ensemble(
            len(bias), 1, gain=np.ones(len(bias)), bias=bias / self._unit, neuron_type=neurons
        )

    @property
    def _unit(self) -> float:
        """Current that counts as 1 in training, so that steps of Adam are of the right size."""
        return 1.0 if self._config.membrane.leaks else UNIT

    def _compile(self) -> None:
        limit, weight = AMPLITUDE * self._config.rate_limit, self._config.rate_weight

        def error(wanted: tf.Tensor, actual: tf.Tensor) -> tf.Tensor:
            squares = tf.reduce_mean(tf.square(wanted - actual), axis=-1)
            return tf.reduce_mean(pseudo_huber(squares, self._config.tolerance))

        def beyond(most: float) -> object:
            return lambda wanted, actual: tf.reduce_mean(tf.square(tf.nn.relu(abs(actual) - most)))

        losses = {self._maps_probe: error, self._drift_probe: error, self._latent_probe: beyond(1)}
        losses |= {probe: beyond(limit) for probe in self._rate_probes}
        weights = {probe: weight for probe in (*self._rate_probes, self._latent_probe)}
        weights |= {self._maps_probe: 1.0, self._drift_probe: 1.0}
        self._optimizer = tf.keras.optimizers.Adam(self._config.learning_rate)
        self._simulator.compile(optimizer=self._optimizer, loss=losses, loss_weights=weights)
        self._optimizer.build(self._simulator.keras_model.trainable_variables)


@contextmanager
def _without_known_warnings() -> Iterator[None]:
    """Silence harmless warnings: neurons have biases, not intercepts, and no GPU is needed."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="invalid value encountered in log1p")
        warnings.filterwarnings("ignore", message="Non-finite values detected in `max_rates`")
        warnings.filterwarnings("ignore", message="No GPU support detected")
        yield


def pseudo_huber(squares: tf.Tensor | np.ndarray, tolerance: float) -> tf.Tensor:
    """Compute a loss that grows with small squares, and with the root of large ones.

    The pseudo-Huber loss (Charbonnier et al. 1997), scaled so that it is the square at 0.

    Args:
        squares: Squares of errors.
        tolerance: Error between both.
    """
    return 2 * tolerance**2 * (tf.sqrt(1 + squares / tolerance**2) - 1)
