"""NumPy's legacy random stream (MT19937) in compiled code, draw for draw.

nengo-loihi draws its noise and its stochastic rounding from ``numpy.random.RandomState``;
to round alike, the engine must draw alike. Matsumoto and Nishimura 1998; the conversions to
doubles and bounded integers are those of ``RandomState``.
"""

import numpy as np

from spikearm.loihi_deploy.engine.jit import jit

N, M = 624, 397
UPPER, LOWER = np.uint32(0x80000000), np.uint32(0x7FFFFFFF)
MATRIX = np.uint32(0x9908B0DF)
REFUSED = np.int32(255)  # one too many for 255 integers: the next one takes its place


def stream(rng: np.random.RandomState) -> np.ndarray:
    """Copy a generator's state: 624 words, then the position, shape (625,)."""
    _, words, position, *_ = rng.get_state()
    return np.append(words, np.uint32(position)).astype(np.uint32)


@jit
def _twisted(word, following, distant):
    y = (word & UPPER) | (following & LOWER)
    return distant ^ (y >> np.uint32(1)) ^ (MATRIX * (y & np.uint32(1)))


@jit
def _twist(state):
    """Compute the next 624 words; three loops, because the last ones use the first new ones."""
    for i in range(N - M):
        state[i] = _twisted(state[i], state[i + 1], state[i + M])
    for i in range(N - M, N - 1):
        state[i] = _twisted(state[i], state[i + 1], state[i + M - N])
    state[N - 1] = _twisted(state[N - 1], state[0], state[M - 1])
    state[N] = np.uint32(0)


@jit
def _tempered(y):
    y ^= y >> np.uint32(11)
    y ^= (y << np.uint32(7)) & np.uint32(0x9D2C5680)
    y ^= (y << np.uint32(15)) & np.uint32(0xEFC60000)
    return y ^ (y >> np.uint32(18))


@jit
def draw_doubles(state, words, doubles):
    """Draw doubles in [0, 1), as ``RandomState.rand`` does.

    Args:
        state: State of the stream.
        words: Scratch, at least twice as long as ``doubles``.
        doubles: Doubles; written.
    """
    n_words, done = 2 * len(doubles), 0
    while done < n_words:
        if state[N] >= N:
            _twist(state)
        first = np.int64(state[N])
        count = min(N - first, n_words - done)
        source, target = state[first : first + count], words[done : done + count]
        for i in range(count):
            target[i] = _tempered(source[i])
        state[N] = first + count
        done += count
    for i in range(len(doubles)):
        high, low = words[2 * i] >> np.uint32(5), words[2 * i + 1] >> np.uint32(6)
        doubles[i] = (np.float64(high) * 67108864.0 + np.float64(low)) * 2.0**-53


@jit
def skip_doubles(state, n):
    """Pass over as many doubles as would be drawn."""
    n_words = 2 * n
    while n_words > 0:
        if state[N] >= N:
            _twist(state)
        count = min(N - np.int64(state[N]), n_words)
        state[N] += count
        n_words -= count


@jit
def _low_byte(y):
    return _tempered(y) & np.uint32(0xFF)


@jit
def draw_noise(state, noise):
    """Fill with integers from -127 to 127, as ``RandomState.randint(-127, 128)`` draws them."""
    done = 0
    while done < len(noise):
        if state[N] >= N:
            _twist(state)
        i = np.int64(state[N])
        while i < N and done < len(noise):
            value = np.int32(_low_byte(state[i]))
            noise[done] = value - 127
            done += value < REFUSED
            i += 1
        state[N] = i


@jit
def skip_noise(state, n):
    """Pass over as many integers as :func:`draw_noise` would draw."""
    while n > 0:
        if state[N] >= N:
            _twist(state)
        first = np.int64(state[N])
        count = min(N - first, n)
        n -= count - _count_refused(state[first : first + count])
        state[N] = first + count


@jit
def _count_refused(words):
    refused = 0
    for i in range(len(words)):
        refused += np.int32(_low_byte(words[i])) == REFUSED
    return refused
