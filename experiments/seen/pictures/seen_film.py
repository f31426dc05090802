"""Film of an arm that reaches for what it sees."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio.v2 as imageio
import numpy as np

from spikearm.arm_models import Arm, Pose
from spikearm.arm_models.rendering.camera import Camera
from spikearm.arm_models.rendering.scene import Scene
from spikearm.arm_models.rendering.scene_config import SceneConfig
from spikearm.experiments.eye_on_chip.lone_eyes import LoneEyes
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.seen.course.layout import Layout, with_target
from spikearm.experiments.seen.loop.lookout import LOOK_PERIOD
from spikearm.experiments.seen.loop.seen_log import SeenLog
from spikearm.experiments.seen.pictures.panel import (
    PANE,
    SEEN,
    TRUE,
    Mark,
    draw_panel,
    with_caption,
)
from spikearm.perception.sight.eye_finder import EyeFinder
from spikearm.perception.sight.stereo_sight import TARGET

FRAME_RATE = 30  # frames per second of simulated time
LEGEND = "green cross: the target; red: where it is expected. Below: events, and the heat map"


@dataclass(frozen=True)
class SeenFilm:
    """Film of a run whose frames were kept.

    The run is replayed: the arm goes through its joint positions, and new eyes look at the same
    events.

    Attributes:
        arm: Arm that made the run; it is left where the run ended.
        layout: Course of the target, and what else was in the scene.
        log: Log with all frames.
        finder: Eyes of the kind that the run had, at rest.
        label: Name of the controller.
    """

    arm: Arm
    layout: Layout
    log: SeenLog
    finder: EyeFinder | LoneEyes
    label: str

    def write(self, path: Path, tick: Callable[[], None] = lambda: None) -> None:
        """Write the film in H.264.

        Args:
            path: The .mp4 file; it appears whole or not at all, but Ctrl-C keeps what is filmed.
            tick: Function called after every frame, for a progress bar.

        Raises:
            SpikearmError: The file cannot be written, or this machine cannot render.
        """
        config = SceneConfig(size=PANE, supersampling=1)
        with (
            atomic_file(path, keep_on_interrupt=True) as draft,
            Camera(self.arm, 2 * PANE, 2 * PANE) as outside,
            Scene(self.arm, config) as scene,
            imageio.get_writer(
                draft, fps=FRAME_RATE, codec="libx264", pixelformat="yuv420p"
            ) as film,
        ):
            for frame in self.frames(outside, scene):
                film.append_data(frame)
                tick()

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self._looks())

    def frames(self, outside: Camera, scene: Scene) -> Iterator[np.ndarray]:
        """Draw the frames.

        Args:
            outside: Camera on the arm.
            scene: Scene whose cameras draw what the eyes' cameras look at.
        """
        log, shown = self.log, 0
        assert log.frames is not None
        self.finder.restart()
        for look in self._looks():
            since = log.frames[shown : look + 1]
            for frames in since:
                self.finder.find(frames)
            shown = look + 1
            heats = [sight[TARGET].heat for sight in self.finder.sights]
            home = self.arm.reset(log.q[look]).hand.quaternion
            self.arm.place_marker("target", Pose(log.target[look], home))
            if not np.isnan(log.estimate[look]).any():
                self.arm.place_marker("reference", Pose(log.estimate[look], home))
            scene.arrange(with_target(self.layout.surroundings, log.target[look]))
            points = ((log.target[look], TRUE), (log.estimate[look], SEEN))
            marks = [
                [Mark(camera.project(point) / PANE, color) for point, color in points]
                for camera in scene.cameras
            ]
            panel = draw_panel(scene.look_in_colour(), np.asarray(since.any(axis=0)), heats, marks)
            yield with_caption(np.hstack([outside.render(), panel]), (self._caption(look), LEGEND))

    def _looks(self) -> np.ndarray:
        """Find the look of each frame."""
        n_looks = len(self.log.time)
        n_frames = max(1, int(n_looks * LOOK_PERIOD * FRAME_RATE))
        return np.rint(np.linspace(0, n_looks - 1, n_frames)).astype(int)

    def _caption(self, look: int) -> str:
        hand, seen = (
            1e3 * np.linalg.norm(one[look] - self.log.target[look])
            for one in (self.log.hand, self.log.estimate)
        )
        seen = "not seen yet" if np.isnan(seen) else f"seen {seen:.0f} mm from where it is"
        lost = ", lost" if self.log.lost[look] else ""
        return (
            f"{self.label}, {self.log.time[look]:.2f} s: hand {hand:.0f} mm from the target, "
            f"which is {seen}{lost}"
        )
