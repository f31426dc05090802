"""Random numbers from a counter, without a state: philox4x32-10 (Salmon et al. 2011)."""

import numpy as np

from spikearm.neural.connectivity.jit import jit

MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
KEY_STEPS = 0x9E3779B9, 0xBB67AE85
N_ROUNDS = 10
WORD = 0xFFFFFFFF


@jit
def philox(counter, key):
    """Compute four random words.

    Args:
        counter: Four numbers of 32 bits.
        key: Two numbers of 32 bits.

    Returns:
        Four words of 32 bits, as ``uint64``.
    """
    mask = np.uint64(WORD)
    a, b, c, d = (np.uint64(counter[0]), np.uint64(counter[1]), np.uint64(counter[2]),
                  np.uint64(counter[3]))  # fmt: skip
    first, second = np.uint64(key[0]), np.uint64(key[1])
    half = np.uint64(32)
    for _ in range(N_ROUNDS):
        low = np.uint64(MULTIPLIERS[0]) * a
        high = np.uint64(MULTIPLIERS[1]) * c
        a, b, c, d = (high >> half) ^ b ^ first, high & mask, (low >> half) ^ d ^ second, low & mask
        first = (first + np.uint64(KEY_STEPS[0])) & mask
        second = (second + np.uint64(KEY_STEPS[1])) & mask
    return a, b, c, d


@jit
def uniform(word):
    """Return a number between 0 and 1, neither of which it is, for a word of 32 bits."""
    return (float(word) + 0.5) * 2.0**-32
