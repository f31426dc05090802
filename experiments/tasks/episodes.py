"""Many episodes at once, over the machine's cores."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import Observer
from spikearm.controller.loop.pace import FreePace, Pace
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.experiments.tasks.episode import Reach, run_episode
from spikearm.experiments.tasks.task import Task
from spikearm.neural.processes.parallel import WorkerLostError, parallel_map
from spikearm.neural.processes.raised import Caught


@dataclass(frozen=True)
class Episode:
    """Episode to be run: an arm that a controller moves to a target, and maybe back.

    Attributes:
        arm: Plant.
        controller: Controller that drives the arm.
        task: Starts and targets.
        target: Index of start and target.
        pace: Makes the pace of the control steps, given their period [s].
        safety: Limits that the arm is held to.
        spikes: True to record the spikes of the controller's network.
    """

    arm: Arm
    controller: Controller
    task: Task
    target: int
    pace: Callable[[float], Pace] = FreePace
    safety: SafetyLimits = SafetyLimits()
    spikes: bool = False


@dataclass(frozen=True)
class Outcome:
    """Result of an episode.

    Attributes:
        motions: Reaches that were finished.
        problem: Exception that ended the episode early, if there was one.
    """

    motions: tuple[Reach, ...]
    problem: BaseException | None = None


def run_episodes(
    episodes: Sequence[Episode], jobs: int | None = None, observe: Observer | None = None
) -> Iterator[Outcome]:
    """Run independent episodes, several at a time.

    Results are those of one episode after the other: what an episode changes, its arm's and its
    neurons' state, is a worker's own.

    Args:
        episodes: Episodes to run.
        jobs: Number that run at a time; the number of cores when left out. With one, or where
            processes cannot be forked, all run in this process.
        observe: Called after every step of an episode in this process.

    Yields:
        An outcome for each episode, in their order, as soon as it is there. One that was lost with
        its process is the last.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed while episodes ran in workers. All that was finished
            has been yielded.
        Exception: An episode was ended by a mistake in a program.
    """
    run = episode_runner(observe)
    try:
        for outcome in parallel_map(lambda number: run(episodes[number]), len(episodes), jobs):
            if not isinstance(outcome.problem, SpikearmError | KeyboardInterrupt | None):
                raise outcome.problem
            yield outcome
    except WorkerLostError as problem:
        yield Outcome((), problem)


def episode_runner(observe: Observer | None = None) -> Callable[[Episode], Outcome]:
    """Return a function that runs an episode, here or in a worker that is forked later.

    An episode in a worker ends when its parent is interrupted; what it finished is kept.

    Args:
        observe: Called after every step of an episode in this process.
    """
    here = os.getpid()

    def run(episode: Episode) -> Outcome:
        return _run_one(episode, observe if os.getpid() == here else None)

    return run


def _run_one(episode: Episode, observe: Observer | None) -> Outcome:
    motions: list[Reach] = []
    with Caught() as caught:
        motions.extend(
            run_episode(
                episode.arm,
                episode.controller,
                episode.task,
                episode.target,
                observe,
                episode.pace,
                safety=episode.safety,
                spikes=episode.spikes,
            )
        )
    return Outcome(tuple(motions), caught.problem)
