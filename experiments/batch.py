"""Many episodes at once, over the machine's cores."""

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from ctypes import c_bool
from dataclasses import dataclass, replace

from arm_models import Arm, ArmState, SpikearmError
from controller.closed_loop import Observer
from controller.controller import Controller
from controller.pace import FreePace, Pace
from controller.reference import Reference
from experiments.centre_out import Reaches
from experiments.episode import Motion, run_episode


@dataclass(frozen=True)
class Episode:
    """One closed loop: an arm that a controller moves to a target and back.

    Attributes:
        arm: The plant.
        controller: What drives it.
        reaches: The reaches of the task.
        target: Which of them.
        pace: Tells steps when to begin, given the control period [s].
    """

    arm: Arm
    controller: Controller
    reaches: Reaches
    target: int
    pace: Callable[[float], Pace] = FreePace


@dataclass(frozen=True)
class Outcome:
    """What became of an episode.

    Attributes:
        motions: The motions that were finished.
        problem: What ended the episode early, if something did.
    """

    motions: tuple[Motion, ...]
    problem: SpikearmError | KeyboardInterrupt | None = None


def run_episodes(
    episodes: Sequence[Episode], jobs: int | None = None, observe: Observer | None = None
) -> Iterator[Outcome]:
    """Run independent episodes, several at a time.

    Workers are forks of this process: they share the memory of networks and weights, and what
    an episode changes, its arm's and its neurons' state, is a worker's own. Results are those
    of one episode after the other.

    Args:
        episodes: What to run.
        jobs: How many run at a time; the number of cores when left out. With one, or where
            processes cannot be forked, all run in this process.
        observe: Called after every step of an episode in this process.

    Yields:
        An outcome for each episode, in their order, as soon as it is there.
    """
    n_workers = min(jobs or os.cpu_count() or 1, len(episodes))
    if n_workers > 1 and "fork" in multiprocessing.get_all_start_methods():
        yield from _run_forked(episodes, n_workers)
    else:
        for episode in episodes:
            yield _run_one(episode, observe)


def _run_one(episode: Episode, observe: Observer | None = None) -> Outcome:
    reaches = episode.reaches
    target = reaches.targets[episode.target]
    motions: list[Motion] = []
    try:
        motions.extend(
            run_episode(episode.arm, episode.controller, reaches, target, observe, episode.pace)
        )
    except (SpikearmError, KeyboardInterrupt) as problem:
        return Outcome(tuple(motions), problem)
    return Outcome(tuple(motions))


def _run_forked(episodes: Sequence[Episode], n_workers: int) -> Iterator[Outcome]:
    context = multiprocessing.get_context("fork")
    stop = context.RawValue(c_bool, False)
    pool = ProcessPoolExecutor(n_workers, context, _begin_worker, (episodes, stop))
    try:
        with warnings.catch_warnings():
            # Threads are not forked. Those here are of the progress bar and of BLAS: workers
            # do not use the first, and the second is made for it.
            warnings.filterwarnings("ignore", message=".*fork.*", category=DeprecationWarning)
            futures = [pool.submit(_run_numbered, number) for number in range(len(episodes))]
        yield from _collect(futures, stop)
    finally:
        stop.value = True
        pool.shutdown(cancel_futures=True)


def _collect(futures: Sequence[Future[Outcome]], stop: c_bool) -> Iterator[Outcome]:
    """Wait for outcomes; Ctrl-C makes the one that is waited for the last, cut short."""
    for future in futures:
        try:
            yield future.result()
        except KeyboardInterrupt as interrupt:
            stop.value = True
            yield replace(future.result(), problem=interrupt)
        except BrokenProcessPool:
            killed = "A process that ran reaches was killed, perhaps because memory ran out."
            yield Outcome((), SpikearmError(f"{killed} Give fewer --jobs."))


_episodes: Sequence[Episode] = ()  # in a worker: those of its batch
_stop = c_bool(False)  # in a worker: whether the parent wants no more of them


def _begin_worker(episodes: Sequence[Episode], stop: c_bool) -> None:
    global _episodes, _stop
    _episodes, _stop = episodes, stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides
    # A thread may have been writing when this process was forked, and its lock stays locked.
    sys.stdout, sys.stderr = (os.fdopen(fd, "w", 1, closefd=False) for fd in (1, 2))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker if its parent is killed, which would let it wait for work forever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _run_numbered(number: int) -> Outcome:
    if _stop.value:
        return Outcome((), KeyboardInterrupt())
    return _run_one(_episodes[number], _heed_stop)


def _heed_stop(arm: Arm, state: ArmState, reference: Reference) -> None:
    if _stop.value:
        raise KeyboardInterrupt
