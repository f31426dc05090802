"""The random stream: NumPy's own numbers, drawn or passed over."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spikearm.loihi_deploy.engine.kernels.mersenne import (
    N,
    draw_doubles,
    draw_noise,
    skip_doubles,
    skip_noise,
    stream,
)

SIZES = (0, 1, 2, 311, 312, 313, 623, 624, 625, 5454, 28000)
"""How many are drawn: one word or two each, of the 624 that are made at once."""


def doubles(state: np.ndarray, n: int) -> np.ndarray:
    drawn = np.zeros(n)
    draw_doubles(state, np.zeros(2 * n, dtype=np.uint32), drawn)
    return drawn


def noise(state: np.ndarray, n: int) -> np.ndarray:
    drawn = np.zeros(n, dtype=np.int32)
    draw_noise(state, drawn)
    return drawn


def numpy_noise(rng: np.random.RandomState, n: int) -> np.ndarray:
    return rng.randint(-127, 128, size=n, dtype=np.int32)


OURS: dict[str, tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]] = {
    "doubles": (doubles, skip_doubles, lambda rng, n: rng.rand(n)),
    "noise": (noise, skip_noise, numpy_noise),
}


def position(state: np.ndarray) -> int:
    """Tell how far the words that were made at once are used up."""
    return int(state[N])


@pytest.mark.parametrize("kind", OURS)
def test_it_draws_what_numpy_draws(kind):
    draw, _, numpy_draw = OURS[kind]
    rng = np.random.RandomState(3)
    state = stream(rng)
    for n in SIZES:
        np.testing.assert_array_equal(draw(state, n), numpy_draw(rng, n))
        np.testing.assert_array_equal(state, stream(rng))


@pytest.mark.parametrize("kind", OURS)
def test_passing_over_leaves_the_stream_where_drawing_leaves_it(kind):
    _, skip, numpy_draw = OURS[kind]
    rng = np.random.RandomState(4)
    state = stream(rng)
    ends = set()
    for n in SIZES * 20:
        skip(state, n)
        numpy_draw(rng, n)
        np.testing.assert_array_equal(state, stream(rng))
        ends.add(position(state))
    assert len(ends) > 60  # wherever they end: from the first of the words made at once to the last
    assert max(ends) - min(ends) > N / 2


def test_of_the_noise_some_words_are_refused_even_the_last_of_those_made_at_once():
    """Passing over must count these, and go on behind them."""
    rng = np.random.RandomState(5)
    state, n_refused = stream(rng), 0
    for _ in range(2000):
        before = position(state) % N
        skip_noise(state, N - before)  # all that are left, and one more for each refused
        numpy_noise(rng, N - before)
        n_refused += position(state) < N
        np.testing.assert_array_equal(state, stream(rng))
    assert 500 < n_refused < 2000
