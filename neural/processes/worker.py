"""Worker: a forked process that does the pieces of work that its parent asks for."""

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from ctypes import c_int
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from spikearm.neural.processes.raised import Caught
from spikearm.neural.processes.signals import HEEDED

POLL_TIME = 0.1  # s, between two looks at the parent

_last = c_int(0)  # in a worker: the last piece that its parent wants
_piece = -1  # in a worker: the piece that it does


class StoppedError(KeyboardInterrupt):
    """Error by which work ends early in a worker that is asked to stop."""


def heed_stop() -> None:
    """Raise if this is a worker whose parent wants it to stop, finished or not.

    Raises:
        StoppedError: It does.
    """
    if _piece > _last.value:
        raise StoppedError


def serve(
    work: Callable[[int], Any],
    connection: Connection,
    last: c_int,
    inherited: list[Connection],
    parent: int,
    scratch: str | None = None,
) -> None:
    """Do the pieces of work that a pipe asks for, in a worker, until it is killed.

    Args:
        work: Function of the number of a piece.
        connection: Pipe of numbers, and of answers.
        last: Number of the last piece that is wanted, in memory that the parent shares.
        inherited: Ends of other pipes that belong to the parent.
        parent: Process that asks.
        scratch: Folder of temporary files, which the parent removes.
    """
    for other in inherited:  # else a sibling's pipe would not end with its parent
        other.close()
    _begin_worker(last, parent, scratch)
    global _piece
    with suppress(EOFError, OSError):  # the parent was killed
        while True:
            _piece = connection.recv()
            connection.send_bytes(_answer(work, _piece))


def _answer(work: Callable[[int], Any], number: int) -> bytes:
    """Do a piece of work, and pickle its number, its result and what was raised."""
    with Caught() as caught:
        return bytes(ForkingPickler.dumps((number, work(number), None)))
    return bytes(ForkingPickler.dumps((number, None, caught.problem)))


def _begin_worker(last: c_int, parent: int, scratch: str | None) -> None:
    global _last
    _last = last
    if scratch:
        tempfile.tempdir = scratch
    for number in HEEDED:  # they may reach all processes of a group; the parent decides
        signal.signal(number, signal.SIG_IGN)
    # A thread may have been writing when this process was forked, and its lock stays locked.
    sys.stdout, sys.stderr = (
        stream and os.fdopen(fd, "w", 1, closefd=False)
        for fd, stream in ((1, sys.stdout), (2, sys.stderr))
    )
    threading.Thread(target=_end_with_parent, args=(parent, scratch), daemon=True).start()


def _end_with_parent(parent: int, scratch: str | None) -> None:
    """End this worker, and its temporary files, when its parent has been killed."""
    while os.getppid() == parent:
        time.sleep(POLL_TIME)
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)
    os._exit(1)
