"""Changes of what cameras see: flashes, things in the way, pixels and lenses that fail."""

from dataclasses import replace

import numpy as np

from spikearm.arm_models.rendering.arrangement import Arrangement, Distractor
from spikearm.arm_models.rendering.scene import Scene

FLASH_TIME, FLASH_PERIOD = 0.05, 0.5  # s
HIDDEN_FROM, HIDDEN_PERIOD = 0.4, 1.6  # s; the period is that of jumps
BOARD_PLACE = 0.4  # of the way from the target to the camera
BOARD_SIZE = 1.3  # times the ball's radius, half of its width
BOARD_GREY = 0.5
BLACK_FROM = 0.8  # s


class SightChange:
    """Change of what cameras see; this one changes nothing."""

    def arranged(self, time: float, arrangement: Arrangement, scene: Scene) -> Arrangement:
        """Change the scene at a time [s]."""
        return arrangement

    def framed(self, time: float, frames: np.ndarray) -> np.ndarray:
        """Change the frames of all cameras at a time [s]."""
        return frames


class Flashes(SightChange):
    """Flashes of all light.

    Args:
        factor: Brightness in a flash, a multiple of that between flashes.
    """

    def __init__(self, factor: float) -> None:
        self._factor = factor

    def arranged(self, time: float, arrangement: Arrangement, scene: Scene) -> Arrangement:
        """Return the scene, brighter in a flash."""
        if (time + FLASH_TIME) % FLASH_PERIOD >= FLASH_TIME:
            return arrangement
        return replace(arrangement, light=self._factor * arrangement.light)


class Board(SightChange):
    """Board that hides the target from the first camera, a while after each jump.

    Args:
        duration: Time for which it is there [s].
    """

    def __init__(self, duration: float) -> None:
        self._duration = duration

    def arranged(self, time: float, arrangement: Arrangement, scene: Scene) -> Arrangement:
        """Return the scene with the board in it, at its times."""
        since = time % HIDDEN_PERIOD - HIDDEN_FROM
        if arrangement.target is None or not 0 <= since < self._duration:
            return arrangement
        place = arrangement.target + BOARD_PLACE * (scene.cameras[0].position - arrangement.target)
        board = Distractor(place, BOARD_SIZE * scene.config.ball_radius, BOARD_GREY, box=False)
        return replace(arrangement, distractors=(*arrangement.distractors, board))


class DeadPixels(SightChange):
    """Pixels that never make an event.

    Args:
        share: Share of all pixels [1].
        rng: Generator that draws which.
    """

    def __init__(self, share: float, rng: np.random.Generator) -> None:
        self._share, self._rng = share, rng
        self._alive: np.ndarray | None = None

    def framed(self, time: float, frames: np.ndarray) -> np.ndarray:
        """Return the frames without these pixels."""
        if self._alive is None:
            self._alive = self._rng.random(frames.shape[:3]) >= self._share
        return frames * self._alive[..., None]


class BlackLens(SightChange):
    """Lens of the first camera that is covered in mid-run.

    Args:
        duration: Time for which it is [s].
    """

    def __init__(self, duration: float) -> None:
        self._duration = duration

    def framed(self, time: float, frames: np.ndarray) -> np.ndarray:
        """Return the frames, empty where the lens is covered."""
        if not BLACK_FROM <= time < BLACK_FROM + self._duration:
            return frames
        frames = frames.copy()
        frames[0] = 0
        return frames


class EventNoise(SightChange):
    """Events that nothing causes, of every pixel.

    Args:
        rate: Rate of these events [1/s].
        period: Time between two looks [s].
        rng: Generator that draws them.
    """

    def __init__(self, rate: float, period: float, rng: np.random.Generator) -> None:
        self._share, self._rng = -np.expm1(-rate * period), rng

    def framed(self, time: float, frames: np.ndarray) -> np.ndarray:
        """Return the frames with more events, half of them ON."""
        drawn = self._rng.random(frames.shape[:3]) < self._share
        on = self._rng.random(frames.shape[:3]) < 0.5
        return frames | np.stack([drawn & on, drawn & ~on], axis=-1)
