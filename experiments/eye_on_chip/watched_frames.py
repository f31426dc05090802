"""Frames of events from a scene that is drawn by chance."""

import numpy as np

from spikearm.arm_models import Arm
from spikearm.arm_models.rendering.scene import Scene
from spikearm.arm_models.rendering.scene_config import SceneConfig
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.watched_scenes import WatchConfig, watch_scenes

N_FRAMES = 60  # that are watched; more would tell little else


def watched_frames(
    arm: Arm, weights: EyeWeights, seed: int, n_frames: int = N_FRAMES, n_scenes: int = 1
) -> np.ndarray:
    """Watch scenes with a target by two event cameras.

    Args:
        arm: Arm in the scenes, which is moved.
        weights: Eye that the frames are for.
        seed: Seed of the scenes.
        n_frames: Frames of each scene.
        n_scenes: Number of scenes.

    Returns:
        Flags of events, shape (n_scenes * n_frames, n_cameras, size, size, 2).

    Raises:
        SpikearmError: No renderer works on this machine.
    """
    config = WatchConfig(n_steps=n_frames, period=weights.dynamics.period, empty=0.0)
    with Scene(arm, SceneConfig(size=weights.size)) as scene:
        watched = watch_scenes(arm, scene, n_scenes, seed, config)
        return np.concatenate([one.events for one in watched])
