"""Target that is only seen: what is followed, what a loss does, and when the arm is stopped."""

import logging
from collections.abc import Iterator

import numpy as np
import pytest
from at_any_speed import at_any_speed

from spikearm.arm_models import Arm, load_arm
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.safety.brakes import ArmStoppedError
from spikearm.experiments.seen.loop.lookout import Look
from spikearm.experiments.seen.loop.seen_target import SeenTarget
from spikearm.perception.sight.stereo_sight import Sighting, SightTimes

TIMES = SightTimes(0.0, 0.0, 0.0)


class FixedSight:
    """Sight that sees a place from one time to another."""

    def __init__(self, place: np.ndarray, since: float = 0.0, until: float = np.inf) -> None:
        self._place, self._since, self._until = place, since, until
        self._seen: float | None = None

    def see(self, time: float, frames: np.ndarray) -> Sighting:
        believed = self._since <= time < self._until
        if believed:
            self._seen = time
        unseen = np.inf if self._seen is None else time - self._seen
        return Sighting(time, {}, believed, self.position(time), unseen, unseen > 0.2, TIMES)

    def position(self, time: float) -> np.ndarray | None:
        return None if self._seen is None else self._place


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


def looks() -> Iterator[Look | None]:
    for step in range(10**6):
        yield Look(0.001 * step, np.zeros((2, 1))) if step % 4 == 0 else None


def hand_after(arm: Arm, sight: FixedSight, duration: float, patience: float = 2.0) -> np.ndarray:
    home, taken, safety = arm.reset(), looks(), at_any_speed(arm)
    target = SeenTarget(lambda: next(taken), sight, home.hand, safety, patience)
    law = OperationalSpaceController(arm.model)
    return follow(arm, law, target, duration, safety=safety).hand_position


def test_the_hand_goes_where_the_target_is_seen(arm):
    place = arm.reset().hand.position + np.array([0.0, 0.08, 0.06])
    hand = hand_after(arm, FixedSight(place), 1.2)
    assert hand[-1] == pytest.approx(place, abs=0.002)


def test_until_it_is_seen_the_hand_stays(arm):
    home = arm.reset().hand.position
    hand = hand_after(arm, FixedSight(home + np.array([0.0, 0.1, 0.0]), since=0.3), 0.5)
    away = np.linalg.norm(hand - home, axis=1)
    assert away[:298].max() < 1e-3
    assert away[-1] > 0.005


def test_a_loss_is_told_and_the_last_place_is_held(arm, caplog):
    place = arm.reset().hand.position + np.array([0.0, 0.08, 0.06])
    with caplog.at_level(logging.INFO):
        hand = hand_after(arm, FixedSight(place, until=0.1), 1.2)
    assert hand[-1] == pytest.approx(place, abs=0.002)
    assert "The target is lost, and its last place is held" in caplog.text


@pytest.mark.parametrize("until", [0.0, 0.2])
def test_an_arm_that_sees_nothing_for_too_long_is_stopped_and_stands(arm, until):
    place = arm.reset().hand.position + np.array([0.0, 0.08, 0.06])
    with pytest.raises(ArmStoppedError, match=r"The target was not seen for 0.5 s at 0.*Check"):
        hand_after(arm, FixedSight(place, until=until), 1.2, patience=0.5)
    assert arm.state.time == pytest.approx(0.5 + until, abs=0.1)
    assert np.abs(arm.state.dq).max() < 0.01
