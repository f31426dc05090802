"""Independent pieces of work on all cores."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

_work: Callable[[int], Any]  # in a worker: what its parent was asked to do


def forked_map(work: Callable[[int], T], n_items: int, jobs: int | None = None) -> Iterator[T]:
    """Do numbered pieces of work, several at a time.

    Workers are forks of this process, so that the work may use whatever is here, networks and
    arms included; what it changes is a worker's own. Ctrl-C ends them with this process.

    Args:
        work: Is called with the number of the piece.
        n_items: Number of pieces.
        jobs: How many at a time; the number of cores when left out. With one, or where
            processes cannot be forked, all is done in this process.

    Yields:
        The results in the order of their numbers, as soon as they are there.
    """
    n_workers = min(jobs or os.cpu_count() or 1, n_items)
    if n_workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, range(n_items))
        return
    global _work
    _work = work
    # Ctrl-C reaches all processes; the parent ends the others, and they say nothing.
    quiet = signal.signal, (signal.SIGINT, signal.SIG_IGN)
    with multiprocessing.get_context("fork").Pool(n_workers, *quiet) as pool:
        yield from pool.imap(_do, range(n_items))


def _do(number: int) -> Any:
    return _work(number)
