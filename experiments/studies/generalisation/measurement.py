"""Measurement of a trained controller beside the analytic one, over whole sweeps."""

from collections.abc import Callable, Sequence
from typing import Protocol

from spikearm.arm_models import Arm
from spikearm.controller.controller import Controller
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.studies.generalisation.point import Point, make_point
from spikearm.experiments.studies.generalisation.sweep import Case, Sweep
from spikearm.experiments.tasks.episodes import Episode, Outcome, run_episodes

FEEDFORWARD = "velocity"
NETWORK_SEED = 0


class SweepWatcher(Protocol):
    """Observer of a measurement."""

    def begin(self, step: str, n_items: int) -> None:
        """Begin a sweep of so many episodes."""

    def advance(self) -> None:
        """Count a finished episode."""


def measure_sweeps(
    arm: Arm, trained: TrainedController, sweeps: Sequence[Sweep], watcher: SweepWatcher
) -> list[Point]:
    """Measure the analytic controller and stage ``loihi`` on all reaches of all sweeps."""
    setup = ControllerSetup(arm.model, trained, feedforward=FEEDFORWARD, seed=NETWORK_SEED)
    points = []
    law = ChosenController("analytic").make(setup)
    with ChosenController("loihi").make(setup) as network:
        for sweep in sweeps:
            watcher.begin(sweep.name, 2 * sum(map(len, sweep.cases.values())))
            for value, cases in sweep.cases.items():
                ideal, actual = (
                    run_cases(arm, controller, cases, watcher.advance)
                    for controller in (law, network)
                )
                points.append(make_point(sweep, value, ideal, actual))
    return points


def run_cases(
    arm: Arm, controller: Controller, cases: Sequence[Case], advance: Callable[[], None]
) -> list[Outcome]:
    """Run an episode per case; one in which the controller loses the arm is cut short."""
    outcomes = []
    for outcome in run_episodes([Episode(arm, controller, *case) for case in cases]):
        if isinstance(outcome.problem, KeyboardInterrupt):
            raise outcome.problem
        outcomes.append(outcome)
        advance()
    return outcomes
