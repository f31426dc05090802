"""Network of rectified linear units that sees single frames: a control of the eye."""

from collections.abc import Callable

import numpy as np

from spikearm.perception.eye.eye_shape import EyeShape
from spikearm.perception.eye.eye_training_config import EyeTrainingConfig
from spikearm.perception.eye.first_kernels import FirstKernels
from spikearm.perception.eye.heat_reading import mean_pixel
from spikearm.perception.eye.scene_set import SceneSet
from spikearm.perception.training.eye.heat_targets import heat_targets
from spikearm.perception.training.tensorflow_compat import tf

BATCH_OF_LOOKS = 100


def fit_frame_network(
    images: np.ndarray,
    scenes: SceneSet,
    first: FirstKernels,
    shape: EyeShape,
    config: EyeTrainingConfig,
    seed: int,
) -> Callable[[np.ndarray], np.ndarray]:
    """Train convolutions of an eye's shape by backpropagation to say where the target is.

    Args:
        images: Image of each view, shape (n_views, height, width, n_channels).
        scenes: Scenes that the views are of.
        first: Size of the first layer, which learns like the others.
        shape: Layers behind it.
        config: Number of updates, views between them, and step size.
        seed: Seed of everything.

    Returns:
        Function from images to the target's pixels, shape (n_images, 2).
    """
    rng = np.random.default_rng(seed)
    network = _build(images.shape, first, shape, seed)
    absence = tf.Variable(tf.zeros(()))
    stride = first.kernel_stride * int(np.prod(shape.strides))
    wanted = heat_targets(scenes.places("target")[:, -1], scenes.in_sight, scenes.size, stride)
    variables = [*network.trainable_variables, absence]
    optimizer = tf.keras.optimizers.Adam(config.learning_rate)
    optimizer.build(variables)

    def odds(given: tf.Tensor) -> tf.Tensor:
        heat = tf.reshape(network(given), (tf.shape(given)[0], -1))
        return tf.concat([heat, tf.fill((tf.shape(given)[0], 1), absence)], -1)

    @tf.function
    def update(given: tf.Tensor, expected: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            each = tf.nn.softmax_cross_entropy_with_logits(expected, odds(given))
            loss = tf.reduce_mean(each)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))

    for number in range(config.updates):
        optimizer.learning_rate.assign(config.step_size(number))
        some = rng.integers(len(images), size=config.batch_size)
        update(tf.constant(images[some]), tf.constant(wanted[some]))

    def find(given: np.ndarray) -> np.ndarray:
        firsts = range(0, len(given), BATCH_OF_LOOKS)
        batches = [tf.constant(given[first : first + BATCH_OF_LOOKS]) for first in firsts]
        heats = np.concatenate([tf.nn.softmax(odds(batch)).numpy()[:, :-1] for batch in batches])
        side = -(-scenes.size // stride)
        return np.array([mean_pixel(heat, stride) for heat in heats.reshape(-1, side, side)])

    return find


def _build(
    images: tuple[int, ...], first: FirstKernels, shape: EyeShape, seed: int
) -> tf.keras.Sequential:
    """Build the network with Kaiming's initial weights."""
    behind = zip(shape.channels, shape.strides, strict=True)
    sizes = [
        (first.n_kernels, first.kernel_side, first.kernel_stride),
        *((n, shape.side, stride) for n, stride in behind),
        (1, shape.heat_side, 1),
    ]
    layers = [
        tf.keras.layers.Conv2D(
            n, side, stride, "same", activation="relu" if number < len(sizes) - 1 else None,
            kernel_initializer=tf.keras.initializers.HeNormal(seed + number),
        )
        for number, (n, side, stride) in enumerate(sizes)
    ]  # fmt: skip
    network = tf.keras.Sequential(layers)
    network.build((None, *images[1:]))
    return network
