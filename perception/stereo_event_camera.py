"""Event cameras that watch a scene, and tremble so that what stands still is seen, too."""

import math
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.errors import check_not_negative, check_positive
from spikearm.arm_models.rendering.scene import Scene
from spikearm.perception.event_camera import EventCamera, EventCameraConfig


@dataclass(frozen=True)
class Microsaccade:
    """Small circle on which a camera looks around all the time.

    An event camera at rest sees nothing of a scene at rest.

    Attributes:
        radius: Radius of the circle [pixels].
        period: Time of a turn [s].
    """

    radius: float = 0.9
    period: float = 0.024

    def __post_init__(self) -> None:
        check_not_negative(self, "radius")
        check_positive(self, "period")

    def turn(self, time: float, pixel: float) -> tuple[float, float]:
        """Compute the angles to the right and upwards at a time [rad].

        Args:
            time: Time [s].
            pixel: Angle that a pixel in the middle of the picture covers [rad].
        """
        phase = 2 * math.pi * time / self.period
        angle = self.radius * pixel
        return angle * math.cos(phase), angle * math.sin(phase)


class StereoEventCamera:
    """Event cameras in the places of a scene's cameras.

    Args:
        scene: Scene that they watch.
        rng: Generator that draws thresholds and noise.
        config: Properties of the pixels.
        saccade: Circle on which all of them look around.
    """

    def __init__(
        self, scene: Scene, rng: np.random.Generator,
        config: EventCameraConfig = EventCameraConfig(), saccade: Microsaccade = Microsaccade(),
    ) -> None:  # fmt: skip
        self._scene, self._saccade = scene, saccade
        self._pixel = 1.0 / scene.cameras[0].focal_length
        shape = (scene.config.size, scene.config.size)
        self._eyes = [EventCamera(shape, rng, config) for _ in scene.cameras]

    def restart(self) -> None:
        """Forget what was seen."""
        for eye in self._eyes:
            eye.restart()

    def see(self, time: float, period: float) -> np.ndarray:
        """Look at the scene as it is now.

        Args:
            time: Time, by which the cameras tremble [s].
            period: Time since the last look [s].

        Returns:
            Flags of events, shape (n_cameras, height, width, 2), ON and OFF.
        """
        pictures = self._scene.look(self._saccade.turn(time, self._pixel))
        pairs = zip(self._eyes, pictures, strict=True)
        return np.array([eye.see(picture, period) for eye, picture in pairs])
