"""Search for the integral gain of PID control, and its bound, under an unknown payload.

kp and kv are the benchmark's, the same for every controller; that of larger ones is shown beside
it. The error is that of ``spikearm adapt``: position rmse out and back, mean of both ways.

.venv/bin/python scripts/pid_search.py
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from math import inf, log10, sqrt

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table
from scipy.optimize import minimize_scalar

from spikearm.arm_models import Arm, RigidBodyModel, SpikearmError, load_arm
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.experiments.perturbations.level import Level, default_level
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.studies.benchmark.metrics import position_rmse
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.episode import run_episode
from spikearm.experiments.tasks.task import Task
from spikearm.neural.parallel import parallel_map

STEP = 10**0.25  # of the grid: four gains a decade
GRID = tuple(float(ki) for ki in 50.0 * STEP ** np.arange(9))  # 1/s^3
LIMITS = (10.0, 30.0, 100.0, 300.0, 1000.0)  # rad/s^2
REFINED = 12  # trials of a refined search
PLANT = (
    "none", "payload=0.5", "payload=1", "payload=2", "payload-off-centre=2", "friction=5",
    "force-field=1", "gravity",
)  # fmt: skip
SETTLED = 0.01  # change from trial to trial, relative
STRENGTHS = (1.0, 2.0, 4.0)  # of kp; kv grows with its square root, ki with its power of 1.5


@dataclass(frozen=True)
class Setting:
    """Configuration of a PID controller.

    Attributes:
        strength: Ratio of kp to that of the benchmark.
        ki: Integral gain [1/s^3].
        limit: Bound of the integral [rad/s^2].
        keep: Keep the integral from trial to trial.
    """

    strength: float = 1.0
    ki: float = 0.0
    limit: float = 100.0
    keep: bool = False

    @property
    def label(self) -> str:
        """Name of the kind of controller."""
        if self.ki == 0:
            return "PD"
        return "PID, kept" if self.keep else "PID, emptied"

    def make(self, model: RigidBodyModel) -> JointPIDController:
        """Build the controller."""
        gains = replace(Gains(), kp=self.strength * Gains.kp, kv=sqrt(self.strength) * Gains.kv)
        return JointPIDController(
            model, gains, self.ki, integral_limit=self.limit, keep_integral=self.keep
        )


@dataclass(frozen=True)
class Bench:
    """Reach that is repeated.

    Attributes:
        arm: Plant.
        task: Start and targets.
        target: Number of the target, from 0.
        trials: Most trials until an integral that is kept has settled.
    """

    arm: Arm
    task: Task
    target: int
    trials: int

    def errors(self, setting: Setting, level: Level) -> list[float]:
        """Measure trial after trial until nothing changes any more [m]; inf if the arm is lost."""
        controller = setting.make(level.perturbation.known_model(self.arm.model))
        setup = level.apply(LoopSetup(self.arm, controller, self.task), seed=0)
        errors: list[float] = []
        for _ in range(self.trials if setting.keep else 1):
            errors.append(self._try(controller))
            if len(errors) > 1 and abs(errors[-1] - errors[-2]) < SETTLED * errors[-1]:
                break
        setup.restore()
        return errors

    def _try(self, controller: JointPIDController) -> float:
        goal = self.task.targets[self.target]
        try:
            ways = list(run_episode(self.arm, controller, self.task, goal))
        except SpikearmError:
            return inf
        return float(np.mean([position_rmse(way.trajectory) for way in ways]))


@dataclass(frozen=True)
class Options:
    """Search, and print what was found.

    Attributes:
        arm: Name of the arm.
        perturbation: Perturbation of the plant that gains are searched for.
        target: Number of the target on the circle, from 0.
        trials: Most trials until an integral that is kept has settled.
        jobs: Number of processes that work at a time. Default: the number of cores.
    """

    arm: str = "gen3"
    perturbation: str = "payload=2"
    target: int = 2
    trials: int = 10
    jobs: int | None = None

    def execute(self) -> None:
        """Search for every strength of kp, then try the benchmark's on all perturbations."""
        jobs = [(strength, keep) for strength in STRENGTHS for keep in (False, True)]
        found = list(parallel_map(lambda number: self._search(*jobs[number]), len(jobs), self.jobs))
        console = Console(width=120)
        console.print(self._found_table(found))
        console.print(self._perturbation_table([Setting(), *found[:2]]))

    @property
    def _level(self) -> Level:
        return default_level(self.perturbation)

    @cached_property
    def _bench(self) -> Bench:
        arm = load_arm(self.arm)
        return Bench(arm, plan_task(arm.model, CentreOut(), 0), self.target, self.trials)

    def _search(self, strength: float, keep: bool) -> Setting:
        """Try the grid, then refine the gain at the best bound, between the grid's neighbours."""

        @cache
        def error(ki: float, limit: float) -> float:
            setting = Setting(strength, ki, limit, keep)
            return self._bench.errors(setting, self._level)[-1]

        grid = [strength**1.5 * ki for ki in GRID]
        ki, limit = min(((ki, limit) for limit in LIMITS for ki in grid), key=lambda at: error(*at))
        best = minimize_scalar(
            lambda logarithm: error(10**logarithm, limit), method="bounded",
            bounds=(log10(ki / STEP), log10(ki * STEP)), options={"maxiter": REFINED},
        )  # fmt: skip
        refined = float(10**best.x)
        return Setting(strength, min(ki, refined, key=lambda ki: error(ki, limit)), limit, keep)

    def _found_table(self, found: Sequence[Setting]) -> Table:
        unknown = self._level.label
        table = Table(title=f"{self.arm}, target {self.target}, {unknown}: position rmse [mm]")
        for column in (
            "kp", "kv", "law", "ki", "bound", f"without {unknown}", "trial 1", "last trial",
            "trials", "left of PD's",
        ):  # fmt: skip
            table.add_column(column, justify="right")
        for strength in STRENGTHS:
            pd = Setting(strength)
            free, loaded = (self._bench.errors(pd, at)[0] for at in (Level(), self._level))
            for setting in (pd, *(one for one in found if one.strength == strength)):
                self._add_row(table, setting, loaded - free, free)
        return table

    def _add_row(self, table: Table, setting: Setting, effect: float, free: float) -> None:
        gains = setting.make(self._bench.arm.model).gains
        plain = self._bench.errors(setting, Level())[-1]
        errors = self._bench.errors(setting, self._level)
        integral = (f"{setting.ki:.0f}", f"{setting.limit:g}") if setting.ki else ("-", "-")
        table.add_row(
            f"{gains.kp:g}", f"{gains.kv:.3g}", setting.label, *integral, _mm(plain),
            _mm(errors[0]), _mm(errors[-1]), str(len(errors)),
            f"{(errors[-1] - free) / effect:.3f}",
        )  # fmt: skip

    def _perturbation_table(self, settings: Sequence[Setting]) -> Table:
        """Show what was found for one perturbation under all of them, trial 1 and the last."""
        table = Table(
            title=f"{self.arm}, kp {Gains.kp:g}: position rmse [mm], first and last trial"
        )
        for column in ("unknown", *(setting.label for setting in settings)):
            table.add_column(column, justify="right")
        for level in map(default_level, PLANT):
            runs = [self._bench.errors(setting, level) for setting in settings]
            cells = [_mm(errors[0]) if len(errors) == 1 else _range(errors) for errors in runs]
            table.add_row(level.label, *cells)
        return table


def _mm(error: float) -> str:
    return f"{1000 * error:.3g}"


def _range(errors: Sequence[float]) -> str:
    return f"{_mm(errors[0])} to {_mm(errors[-1])} (trial {len(errors)})"


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
