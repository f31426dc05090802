"""Loss of an eye on the chip: its readings in integers, beside those in floating point."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Arm
from spikearm.arm_models.rendering.scene import Scene
from spikearm.arm_models.rendering.scene_config import SceneConfig
from spikearm.experiments.eye_on_chip.chip_run import see_on_chip
from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.heat_reading import HeatReader
from spikearm.perception.eye.scene_set import LEAST_VISIBLE
from spikearm.perception.sight.stereo_sight import TARGET
from spikearm.perception.watched_scenes import WatchConfig, WatchedScene, watch_scenes


@dataclass(frozen=True)
class IntegerLoss:
    """Readings of the target at the end of scenes, by one camera each.

    Attributes:
        floating: Distance of the reading in floating point from the target, shape (n,) [pixels].
        integer: Distance of the reading in integers from the target, shape (n,) [pixels].
        apart: Distance between the two readings, shape (n,) [pixels].
        spikes_differing: Heat spikes that are in one of the two alone, as a share of those in
            floating point [1].
        overflow_counts: Steps in which a number of the chip was cut or overflowed, by kind.
    """

    floating: np.ndarray
    integer: np.ndarray
    apart: np.ndarray
    spikes_differing: float
    overflow_counts: Counter[str]

    @property
    def loss(self) -> float:
        """Median distance in integers less that in floating point [pixels]."""
        return float(np.median(self.integer) - np.median(self.floating))

    def __str__(self) -> str:
        medians = (np.median(one) for one in (self.floating, self.integer, self.apart))
        floating, integer, apart = medians
        return (
            f"{len(self.apart)} readings, median {floating:.2f} pixels from the target in floating "
            f"point and {integer:.2f} in integers: a loss of {self.loss:.2f}. Readings are "
            f"{apart:.2f} apart (median; mean {self.apart.mean():.2f}). Of heat spikes, "
            f"{self.spikes_differing:.1%} differ. Overflows: "
            f"{dict(self.overflow_counts) or 'none'}."
        )


def measure_loss(arm: Arm, weights: EyeWeights, n_scenes: int, seed: int) -> IntegerLoss:
    """Watch scenes with a target, one after the other without a rest between.

    Args:
        arm: Arm in the scenes, which is moved.
        weights: Weights of the eye.
        n_scenes: Number of scenes.
        seed: Seed of the scenes.

    Raises:
        SpikearmError: No renderer works on this machine.
    """
    config = WatchConfig(period=weights.dynamics.period, empty=0.0)
    with Scene(arm, SceneConfig(size=weights.size)) as scene:
        watched = list(watch_scenes(arm, scene, n_scenes, seed, config))
    distances, differing, spikes = [], 0, 0
    overflow_counts: Counter[str] = Counter()
    for camera in range(watched[0].events.shape[1]):
        frames = np.concatenate([one.events[:, camera] for one in watched])
        eye, run = Eye(weights), see_on_chip(weights, frames)
        heat = np.array([eye.see(frame) for frame in frames])
        overflow_counts.update(run.overflow_counts)
        differing += np.count_nonzero(heat != run.heat)
        spikes += np.count_nonzero(heat)
        readings = [_last_readings(weights, one, config.n_steps) for one in (heat, run.heat)]
        distances.append(_distances(watched, camera, *readings))
    floating, integer, apart = np.concatenate(distances, axis=1)
    return IntegerLoss(floating, integer, apart, differing / max(1, spikes), overflow_counts)


def _last_readings(weights: EyeWeights, heat: np.ndarray, n_frames: int) -> np.ndarray:
    """Read the target at the end of each scene, shape (n_scenes, 2) [pixels]."""
    reader = HeatReader(weights)
    pixels = np.array([reader.read(frame)[TARGET].pixel for frame in heat])
    return pixels[n_frames - 1 :: n_frames]


def _distances(
    watched: list[WatchedScene], camera: int, floating: np.ndarray, integer: np.ndarray
) -> np.ndarray:
    """Compute distances of both readings from the target, and between them, shape (3, n)."""
    seen = np.array([one.visible[camera] >= LEAST_VISIBLE for one in watched])
    target = np.array([one.pixels[-1, camera] for one in watched])
    apart = [floating - target, integer - target, integer - floating]
    return np.linalg.norm(apart, axis=-1)[:, seen]
