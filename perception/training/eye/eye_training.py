"""Training of an eye's layers through their spikes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from spikearm.perception.eye.eye_training_config import N_UPDATES, EyeTrainingConfig, State
from spikearm.perception.eye.eye_weights import MAPS
from spikearm.perception.eye.scene_set import SceneSet
from spikearm.perception.training.eye.first_spikes import FirstSpikes
from spikearm.perception.training.eye.heat_targets import heat_targets
from spikearm.perception.training.eye.learning_eye import LearningEye
from spikearm.perception.training.spiking.rate_band import Bound, RateBand
from spikearm.perception.training.tensorflow_compat import tf

MAP_WEIGHTS = (1.0, 0.5)  # of MAPS in the loss
LARGEST_GRADIENT = 1.0
HOMEOSTASIS = RateBand(Bound(0.24, 0.9, "channel"), Bound(1.9, 0.035, "population"))
"""Band of spike counts in the frames of a scene: no channel is silent, no layer fires often."""


@dataclass(frozen=True)
class EyeTrainer:
    """Trainer of a network that sees scenes.

    Attributes:
        network: Network, whose weights are changed in place.
        scenes: Scenes to learn from.
        spikes: Spikes of the first layer in them.
        config: Choices.
        seed: Seed of the order of the views.
    """

    network: LearningEye
    scenes: SceneSet
    spikes: FirstSpikes
    config: EyeTrainingConfig
    seed: int = 0

    def train(
        self,
        state: Mapping[str, np.ndarray] | None = None,
        keep: Callable[[Callable[[], State], int], None] = lambda read, n_updates: None,
    ) -> list[float]:
        """Train; the same each time on the same machine.

        Args:
            state: State of an earlier call that ended early, to go on from.
            keep: Callback after every update, which is given a function that reads the state, and
                the number of updates.

        Returns:
            Cross-entropy of each update.
        """
        config, variables = self.config, self.network.variables
        optimizer = tf.keras.optimizers.Adam(config.learning_rate)
        optimizer.build(variables)
        everything = [*variables, *optimizer.variables]
        done = 0 if state is None else int(state[N_UPDATES])
        if state is not None:
            for number, variable in enumerate(everything):
                variable.assign(state[f"variable_{number}"])
        update = self._update_of(optimizer)
        losses = []
        for number in range(done, config.updates):
            optimizer.learning_rate.assign(config.step_size(number))
            losses.append(float(update(*self._batch(number))))
            keep(lambda: _state(everything, number + 1), number + 1)  # noqa: B023
        return losses

    def _batch(self, number: int) -> tuple[tf.Tensor, tf.Tensor]:
        """Draw spikes and wanted heat maps, shape (n_steps, n_views, n_maps, n_places + 1)."""
        config = self.config
        rng = np.random.default_rng((self.seed, number))
        views = rng.integers(len(self.spikes), size=config.batch_size)
        spikes = self.spikes.take(views, config.n_steps)
        wanted = np.stack([self._wanted(name, views) for name in MAPS], axis=2).swapaxes(0, 1)
        return tf.constant(spikes), tf.constant(wanted)

    def _wanted(self, name: str, views: np.ndarray) -> np.ndarray:
        pixels = self.scenes.places(name)[views, -self.config.n_steps :]
        seen = self.scenes.in_sight[views] if name == "target" else np.ones(len(views), bool)
        size = self.scenes.size
        return heat_targets(pixels, seen[:, None], size, self.network.stride)

    def _update_of(self, optimizer: tf.keras.optimizers.Optimizer) -> Callable:
        network, config, variables = self.network, self.config, self.network.variables
        weights = tf.constant(MAP_WEIGHTS)

        @tf.function
        def update(spikes: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                odds, fired = network(spikes)
                late, expected = odds[config.warm_up :], wanted[config.warm_up :]
                each = tf.nn.softmax_cross_entropy_with_logits(expected, late)
                loss = total = tf.reduce_sum(weights * tf.reduce_mean(each, (0, 1)))
                if config.homeostasis:
                    total += HOMEOSTASIS.loss(fired)
            gradients, _ = tf.clip_by_global_norm(tape.gradient(total, variables), LARGEST_GRADIENT)
            optimizer.apply_gradients(zip(gradients, variables, strict=True))
            return loss

        return update


def _state(variables: list[tf.Variable], n_updates: int) -> State:
    """Read everything that a training changes."""
    named = {f"variable_{number}": one.numpy() for number, one in enumerate(variables)}
    return named | {N_UPDATES: np.array(n_updates)}
