"""Picture and film of held-out scenes, as an eye sees them."""

from collections.abc import Iterator
from pathlib import Path

import imageio.v2 as imageio
import numpy as np
from PIL import Image

from spikearm.arm_models import Arm
from spikearm.arm_models.rendering.scene import Scene
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.seen.accuracy.accuracy import watch_held_out
from spikearm.experiments.seen.pictures.panel import SEEN, TRUE, Mark, draw_panel, with_caption
from spikearm.experiments.seen.sight.sights import find_sight
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.sight.agreement import Agreement
from spikearm.perception.sight.eye_finder import EyeFinder
from spikearm.perception.sight.stereo_sight import TARGET

FRAME_RATE = 25  # frames per second of film, each of which is a look: ten times as slow as it was
IN_A_ROW = 2
LEGEND = "green cross: the target; red: seen. Below: events, and the heat map"


def write_scene_pictures(
    arm: Arm, weights: EyeWeights, seed: int, scenes: int, picture: Path, film: Path
) -> None:
    """Draw the last look of each scene into one picture, and all looks into a film.

    Args:
        arm: Arm in the scenes.
        weights: Weights of the eye.
        seed: Seed of the scenes.
        scenes: Number of scenes.
        picture: The .png file.
        film: The .mp4 file.

    Raises:
        SpikearmError: A file cannot be written, or this machine cannot render.
    """
    last = []
    with (
        Scene(arm, find_sight("eye").scene_config(weights)) as scene,
        atomic_file(film, keep_on_interrupt=True) as draft,
        imageio.get_writer(draft, fps=FRAME_RATE, codec="libx264", pixelformat="yuv420p") as writer,
    ):
        for number in range(scenes):
            panel = None
            for panel in scene_panels(arm, scene, weights, seed, number):
                writer.append_data(panel)
            last.append(panel)
    rows = [np.hstack(last[start : start + IN_A_ROW]) for start in range(0, scenes, IN_A_ROW)]
    width = max(row.shape[1] for row in rows)
    filled = [np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)), constant_values=255)
              for row in rows]  # fmt: skip
    with atomic_file(picture) as draft:
        Image.fromarray(np.vstack(filled)).save(draft)


def scene_panels(
    arm: Arm, scene: Scene, weights: EyeWeights, seed: int, number: int
) -> Iterator[np.ndarray]:
    """Draw a panel for each look at a scene.

    Args:
        arm: Arm in the scene.
        scene: Scene to arrange.
        weights: Weights of the eye.
        seed: Seed of the scene.
        number: Its number.
    """
    watched = watch_held_out(arm, scene, seed, number)
    finder, size = EyeFinder(weights, len(scene.cameras)), scene.config.size
    agreement = Agreement(scene.cameras, scene.middle)
    for look, frames in enumerate(watched.events):
        candidates = finder.find(frames)
        point = agreement.point([one[TARGET] for one in candidates])
        marks = [[Mark(pixel / size, TRUE)] for pixel in watched.pixels[look]]
        if point is not None:
            for mine, camera in zip(marks, scene.cameras, strict=True):
                mine.append(Mark(camera.project(point.position) / size, SEEN))
        heats = [sight[TARGET].heat for sight in finder.sights]
        panel = draw_panel(watched.colour, frames, heats, marks)
        caption = f"scene {number}, {_described(point, watched.target[look])}"
        yield with_caption(panel, (caption, LEGEND))


def _described(point: object, target: np.ndarray) -> str:
    """Describe what was seen of a target."""
    position = getattr(point, "position", None)
    if np.isnan(target).any():
        return "no target" if position is None else "no target, and one seen"
    if position is None:
        return "target not seen"
    return f"seen {1e3 * np.linalg.norm(position - target):.0f} mm from where it is"
