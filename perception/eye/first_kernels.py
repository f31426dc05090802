"""Kernels of an eye's first layer, which are learned without labels."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.cluster.vq import kmeans2

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_counts, check_positive
from spikearm.neural.softhebb.softhebb import SoftHebb
from spikearm.neural.softhebb.unit_norm import unit_norm
from spikearm.perception.eye.eye_weights import EyeDynamics, EyeLayer
from spikearm.perception.eye.pulsed_layer import run_layer
from spikearm.perception.eye.scene_set import SceneSet

Kind = Literal["softhebb", "random", "kmeans"]

MOST = 10**6
LEAST_EVENTS = 4  # pixels of a patch that must have seen something
RECENT = 0.1  # trace of a pixel that saw something, in events
N_VIEWS = 400  # views that patches are taken from
N_MEASURED = 80  # views that gains are found with
GAINS = (0.02, 5.0)
BISECTIONS = 10


@dataclass(frozen=True)
class FirstKernels:
    """Choices of the first layer.

    Attributes:
        kernels: Origin of the first kernels: ``softhebb``, or as controls ``random`` and
            ``kmeans``.
        n_kernels: Number of first kernels.
        kernel_side: Height and width of a first kernel [pixels].
        kernel_stride: Distance between two neurons of the first layer [pixels].
        kernel_rate: Spikes of a first neuron in a frame that each kernel's gain is chosen for.
        n_patches: Number of patches that kernels are learned from.
        beta: Inverse temperature of the competition between kernels.
        hebbian_rate: First learning rate of SoftHebb, which falls to zero.
    """

    kernels: Kind = "softhebb"
    n_kernels: int = 16
    kernel_side: int = 5
    kernel_stride: int = 2
    kernel_rate: float = 0.06
    n_patches: int = 8000
    beta: float = 12.0
    hebbian_rate: float = 0.03

    def __post_init__(self) -> None:
        check_counts(self, MOST, "n_kernels", "kernel_side", "kernel_stride", "n_patches")
        check_positive(self, "kernel_rate", "beta", "hebbian_rate")

    def learn(self, scenes: SceneSet, dynamics: EyeDynamics, rng: np.random.Generator) -> EyeLayer:
        """Learn kernels, and choose the gain of each.

        The mean of all kernels is taken off each, so that they tell patches apart.

        Args:
            scenes: Scenes to learn from; their labels are not looked at.
            dynamics: Time constants of the neurons.
            rng: Generator of patches and initial weights.
        """
        patches = unit_norm(self._draw_patches(scenes, dynamics, rng))
        directions = self._directions(patches, rng)
        directions = unit_norm(directions - directions.mean(axis=0))
        shaped = directions.reshape(self.n_kernels, self.kernel_side, self.kernel_side, 2)
        kernel = np.moveaxis(shaped, 0, -1).astype(np.float32)
        chosen = rng.choice(scenes.n_views, min(N_MEASURED, scenes.n_views), replace=False)
        layer = EyeLayer(kernel, self.kernel_stride)
        gains = find_gains(layer, scenes.views(chosen), dynamics, self.kernel_rate)
        return EyeLayer(kernel * gains, self.kernel_stride)

    def _directions(self, patches: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Find the direction of each kernel, shape (n_kernels, n_inputs)."""
        if self.kernels == "random":
            return unit_norm(rng.normal(size=(self.n_kernels, patches.shape[1])))
        if self.kernels == "kmeans":
            return unit_norm(kmeans2(patches, self.n_kernels, seed=rng, minit="++")[0])
        layer = SoftHebb(self.n_kernels, beta=self.beta, learning_rate=self.hebbian_rate)
        start = layer.initial_state(patches.shape[1], rng)
        return unit_norm(layer.learn(start, patches, rng, epochs=2, decay=True).weights)

    def _draw_patches(
        self, scenes: SceneSet, dynamics: EyeDynamics, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw patches of the events' traces that saw something, shape (n_patches, n_inputs).

        Raises:
            SpikearmError: Nearly nothing was seen.
        """
        chosen = rng.choice(scenes.n_views, min(N_VIEWS, scenes.n_views), replace=False)
        traces = scenes.traces(chosen, dynamics.decay)
        windows = np.lib.stride_tricks.sliding_window_view(
            traces, (self.kernel_side,) * 2, axis=(1, 2)
        )
        patches = np.moveaxis(windows, 3, -1)  # (n_views, rows, columns, side, side, 2)
        seen = np.argwhere((patches > RECENT).sum(axis=(-3, -2, -1)) >= LEAST_EVENTS)
        if len(seen) < self.n_patches:
            raise SpikearmError(
                f"There are {len(seen)} patches in which something happens, and kernels need "
                f"{self.n_patches}: give more scenes, or scenes that change."
            )
        places = seen[rng.choice(len(seen), self.n_patches, replace=False)]
        return patches[tuple(places.T)].reshape(self.n_patches, -1)


def find_gains(
    layer: EyeLayer, events: np.ndarray, dynamics: EyeDynamics, rate: float
) -> np.ndarray:
    """Find a gain of each kernel with which its neurons fire at a wanted rate.

    Args:
        layer: Layer of kernels.
        events: Events, shape (n_steps, n_views, height, width, 2).
        dynamics: Time constants of the neurons.
        rate: Spikes of a neuron in a frame.

    Returns:
        Gains, shape (n_kernels,), within :data:`GAINS`.
    """
    low, high = (np.full(layer.kernel.shape[-1], bound) for bound in GAINS)
    for _ in range(BISECTIONS):
        gains = np.sqrt(low * high)
        spikes = run_layer(EyeLayer(layer.kernel * gains, layer.stride), events, dynamics)
        too_few = spikes[len(spikes) // 3 :].mean(axis=(0, 1, 2, 3)) < rate
        low, high = np.where(too_few, gains, low), np.where(too_few, high, gains)
    return np.sqrt(low * high)
