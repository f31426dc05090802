"""Guardian: a second process that rescues finished results when this one is killed."""

import multiprocessing
import os
import pickle
import shutil
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from spikearm.neural.processes.parallel import may_fork
from spikearm.neural.processes.signals import HEEDED

T = TypeVar("T")


@contextmanager
def guarded(
    folders: Sequence[Path], rescue: Callable[[Sequence[T]], object] = lambda results: None
) -> Iterator[Callable[[T], None]]:
    """Guard a block whose process may be killed: what it handed over is rescued then.

    Where processes cannot be forked, nothing is guarded.

    Args:
        folders: Folders in which the block writes files, whose drafts are removed.
        rescue: Function of all results that were handed over. A process of its own calls it,
            after this one was killed.

    Yields:
        Function that hands a result over.
    """
    if not may_fork():
        yield lambda result: None
        return
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(
        target=_guard, args=(receiver, sender, folders, rescue, os.getpid()), daemon=True
    )
    with warnings.catch_warnings():  # as in parallel_map
        warnings.filterwarnings("ignore", message=".*fork.*", category=DeprecationWarning)
        process.start()
    receiver.close()

    def hand_over(result: T) -> None:
        with suppress(Exception):  # results are safe in this process, as long as it lives
            sender.send_bytes(pickle.dumps(result))

    try:
        yield hand_over
    finally:
        process.kill()
        process.join()
        sender.close()


def _guard(
    receiver: Connection,
    sender: Connection,
    folders: Sequence[Path],
    rescue: Callable[[Sequence[Any]], object],
    process: int,
) -> None:
    """Receive results until the pipe ends, which means that the other process was killed."""
    for number in HEEDED:
        signal.signal(number, signal.SIG_IGN)
    sender.close()
    results: list[bytes] = []
    with suppress(EOFError, OSError):
        while True:
            results.append(receiver.recv_bytes())
    for folder in folders:
        remove_drafts(folder, process)
    if results:
        rescue([pickle.loads(result) for result in results])


def remove_drafts(folder: Path, process: int) -> None:
    """Remove the drafts of files and folders that a process left when it was killed."""
    for draft in folder.glob(f".{process}-*"):
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)
