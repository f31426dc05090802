"""Event camera: pixels that report changes of light, each by itself."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_not_negative, check_positive

ON, OFF = 0, 1
"""Channels of events: brighter, darker."""

DARK = 12.0  # grey levels that are added to every pixel's: the photoreceptor's dark current


@dataclass(frozen=True)
class EventCameraConfig:
    """Properties of an event camera's pixels (Lichtsteiner, Posch and Delbruck 2008).

    Attributes:
        threshold: Change of the logarithm of luminance that makes an event [1].
        mismatch: Standard deviation of the threshold between pixels [1].
        noise: Rate of events that nothing causes, of every pixel [1/s].
        refractory: Time after an event in which the pixel makes no other [s].
    """

    threshold: float = 0.18
    mismatch: float = 0.03
    noise: float = 0.5
    refractory: float = 0.001

    def __post_init__(self) -> None:
        check_positive(self, "threshold")
        check_not_negative(self, "mismatch", "noise", "refractory")


class EventCamera:
    """Event camera whose pixels see a sequence of pictures.

    A pixel keeps the logarithm of the luminance at its last event. Where the present one is a
    threshold or more above, it makes an ON event, where it is as much below, an OFF event, and
    moves what it keeps by one threshold; at most one event in a picture. A pixel that is
    refractory keeps what it has.

    Args:
        shape: Rows and columns of pixels.
        rng: Generator that draws thresholds and noise.
        config: Properties of the pixels.

    Attributes:
        thresholds: Threshold of each pixel, shape (height, width) [1].
    """

    def __init__(
        self, shape: tuple[int, int], rng: np.random.Generator,
        config: EventCameraConfig = EventCameraConfig(),
    ) -> None:  # fmt: skip
        self._rng, self._config = rng, config
        drawn = rng.normal(config.threshold, config.mismatch, size=shape)
        self.thresholds = np.maximum(drawn, 0.2 * config.threshold)  # none fires at everything
        self._kept: np.ndarray | None = None
        self._wait = np.zeros(shape)

    def restart(self) -> None:
        """Forget what was seen: the next picture makes no events but noise."""
        self._kept = None
        self._wait[:] = 0.0

    def see(self, luminance: np.ndarray, period: float) -> np.ndarray:
        """Look at the next picture.

        Args:
            luminance: Luminance of each pixel, 0 to 255, shape (height, width).
            period: Time since the picture before [s].

        Returns:
            Flags of events, shape (height, width, 2), in the channels :data:`ON` and :data:`OFF`.

        Raises:
            SpikearmError: The picture has another shape.
        """
        if np.shape(luminance) != self.thresholds.shape:
            raise SpikearmError(
                f"A picture of shape {np.shape(luminance)} does not fit an event camera of "
                f"{self.thresholds.shape} pixels."
            )
        light = np.log(np.asarray(luminance, dtype=float) + DARK)
        if self._kept is None:
            self._kept = light.copy()
        self._wait -= period
        ready = self._wait < 0.5 * period
        change = light - self._kept
        events = np.stack([change >= self.thresholds, change <= -self.thresholds], axis=-1)
        events &= ready[..., None]
        moved = np.where(events[..., ON], self.thresholds, 0.0)
        self._kept += np.where(events[..., OFF], -self.thresholds, moved)
        events |= self._spurious(period) & (ready & ~events.any(axis=-1))[..., None]
        self._wait[events.any(axis=-1)] = self._config.refractory
        return events

    def _spurious(self, period: float) -> np.ndarray:
        """Draw the events that nothing causes, ON or OFF."""
        shape = self.thresholds.shape
        drawn = self._rng.random(shape) < -np.expm1(-self._config.noise * period)
        polarity = self._rng.integers(2, size=shape)
        return drawn[..., None] & (polarity[..., None] == [ON, OFF])
