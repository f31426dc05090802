"""Accuracy of sights on held-out scenes, each watched for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spikearm.arm_models import Arm
from spikearm.arm_models.rendering.scene import Scene
from spikearm.experiments.seen.course.layout import HELD_OUT
from spikearm.experiments.seen.sight.sights import SightSpec, find_sight
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.scene_set import LEAST_VISIBLE
from spikearm.perception.sight.agreement import AgreedPoint, Agreement
from spikearm.perception.sight.finder import Candidates
from spikearm.perception.sight.stereo_sight import TARGET
from spikearm.perception.watched_scenes import WatchConfig, WatchedScene, watch

Case = Literal["visible", "hidden", "empty"]
SCENES = 2  # last word of the seeds of scenes that are watched


@dataclass(frozen=True)
class SeenScene:
    """Measurements of a sight in a scene.

    Attributes:
        sight: Name of the sight.
        seed: Seed.
        scene: Number of the scene.
        case: Whether all cameras see the target, or it is hidden to one, or there is none.
        found: True if the cameras agreed on a point.
        error_m: Distance of that point from the target; None without one [m].
        pixel_error: Mean distance of the likeliest pixels from the target's, of the cameras that
            have one [pixels].
        confidence: Confidence of the point; None without one [1].
        hand_error_m: Distance of the point of the hand from the hand; None without one [m].
    """

    sight: str
    seed: int
    scene: int
    case: Case
    found: bool
    error_m: float | None
    pixel_error: float | None
    confidence: float | None
    hand_error_m: float | None


def watch_held_out(
    arm: Arm, scene: Scene, seed: int, number: int, config: WatchConfig = WatchConfig()
) -> WatchedScene:
    """Draw a scene that no eye was trained with, and watch it.

    Args:
        arm: Arm in the scene.
        scene: Scene to arrange.
        seed: Seed.
        number: Number of the scene.
        config: Choices.
    """
    return watch(arm, scene, np.random.default_rng((HELD_OUT, SCENES, seed, number)), config)


@dataclass(frozen=True)
class SightTest:
    """Test of a sight on held-out scenes.

    Attributes:
        arm: Arm in the scenes.
        sight: Name of the sight.
        weights: Weights of an eye, for a sight that needs them.
    """

    arm: Arm
    sight: str
    weights: EyeWeights | None = None

    @property
    def spec(self) -> SightSpec:
        """Entry of the sight in the registry."""
        return find_sight(self.sight)

    def measure(self, seed: int, numbers: Sequence[int]) -> list[SeenScene]:
        """Watch scenes, and measure the sight in each at its end.

        Args:
            seed: Seed.
            numbers: Numbers of the scenes.
        """
        with Scene(self.arm, self.spec.scene_config(self.weights)) as scene:
            return [self._measure(scene, seed, number) for number in numbers]

    def _measure(self, scene: Scene, seed: int, number: int) -> SeenScene:
        watched = watch_held_out(self.arm, scene, seed, number)
        candidates = self.look(scene, watched, seed, number)[-1]
        agreement = Agreement(scene.cameras, scene.middle)
        point, hand = (
            agreement.point([one.get(name, ()) for one in candidates]) for name in (TARGET, "hand")
        )
        truth, there = watched.target[-1], self.arm.state.hand.position
        case: Case = "visible" if (watched.visible >= LEAST_VISIBLE).all() else "hidden"
        return SeenScene(
            self.sight, seed, number, "empty" if np.isnan(truth).any() else case, point is not None,
            _distance(point, truth), _pixel_error(candidates, watched.pixels[-1]),
            point.confidence if point else None, _distance(hand, there),
        )  # fmt: skip

    def look(
        self, scene: Scene, watched: WatchedScene, seed: int, number: int
    ) -> list[Sequence[Candidates]]:
        """Show the frames of a scene that was watched to a new finder.

        Args:
            scene: The scene.
            watched: What cameras saw of it.
            seed: Seed.
            number: Number of the scene.

        Returns:
            Candidates of each camera, after each frame.
        """
        spec, rng = self.spec, np.random.default_rng((HELD_OUT, seed, number))
        assert spec.view is not None
        assert spec.replay is not None
        finder = spec.view(scene, rng, self.weights).finder
        return [finder.find(frames) for frames in spec.replay(watched, rng)]


def _distance(point: AgreedPoint | None, truth: np.ndarray) -> float | None:
    """Return the distance of a point from the truth [m]; None without one of them."""
    if point is None or np.isnan(truth).any():
        return None
    return float(np.linalg.norm(point.position - truth))


def _pixel_error(candidates: Sequence[Candidates], truth: np.ndarray) -> float | None:
    """Return the mean distance of the likeliest pixels from the true ones [pixels]."""
    likeliest = [one.get(TARGET) for one in candidates]
    errors = [
        np.linalg.norm(mine[0].pixel - pixel)
        for mine, pixel in zip(likeliest, truth, strict=True)
        if mine and not np.isnan(pixel).any()
    ]
    return float(np.mean(errors)) if errors else None
