"""Independent pieces of work on all cores."""

import math
import multiprocessing
import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from ctypes import c_int
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from tempfile import TemporaryDirectory
from typing import Generic, TypeVar

from spikearm.arm_models import SpikearmError
from spikearm.neural.processes.raised import Caught
from spikearm.neural.processes.signals import Deferral
from spikearm.neural.processes.worker import serve

T = TypeVar("T")
POLL_TIME = 0.1  # s, between two looks at what the person wants
STOP_TIME = 5.0  # s that pieces of work have to end when they are asked to
GRACE_TIME = 3.0  # s before that for those that come before a piece that ends all


class WorkerLostError(SpikearmError):
    """Error of a worker process that was killed, perhaps because memory ran out."""

    def __init__(
        self,
        text: str = "A process that worked was killed, perhaps because memory ran out. Let fewer "
        "of them work at a time (jobs).",
    ) -> None:
        super().__init__(text)


def parallel_map(
    work: Callable[[int], T],
    n_items: int,
    jobs: int | None = None,
    ends: Callable[[T], bool] = lambda result: False,
    apart: bool = False,
) -> Iterator[T]:
    """Run numbered pieces of work in parallel processes.

    Workers are forks of this process: the work may use whatever is here, networks and arms
    included, without a copy of it. What the work changes is a worker's own.

    After Ctrl-C, an error or the death of a worker, no further piece is begun. Workers are asked
    to stop, which :func:`spikearm.neural.processes.worker.heed_stop` does, and have ``STOP_TIME``
    for it; those with pieces before the one that was in error have ``GRACE_TIME`` more, to finish
    them. All results that are there then are yielded before the error is raised.

    Args:
        work: Function of the number of a piece.
        n_items: Number of pieces.
        jobs: Number of processes; the number of cores when left out. With 1, or where processes
            cannot be forked, all work runs in this process.
        ends: Function of a result that returns True if nothing else is to be begun.
        apart: True for work that this process must not do itself, not even if it is alone.

    Yields:
        Results in the order of their numbers, each as soon as it is there.

    Raises:
        WorkerLostError: A worker was killed.
    """
    n_workers = min(jobs or os.cpu_count() or 1, n_items)
    if (n_workers > 1 or (apart and n_items)) and may_fork():
        yield from _map_forked(work, n_items, n_workers, ends)
    else:
        yield from _map_here(work, n_items, ends)


def may_fork() -> bool:
    """Return whether this process may have children: one that is a daemon may not."""
    forks = "fork" in multiprocessing.get_all_start_methods()
    return forks and not multiprocessing.current_process().daemon


def _map_here(work: Callable[[int], T], n_items: int, ends: Callable[[T], bool]) -> Iterator[T]:
    with Deferral() as signals:
        for number in range(n_items):
            results: list[T] = []
            with Caught() as caught, signals.answering():
                results.append(work(number))
            yield from results
            if caught.problem is not None:
                raise caught.problem
            if ends(results[0]):
                return


def _map_forked(
    work: Callable[[int], T], n_items: int, n_workers: int, ends: Callable[[T], bool]
) -> Iterator[T]:
    with ExitStack() as stack:
        crew = _Crew(work, n_items, ends)
        stack.enter_context(Deferral(crew.stop))  # a handler may raise while results are torn
        stack.callback(crew.end)
        crew.fork(n_workers)
        for number in range(n_items):
            while number not in crew.results and not crew.stopping:
                crew.receive()
            if crew.stopping:
                break
            yield crew.results.pop(number)
        crew.receive_the_rest()
        for number in sorted(crew.results):
            yield crew.results.pop(number)
        if crew.problem is not None:
            raise crew.problem


class _Crew(Generic[T]):
    """Forked processes that do numbered pieces of work, one at a time each.

    Each has a pipe of its own: if it is killed in the middle of a result, its pipe ends, and
    nobody waits for the rest or for a lock that it held. Temporary files of all of them are in a
    folder that this process removes, because a process that is killed removes none.
    """

    def __init__(self, work: Callable[[int], T], n_items: int, ends: Callable[[T], bool]) -> None:
        self.results: dict[int, T] = {}
        self.problem: BaseException | None = None
        self._work, self._ends = work, ends
        self._numbers = iter(range(n_items))
        self._context = multiprocessing.get_context("fork")
        self._n_items = n_items
        # Last piece that is wanted, without a lock, which a worker that is killed would keep.
        self._last = self._context.RawValue(c_int, n_items)
        self._patience = self._deadline = math.inf
        self._processes: list[BaseProcess] = []
        self._busy: list[Connection] = []
        self._idle: list[Connection] = []
        self._scratch: TemporaryDirectory[str] | None = None

    @property
    def stopping(self) -> bool:
        """True if no further piece is begun."""
        return self._last.value < self._n_items

    def fork(self, n_workers: int) -> None:
        """Fork workers, and begin their first pieces."""
        with suppress(OSError):  # without room for it, they write where this process does
            self._scratch = TemporaryDirectory(prefix="spikearm-", ignore_cleanup_errors=True)
        for _ in range(n_workers):
            here, there = self._context.Pipe()
            inherited = [here, *self._busy]
            scratch = self._scratch.name if self._scratch else None
            process = self._context.Process(
                target=serve,
                args=(self._work, there, self._last, inherited, os.getpid(), scratch),
                daemon=True,
            )
            with warnings.catch_warnings():
                # Threads are not forked. Those here are of the progress bar and of BLAS: workers
                # do not use the first, and the second is made for it.
                warnings.filterwarnings("ignore", message=".*fork.*", category=DeprecationWarning)
                process.start()
            there.close()
            self._processes.append(process)
            self._busy.append(here)
        for connection in tuple(self._busy):
            self._assign(connection)

    def receive(self) -> None:
        """Wait for results, but not for long; keep them, and begin further pieces."""
        for connection in wait(self._busy, POLL_TIME):
            assert isinstance(connection, Connection)
            try:
                number, result, problem = connection.recv()
            except (EOFError, OSError):
                self._busy.remove(connection)
                self.problem = self.problem or WorkerLostError()
                self.stop()
                continue
            if problem is not None:
                self.problem = self.problem or problem
                self._stop_after(number)
            else:
                self.results[number] = result
                if self._ends(result):
                    self._stop_after(number)
            self._assign(connection)
        if time.monotonic() > self._patience:
            self.stop()

    def receive_the_rest(self) -> None:
        """Wait for the pieces that were begun, after a stop only for as long as they have."""
        while self._busy and time.monotonic() < self._deadline:
            self.receive()

    def stop(self) -> None:
        """Begin no further piece, and ask workers to stop."""
        self._deadline = min(self._deadline, time.monotonic() + STOP_TIME)
        self._last.value = -1

    def end(self) -> None:
        """End all workers, whatever they do: nothing of theirs is needed any more."""
        for process in self._processes:
            process.kill()
            process.join()
        for connection in (*self._busy, *self._idle):
            connection.close()
        if self._scratch:
            self._scratch.cleanup()

    def _assign(self, connection: Connection) -> None:
        """Assign the next piece to a worker; without one, it idles."""
        number = None if self.stopping else next(self._numbers, None)
        if number is None:
            self._busy.remove(connection)
            self._idle.append(connection)
            return
        with suppress(BrokenPipeError):  # of a worker that was killed: reading will tell
            connection.send(number)

    def _stop_after(self, number: int) -> None:
        """Begin no further piece, ask later ones to stop, and earlier ones in a while."""
        self._patience = min(self._patience, time.monotonic() + GRACE_TIME)
        self._last.value = min(self._last.value, number)
