"""Signals, such as that of Ctrl-C, that wait until results are safe."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

HEEDED = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class TerminatedError(KeyboardInterrupt):
    """Error by which a process ends, as after Ctrl-C, that is asked to by another signal.

    Attributes:
        number: Number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def terminations_raised() -> Iterator[None]:
    """Raise in this block, as Ctrl-C does, when the process is to end or its terminal closes."""

    def end(number: int, frame: FrameType | None) -> None:
        raise TerminatedError(number)

    here = threading.current_thread() is threading.main_thread()
    asked = [one for one in HEEDED if here and signal.getsignal(one) is signal.SIG_DFL]
    for number in asked:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in asked:
            signal.signal(number, signal.SIG_DFL)


class Deferral:
    """Context in which signals wait: their handlers, which may raise, run when it ends.

    A signal that this process ignores, as it does Ctrl-C in a shell's background, stays ignored,
    and one that ends it without a handler does so at once.

    Args:
        note: Function that is called when a signal comes.
    """

    def __init__(self, note: Callable[[], object] = lambda: None) -> None:
        self._notify = note
        self._handlers: dict[int, Any] = {}
        self._came: list[tuple[int, FrameType | None]] = []

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # the only one that may
            handlers = {number: signal.getsignal(number) for number in HEEDED}
            self._handlers = {number: one for number, one in handlers.items() if callable(one)}
        self._defer()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._answer()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Answer signals at once in a block of this context."""
        try:
            self._answer()
            yield
        finally:
            self._defer()

    def _defer(self) -> None:
        for number in self._handlers:
            signal.signal(number, self._note)

    def _answer(self) -> None:
        """Restore the handlers of signals, and call that of the first that came."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        came, self._came = self._came, []
        for number, frame in came[:1]:
            self._handlers[number](number, frame)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._came.append((number, frame))
        self._notify()
