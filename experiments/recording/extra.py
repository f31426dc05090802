"""Packages that a format needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from spikearm.arm_models import SpikearmError


@contextmanager
def extra_needed(package: str) -> Iterator[None]:
    """Import packages of the extra ``record`` in a block, or tell how to get them.

    Args:
        package: Name of the package.

    Raises:
        SpikearmError: It is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise SpikearmError(
            f"This format takes {package}, which is not installed: pip install 'spikearm[record]'."
        ) from error
