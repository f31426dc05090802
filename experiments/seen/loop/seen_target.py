"""Target that is only known from what cameras see."""

import logging
from collections.abc import Callable

import numpy as np

from spikearm.arm_models import ArmState, Pose
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.target import Target
from spikearm.controller.references.tracked_target import TrackedTarget, TrackingConfig
from spikearm.experiments.seen.loop.lookout import Look
from spikearm.experiments.seen.sight.sights import Sight
from spikearm.perception.sight.stereo_sight import Sighting

logger = logging.getLogger(__name__)

PATIENCE = 2.0  # s without sight of the target after which the arm is stopped
TRACKING = TrackingConfig(velocity_tau=0.1)
ADVICE = " Check cameras and light, or what stands in their way."


class SeenTarget(Target):
    """Target that is only known from what cameras see.

    Asked for a reference, it gives each new look to sight, and follows what sight makes of it with
    bounded speed and acceleration. Without sight, the hand stays where it is until the target is
    first seen, and later goes to where the target was last expected; after a while, the arm is
    stopped.

    Args:
        take: Function that takes the latest look, or None.
        sight: Sight of the target.
        hand: Pose of the hand at the beginning, whose orientation is kept.
        safety: Safety layer of the arm.
        patience: Time without sight after which the arm is stopped [s].
        tracking: Bounds of the reference.

    Attributes:
        sightings: What sight made of each look.
    """

    def __init__(
        self, take: Callable[[], Look | None], sight: Sight, hand: Pose, safety: Safety,
        patience: float = PATIENCE, tracking: TrackingConfig = TRACKING,
    ) -> None:  # fmt: skip
        self.sightings: list[Sighting] = []
        self._take, self._sight, self._hand = take, sight, hand
        self._safety, self._patience = safety, patience
        self._lost = False
        self._reference = TrackedTarget(self._locate, tracking)

    def begin(self, times: np.ndarray) -> "SeenTarget":
        """Start the clock of a motion."""
        self._reference.begin(times)
        return self

    def at(self, time: float, state: ArmState) -> Reference:
        """Return the reference of a step.

        Raises:
            ArmStoppedError: The target was not seen for too long, and the arm was stopped.
        """
        look = self._take()
        if look is not None:
            sighting = self._sight.see(look.time, look.frames)
            self.sightings.append(sighting)
            self._heed(sighting)
        return self._reference.at(time, state)

    def _heed(self, sighting: Sighting) -> None:
        """Log when the target is lost or found, and stop the arm when it is lost for too long."""
        if sighting.lost != self._lost and sighting.position is not None:
            self._lost = sighting.lost
            what = "lost, and its last place is held" if sighting.lost else "seen again"
            logger.info("The target is %s, at %.3f s.", what, sighting.time)
        if min(sighting.unseen, sighting.time) > self._patience:
            self._safety.stop(f"The target was not seen for {self._patience:g} s", ADVICE)

    def _locate(self, time: float, state: ArmState) -> Pose:
        position = self._sight.position(time)
        return self._hand if position is None else Pose(position, self._hand.quaternion)
