"""Sight of several cameras: finder, agreement and tracker, one after the other."""

from collections.abc import Sequence
from time import perf_counter
from typing import NamedTuple

import numpy as np

from spikearm.arm_models.rendering.pinhole import PinholeCamera
from spikearm.perception.eye.eye_weights import MAPS
from spikearm.perception.sight.agreement import AgreedPoint, Agreement, AgreementConfig
from spikearm.perception.sight.finder import Finder
from spikearm.perception.tracker import Tracker, TrackerConfig

TARGET = "target"


class SightTimes(NamedTuple):
    """Wall time of each part of sight in one look.

    Attributes:
        find: Time of the finder: of eyes, the network and the reading of its heat neurons [s].
        agree: Time to choose candidates whose rays meet [s].
        track: Time of the tracker [s].
    """

    find: float
    agree: float
    track: float


class Sighting(NamedTuple):
    """Knowledge of the target after a look.

    Attributes:
        time: Time of the look [s].
        points: Point of each thing that this look alone tells, by its name; None where the cameras
            agree on none.
        believed: True if the tracker believed the target's point.
        position: Position at which the target is expected, shape (3,) [m]; None before it was first
            seen.
        unseen: Time since a point was last believed [s]; infinite before the first.
        lost: True if that is too long, and the position is the last one known.
        times: Wall time of each part.
    """

    time: float
    points: dict[str, AgreedPoint | None]
    believed: bool
    position: np.ndarray | None
    unseen: float
    lost: bool
    times: SightTimes


class StereoSight:
    """Sight of several cameras: frames become a position of the target that lasts.

    Args:
        cameras: Cameras as they stand, at rest.
        middle: Middle of what is watched, shape (3,) [m].
        finder: Finder of things in frames.
        agreement: Bounds of what cameras may agree on.
        tracker: Expectations of the tracker.
    """

    def __init__(
        self, cameras: Sequence[PinholeCamera], middle: np.ndarray, finder: Finder,
        agreement: AgreementConfig = AgreementConfig(), tracker: TrackerConfig = TrackerConfig(),
    ) -> None:  # fmt: skip
        self.finder = finder
        self._middle, self._reach = middle, agreement.reach
        self._agreement = Agreement(cameras, middle, agreement)
        self._tracker = Tracker(tracker)

    def see(self, time: float, frames: np.ndarray) -> Sighting:
        """Take the frames of a look.

        Args:
            time: Time of the look, not before the last one [s].
            frames: Frame of each camera, as the finder takes them, shape (n_cameras, ...).
        """
        began = perf_counter()
        candidates = self.finder.find(frames)
        found = perf_counter()
        points = {
            name: self._agreement.point([one.get(name, ()) for one in candidates]) for name in MAPS
        }
        agreed = perf_counter()
        point = points[TARGET]
        believed = self._tracker.update(time, None if point is None else point.position)
        position = self.position(time)
        times = SightTimes(found - began, agreed - found, perf_counter() - agreed)
        unseen, lost = self._tracker.unseen(time), self._tracker.lost(time)
        return Sighting(time, points, believed, position, unseen, lost, times)

    def position(self, time: float) -> np.ndarray | None:
        """Return where the target is expected; None before it was first seen.

        A target that is expected beyond what is watched is taken for one at its border.

        Args:
            time: Time, not before the last look [s].

        Returns:
            Position, shape (3,) [m].
        """
        position = self._tracker.position(time)
        if position is None:
            return None
        away = position - self._middle
        return self._middle + away * min(1.0, self._reach / max(float(np.linalg.norm(away)), 1e-9))
