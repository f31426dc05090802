"""Agreement of several cameras on a point in space."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_positive
from spikearm.arm_models.rendering.pinhole import PinholeCamera
from spikearm.perception.sight.finder import Candidate
from spikearm.perception.stereo import intersect_all_rays


@dataclass(frozen=True)
class AgreementConfig:
    """Bounds of what cameras may agree on.

    Attributes:
        gap: Largest root mean square distance of the rays from a point [m].
        spread: Standard deviation of that distance when all cameras look at the same thing [m].
        confidence: Least geometric mean of the candidates' probabilities [1].
        reach: Largest distance of a point from the middle of what is watched [m].
    """

    gap: float = 0.03
    spread: float = 0.01
    confidence: float = 0.35
    reach: float = 0.3

    def __post_init__(self) -> None:
        check_positive(self, "gap", "spread", "reach")
        if not 0 <= self.confidence <= 1:
            raise SpikearmError(
                f"A confidence of {self.confidence:g} is no probability: give 0 to 1."
            )


class AgreedPoint(NamedTuple):
    """Point that candidates of all cameras agree on.

    Attributes:
        position: Position, shape (3,) [m].
        gap: Root mean square distance of the rays from it [m].
        confidence: Geometric mean of the candidates' probabilities [1].
    """

    position: np.ndarray
    gap: float
    confidence: float


class Agreement:
    """Choice of a candidate of each camera, such that their rays meet.

    The chosen ones have the largest ``sum(log p) - (gap / spread)^2 / 2`` of all combinations
    within the bounds.

    Args:
        cameras: Cameras, two or more.
        middle: Middle of what is watched, shape (3,) [m].
        config: Bounds.
    """

    def __init__(
        self, cameras: Sequence[PinholeCamera], middle: np.ndarray,
        config: AgreementConfig = AgreementConfig(),
    ) -> None:  # fmt: skip
        self._cameras, self._middle, self._config = cameras, middle, config

    def point(self, candidates: Sequence[Sequence[Candidate]]) -> AgreedPoint | None:
        """Find the point that the cameras agree on, if there is one.

        Args:
            candidates: Candidates of the same thing, of each camera.
        """
        config = self._config
        rated = [(choice, _confidence(choice)) for choice in product(*candidates)]
        sure = [one for one in rated if one[1] >= config.confidence]
        if not sure:
            return None
        confidence = np.array([rating for _, rating in sure])
        pixels = np.array([[one.pixel for one in choice] for choice, _ in sure])
        positions, gaps = intersect_all_rays(self._cameras, pixels)
        score = len(self._cameras) * np.log(confidence) - 0.5 * (gaps / config.spread) ** 2
        away = np.linalg.norm(positions - self._middle, axis=1)
        score[(gaps > config.gap) | (away > config.reach)] = -np.inf
        best = int(score.argmax())
        if score[best] == -np.inf:
            return None
        return AgreedPoint(positions[best], float(gaps[best]), float(confidence[best]))


def _confidence(choice: Sequence[Candidate]) -> float:
    """Compute the geometric mean of candidates' probabilities."""
    return prod(one.probability for one in choice) ** (1 / len(choice))
