"""Learning curve of a controller, trial after trial."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from spikearm.experiments.perturbations.level import Level

Phase = Literal["learning", "after", "second", "again"]
"""Under a perturbation, without it, under a second one instead of it, and under the first again."""

LEARNED = 0.05
"""Of a perturbation's effect: what trials after the first must have taken away to be kept."""


@dataclass(frozen=True)
class Trial:
    """Reach out to the target and back.

    Attributes:
        position_rmse: Mean of both ways [m].
        endpoint_error: The larger of both ways [m].
        displacement: Mean over the way out of where the hand was, less where it should have been,
            in the world frame, shape (3,) [m].
        realtime_factor: Simulated over wall time of the whole loop.
        path: States, references and torques of some of its steps, by name; empty if not recorded.
    """

    position_rmse: float
    endpoint_error: float
    displacement: np.ndarray
    realtime_factor: float
    path: Mapping[str, np.ndarray] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Learned:
    """Trials of a controller that learns.

    Attributes:
        phases: Trials of each phase; fewer than were asked for if it lost the arm.
        overflow_counts: Number of steps in which a number was cut or overflowed, by its kind.
        largest_weight: Largest weight after the first phase, of the largest that fits the chip.
        problem: Reason why it lost the arm or ended early, if it did.
        lost: True if it lost the arm.
        ended_by: Exception that ended all of the study, if one did.
    """

    phases: dict[Phase, tuple[Trial, ...]]
    overflow_counts: dict[str, int]
    largest_weight: float = 0.0
    problem: str | None = None
    lost: bool = False
    ended_by: BaseException | None = None


@dataclass(frozen=True)
class Curve:
    """Learning curve of a controller, a perturbation and a seed.

    Attributes:
        controller: Name of the controller.
        level: Perturbation that was learned, and later went.
        seed: Seed of its networks.
        plain: Trial of the controller that does not learn, without the perturbation.
        perturbed: Trial with the perturbation; None if the arm was lost.
        baseline: Trial of the analytic controller with the perturbation, without learning. For PD
            and PID, and where the analytic controller cannot be perturbed so, that of the
            controller itself.
        learned: Trials while it learned, and afterwards.
    """

    controller: str
    level: Level
    seed: int
    plain: Trial
    perturbed: Trial | None
    baseline: Trial
    learned: Learned

    def trials(self, phase: Phase = "learning") -> tuple[Trial, ...]:
        """Return the trials of a phase; none if there was none."""
        return self.learned.phases.get(phase, ())

    def errors(self, phase: Phase = "learning") -> np.ndarray:
        """Return the position rmse of each trial, shape (n_trials,) [m]."""
        return np.array([trial.position_rmse for trial in self.trials(phase)])

    def excess(self, phase: Phase = "learning") -> np.ndarray:
        """Return the deviation beyond the unperturbed one without learning, shape (n_trials,)."""
        return self.errors(phase) / self.plain.position_rmse - 1.0

    def normalised(self, phase: Phase = "learning") -> np.ndarray:
        """Return the normalised error of DeWolf et al. (2020), shape (n_trials,).

        The rest of the perturbation's effect: 1 where it is as on the controller that does not
        learn. For controllers in neurons that is the analytic one: they bear less themselves, so
        that their own errors would flatter.
        """
        return (self.errors(phase) - self.plain.position_rmse) / self._effect

    @property
    def is_perturbed(self) -> bool:
        """True if there was anything to be learned."""
        return self.level != Level()

    @property
    def without_learning(self) -> float | None:
        """Normalised error of the controller without learning; None if it lost the arm."""
        if self.perturbed is None or not self.is_perturbed:
            return None
        return (self.perturbed.position_rmse - self.plain.position_rmse) / self._effect

    @property
    def after_effect(self) -> float | None:
        """Displacement in the first trial after the perturbation has gone, of what it displaced.

        Along the baseline's displacement: negative, if the hand now strays to the other side.
        """
        if not self.trials("after"):
            return None
        pushed = self.baseline.displacement - self.plain.displacement
        strayed = self.trials("after")[0].displacement - self.plain.displacement
        return float(strayed @ pushed / (pushed @ pushed))

    @property
    def retention(self) -> float | None:
        """Share of the first perturbation that is kept after the second was learned.

        0 if its first trial is as it was at the very first, 1 if it is as it was before the second;
        None if there was too little to be kept.
        """
        if not self.trials("again"):
            return None
        first, last = self.errors()[[0, -1]]
        if first - last < LEARNED * self._effect:
            return None
        return float((first - self.errors("again")[0]) / (first - last))

    @property
    def _effect(self) -> float:
        return self.baseline.position_rmse - self.plain.position_rmse
