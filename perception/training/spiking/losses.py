"""Losses of a readout's outputs over time."""

from collections.abc import Callable

from spikearm.perception.training.tensorflow_compat import tf

Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""Function of outputs, shape (n_steps, n_trials, n_outputs), and of what they should be."""


def largest_cross_entropy(outputs: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Compute the cross-entropy of each output's largest value over time.

    Args:
        outputs: Outputs, shape (n_steps, n_trials, n_classes).
        labels: Classes, shape (n_trials,).
    """
    logits = tf.reduce_max(outputs, 0)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))


def late_square_error(outputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Compute the mean squared error of the outputs' mean in the second half of a trial.

    Args:
        outputs: Outputs, shape (n_steps, n_trials, n_outputs).
        targets: Wanted outputs, shape (n_trials, n_outputs).
    """
    return tf.reduce_mean(tf.square(late_mean(outputs) - targets))


def late_mean(outputs: tf.Tensor) -> tf.Tensor:
    """Compute the outputs' mean in the second half of a trial, shape (n_trials, n_outputs)."""
    return tf.reduce_mean(outputs[tf.shape(outputs)[0] // 2 :], 0)
