"""Smooth random manifolds: classes that differ in spike times alone."""

from typing import NamedTuple

import numpy as np

SMALLEST_WEIGHT = 1e-3  # of a term of the series
MOST_TERMS = 1000


class Trials(NamedTuple):
    """Trials of a classification.

    Attributes:
        spikes: Ones and zeros, shape (n_steps, n_trials, n_units).
        labels: Classes, shape (n_trials,).
    """

    spikes: np.ndarray
    labels: np.ndarray

    def split(self, share: float) -> tuple["Trials", "Trials"]:
        """Split into a first part and the rest."""
        n_first = round(share * len(self.labels))
        return (
            Trials(self.spikes[:, :n_first], self.labels[:n_first]),
            Trials(self.spikes[:, n_first:], self.labels[n_first:]),
        )


def make_manifolds(
    rng: np.random.Generator,
    n_classes: int = 10,
    n_samples: int = 200,
    n_units: int = 40,
    n_steps: int = 50,
    smoothness: float = 1.0,
    used: float = 0.8,
) -> Trials:
    """Draw trials in which each unit fires once, at a time that is a point's on a smooth curve.

    Each class is a curve through the space of the units' times, given by random Fourier series
    with amplitudes that fall as ``k^-smoothness`` (Zenke and Vogels 2021). All units fire equally
    often in all trials, so that rates hold no information.

    Args:
        rng: Random numbers.
        n_classes: Number of curves.
        n_samples: Number of trials of each.
        n_units: Number of units.
        n_steps: Number of steps of a trial.
        smoothness: Exponent ``alpha`` of the amplitudes.
        used: Share of the steps, from the first on, in which units fire.

    Returns:
        Trials in random order.
    """
    times = np.concatenate(
        [_curve(rng, n_samples, n_units, smoothness) for _ in range(n_classes)]
    )  # (n_trials, n_units), 0 to 1
    labels = np.repeat(np.arange(n_classes), n_samples)
    steps = np.minimum((used * n_steps * times).astype(int), n_steps - 1)
    order = rng.permutation(len(labels))
    spikes = np.arange(n_steps)[:, None, None] == steps[order]
    return Trials(spikes.astype(np.float32), labels[order])


def _curve(rng: np.random.Generator, n_samples: int, n_units: int, smoothness: float) -> np.ndarray:
    """Draw points of one curve, each unit's range scaled to 0 to 1, shape (n_samples, n_units)."""
    n_terms = min(int(np.ceil(SMALLEST_WEIGHT ** (-1 / smoothness))), MOST_TERMS)
    amplitude, frequency, phase = rng.random((3, n_units, n_terms))
    order = np.arange(n_terms)
    amplitude /= (order + 1.0) ** smoothness
    amplitude[:, 0] = 0.0  # a constant
    place = rng.random(n_samples)
    values = np.stack(
        [
            np.sin(2 * np.pi * (np.outer(place, order * f) + p)) @ a
            for a, f, p in zip(amplitude, frequency, phase, strict=True)
        ],
        axis=1,
    )
    values -= values.min(axis=0)
    return values / values.max(axis=0)
