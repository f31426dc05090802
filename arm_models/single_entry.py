"""Guard of what one thread at a time may be in."""

import threading

from spikearm.arm_models.errors import SpikearmError


class SingleEntry:
    """Context that one thread at a time is in; a second one is refused, and does not wait.

    Two loops that advance the same thing by turns would both go wrong, and silently.

    Args:
        name: Name of the thing, as a sentence begins with it.
    """

    __slots__ = ("_lock", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            raise SpikearmError(
                f"{self._name} is being advanced by another thread. Give each thread its own."
            )

    def __exit__(self, *exception: object) -> None:
        self._lock.release()
