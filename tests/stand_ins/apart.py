"""Work in a process of its own, for tests whose work loads TensorFlow.

A process that has loaded TensorFlow crashes when MuJoCo's renderer loads Mesa, and other tests
render.
"""

import multiprocessing
import warnings
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """Run a function in a fork of this process, and return its result.

    Raises:
        EOFError: It raised an error, whose traceback is printed.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=lambda: theirs.send(work()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads
        child.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        child.join()
