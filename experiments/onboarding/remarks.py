"""Remarks that the loader logs on a file: what it switches off, leaves out or cannot know."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

LOGGER = "spikearm"


class _List(logging.Handler):
    """Handler that keeps the texts of what is logged."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._texts = texts

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a text, once."""
        if (text := record.getMessage()) not in self._texts:
            self._texts.append(text)


@contextmanager
def collected_remarks() -> Iterator[list[str]]:
    """Yield a list that gets the warnings that the package logs, in place of the terminal."""
    logger, texts = logging.getLogger(LOGGER), list[str]()
    handler, propagate = _List(texts), logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield texts
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
