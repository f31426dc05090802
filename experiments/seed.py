"""The check of a seed."""

from spikearm.arm_models import SpikearmError

LARGEST_SEED = 2**32 - 1  # of NumPy's RandomState, which Nengo draws from


def check_seed(seed: int) -> None:
    """Refuse a seed that a generator of random numbers does not take.

    Raises:
        SpikearmError: It is negative or too large.
    """
    if seed < 0:
        raise SpikearmError(f"Seed {seed} is negative: give 0 or more.")
    if seed > LARGEST_SEED:
        raise SpikearmError(f"Seed {seed} is too large: give at most {LARGEST_SEED}.")
