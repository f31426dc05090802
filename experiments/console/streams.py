"""Standard streams that never end the work: what cannot be written is dropped."""

import errno
import os
import sys
from contextlib import suppress
from typing import IO, Literal, cast


class DroppingStream:
    """Standard output or error stream of this process, of which losses are noted, not raised.

    A reader may go away, a terminal may close and a disk with a log may be full while work goes
    on for hours.

    Args:
        name: Name of the stream in ``sys``, which is looked up at each use.
    """

    def __init__(self, name: Literal["stdout", "stderr"]) -> None:
        self._name = name
        self._loss: OSError | None = None

    def write(self, text: str) -> int:
        """Write a text if that is possible, in place of characters that the stream lacks ``?``."""
        stream = self._stream
        if stream is not None and self._loss is None:
            known = stream.encoding or "utf-8"
            try:
                stream.write(text.encode(known, "replace").decode(known))
            except OSError as error:
                self.lose(error)
        return len(text)

    def flush(self) -> None:
        """Flush the stream if that is possible."""
        stream = self._stream
        if stream is not None and self._loss is None:
            try:
                stream.flush()
            except OSError as error:
                self.lose(error)

    def take_loss(self) -> OSError | None:
        """Return the first error of writing, if there was one, and forget it."""
        loss, self._loss = self._loss, None
        return loss

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        stream = self._stream
        return stream is not None and stream.isatty()

    def fileno(self) -> int:
        """Return the stream's descriptor."""
        if self._stream is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self._stream.fileno()

    @property
    def encoding(self) -> str:
        """Encoding of the stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def as_file(self) -> IO[str]:
        """This stream, as libraries want it typed."""
        return cast(IO[str], self)

    @property
    def _stream(self) -> IO[str] | None:
        """The stream at present; None in a process without one."""
        stream = getattr(sys, self._name)
        return getattr(stream, "rich_proxied_file", stream)  # what bars are drawn around

    def lose(self, error: OSError) -> None:
        """Note a loss, and send what is still buffered nowhere, or Python fails at its exit."""
        self._loss = error
        with suppress(OSError, ValueError):  # a stream without a descriptor
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


def open_missing() -> None:
    """Open the standard descriptors that were closed, or the next files would get their numbers."""
    while True:
        descriptor = os.open(os.devnull, os.O_RDWR)
        if descriptor > 2:
            os.close(descriptor)
            return
