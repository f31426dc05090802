"""Independent pieces of work on all cores."""

import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from ctypes import c_int
from typing import Any, TypeVar

from spikearm.arm_models import SpikearmError

T = TypeVar("T")
POLL_TIME = 0.1  # s, between two looks of a worker at its parent
# What a parent wants of its workers. In memory that they share, without a lock: a worker that is
# killed would keep it.
GO_ON, STOP, END = range(3)


class NotBegun:
    """Result of a piece of work that was cancelled before it began."""


class WorkerLostError(SpikearmError):
    """Error of a worker process that was killed, perhaps because memory ran out."""

    def __init__(self) -> None:
        super().__init__(
            "A process that worked was killed, perhaps because memory ran out. Let fewer of them "
            "work at a time (jobs)."
        )


def parallel_map(work: Callable[[int], T], n_items: int, jobs: int | None = None) -> Iterator[T]:
    """Run numbered pieces of work in parallel processes.

    Workers are forks of this process: the work may use whatever is here, networks and arms
    included, without a copy of it. What the work changes is a worker's own.

    Ctrl-C reaches this process alone. It asks workers to stop (:func:`stop_requested`), yields the
    result of the piece that was waited for, and then raises ``KeyboardInterrupt``.

    Args:
        work: Function of the number of a piece.
        n_items: Number of pieces.
        jobs: Number of processes; the number of cores when left out. With 1, or where processes
            cannot be forked, all work runs in this process.

    Yields:
        Results in the order of their numbers, each as soon as it is there.

    Raises:
        WorkerLostError: A worker was killed. Results of pieces that are not finished are lost.
    """
    n_workers = min(jobs or os.cpu_count() or 1, n_items)
    if n_workers > 1 and "fork" in multiprocessing.get_all_start_methods():
        yield from _map_forked(work, n_items, n_workers)
    else:
        yield from map(work, range(n_items))


def stop_requested() -> bool:
    """Return whether this is a worker whose parent wants it to stop, finished or not."""
    return _wish.value >= STOP


def _map_forked(work: Callable[[int], T], n_items: int, n_workers: int) -> Iterator[T]:
    context = multiprocessing.get_context("fork")
    wish = context.RawValue(c_int, GO_ON)
    pool = ProcessPoolExecutor(n_workers, context, _begin_worker, (work, wish))
    try:
        with warnings.catch_warnings():
            # Threads are not forked. Those here are of the progress bar and of BLAS: workers
            # do not use the first, and the second is made for it.
            warnings.filterwarnings("ignore", message=".*fork.*", category=DeprecationWarning)
            futures = [pool.submit(_do, number) for number in range(n_items)]
        yield from _collect(futures, wish)
    except BaseException:  # an error, Ctrl-C, or whoever needs no more results
        wish.value = END
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _collect(futures: Sequence[Future[T]], wish: c_int) -> Iterator[T]:
    for future in futures:
        try:
            result = future.result()
        except KeyboardInterrupt:
            wish.value = STOP
            if not isinstance(result := future.result(), NotBegun):
                yield result
            raise
        except BrokenProcessPool as error:
            raise WorkerLostError from error
        yield result


_work: Callable[[int], Any]  # in a worker: what its parent was asked to do
_wish = c_int(GO_ON)  # in a worker: what its parent wants of it


def _begin_worker(work: Callable[[int], Any], wish: c_int) -> None:
    global _work, _wish
    _work, _wish = work, wish
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides
    # A thread may have been writing when this process was forked, and its lock stays locked.
    sys.stdout, sys.stderr = (os.fdopen(fd, "w", 1, closefd=False) for fd in (1, 2))
    threading.Thread(target=_end_when_told, daemon=True).start()


def _end_when_told() -> None:
    """End this worker when it is told, or when its parent has been killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    while parent.is_alive() and _wish.value != END:
        time.sleep(POLL_TIME)
    os._exit(1)


def _do(number: int) -> Any:
    return NotBegun() if stop_requested() else _work(number)
