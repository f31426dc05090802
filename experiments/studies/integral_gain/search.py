"""Search for the integral gain and the bound of the integral with the smallest error."""

from dataclasses import dataclass
from functools import cache
from math import log10

import numpy as np
from scipy.optimize import minimize_scalar

from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.studies.integral_gain.repeated_reach import RepeatedReach
from spikearm.experiments.studies.integral_gain.setting import Setting
from spikearm.neural.processes.parallel import parallel_map

STEP = 10**0.25  # of the grid: four gains a decade
GRID = tuple(float(ki) for ki in 50.0 * STEP ** np.arange(9))  # 1/s^3
LIMITS = (10.0, 30.0, 100.0, 300.0, 1000.0)  # rad/s^2
REFINED = 12  # trials of a refined search
STRENGTHS = (1.0, 2.0, 4.0)  # of kp; kv grows with its square root, ki with its power of 1.5


@dataclass(frozen=True)
class GainSearch:
    """Search under one perturbation of the plant.

    Attributes:
        reach: Reach whose error is made small.
        level: Perturbation, unknown to the controller.
    """

    reach: RepeatedReach
    level: Level

    def best_settings(self, jobs: int | None = None) -> list[Setting]:
        """Search for every strength of kp, with the integral emptied between trials, and kept.

        Args:
            jobs: Number of processes; the number of cores when left out.
        """
        kinds = [(strength, keep) for strength in STRENGTHS for keep in (False, True)]
        return list(parallel_map(lambda number: self.best(*kinds[number]), len(kinds), jobs))

    def best(self, strength: float, keep: bool) -> Setting:
        """Search the grid, then refine the gain at the best bound, between the grid's neighbours.

        Args:
            strength: Ratio of kp to that of the benchmark.
            keep: Keep the integral from trial to trial.
        """

        @cache
        def error(ki: float, limit: float) -> float:
            return self.reach.errors(Setting(strength, ki, limit, keep), self.level)[-1]

        grid = [strength**1.5 * ki for ki in GRID]
        ki, limit = min(((ki, limit) for limit in LIMITS for ki in grid), key=lambda at: error(*at))
        best = minimize_scalar(
            lambda logarithm: error(10**logarithm, limit), method="bounded",
            bounds=(log10(ki / STEP), log10(ki * STEP)), options={"maxiter": REFINED},
        )  # fmt: skip
        refined = float(10**best.x)
        return Setting(strength, min(ki, refined, key=lambda ki: error(ki, limit)), limit, keep)
