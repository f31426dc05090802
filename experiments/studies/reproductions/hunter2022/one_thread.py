"""Limit to one thread, for times of one core."""

from contextlib import AbstractContextManager

from spikearm.arm_models import SpikearmError


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS has one thread.

    Raises:
        SpikearmError: The package that can do this is missing.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise SpikearmError(
            "Times of one core need threadpoolctl, which is not installed: "
            "pip install 'spikearm[reproduce]'."
        ) from error
    return threadpool_limits(1)
