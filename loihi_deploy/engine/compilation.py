"""Progress of the compilation of the kernels, which happens once per installation."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numba.core import event

from spikearm.loihi_deploy.engine.jit import jit

logger = logging.getLogger(__name__)


def announce_compilation() -> None:
    """Log that the first step will take long, if nothing has been compiled yet."""
    if not Path(jit.folder).exists():
        logger.warning(
            "The engine compiles its kernels in the first step; once, in about half a minute."
        )


@contextmanager
def watch_compilation(advance: Callable[[], None]) -> Iterator[None]:
    """Call a function for each kernel that is compiled in the block."""
    listener = _Listener(advance)
    event.register("numba:compile", listener)
    try:
        yield
    finally:
        event.unregister("numba:compile", listener)


class _Listener(event.Listener):
    def __init__(self, advance: Callable[[], None]) -> None:
        self._advance = advance

    def on_start(self, event: Any) -> None:
        """Do nothing: a kernel counts when it is done."""

    def on_end(self, event: Any) -> None:
        """Count a kernel, but nothing of numba's own."""
        if event.data["dispatcher"].py_func.__module__.startswith("spikearm.loihi_deploy"):
            self._advance()
