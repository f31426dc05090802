"""The vector instruction: NumPy's sums, and nothing beside the lanes."""

from typing import NamedTuple

import numba
import numpy as np
import pytest

from spikearm.loihi_deploy.engine.lanes import LANES, add_lanes

N_TARGETS, N_MANTISSAS = 61, 40
INT32 = np.iinfo(np.int32)


@numba.njit
def add_tiles(target, firsts, mantissas, places, factors):
    """Call the instruction for each of some tiles."""
    for k in range(len(firsts)):
        add_lanes(target, firsts[k], mantissas, places[k], factors[k])


def add_tile(
    target: np.ndarray, first: int, mantissas: np.ndarray, place: int, factor: int
) -> None:
    factors = np.array([factor], dtype=np.int32)
    add_tiles(target, np.array([first]), mantissas, np.array([place]), factors)


class Adding(NamedTuple):
    """Tiles to be added one after the other."""

    target: np.ndarray
    firsts: np.ndarray
    mantissas: np.ndarray
    places: np.ndarray
    factors: np.ndarray


def random_adding(rng: np.random.Generator, n: int) -> Adding:
    return Adding(
        target=rng.integers(-(2**24), 2**24, size=N_TARGETS).astype(np.int32),
        firsts=rng.integers(0, N_TARGETS - LANES + 1, size=n),
        mantissas=rng.integers(-128, 128, size=N_MANTISSAS).astype(np.int8),
        places=rng.integers(0, N_MANTISSAS - LANES + 1, size=n),
        factors=rng.choice(2 ** np.arange(16), size=n).astype(np.int32),
    )


def added_by_numpy(adding: Adding) -> np.ndarray:
    """Add in 64 bits, then cut to 32 as integers on the machine wrap."""
    target = adding.target.astype(np.int64)
    for first, place, factor in zip(adding.firsts, adding.places, adding.factors, strict=True):
        mantissas = adding.mantissas[place : place + LANES].astype(np.int64)
        target[first : first + LANES] += mantissas * factor
    return target.astype(np.int32)


@pytest.mark.parametrize("seed", range(10))
def test_tiles_that_overlap_add_up_as_numpy_adds_them(seed):
    rng = np.random.default_rng(seed)
    adding = random_adding(rng, n=100)
    assert len(set(adding.firsts % LANES)) > 4  # at places that no alignment helps
    expected = added_by_numpy(adding)
    assert (expected != adding.target).mean() > 0.8
    add_tiles(*adding)
    np.testing.assert_array_equal(adding.target, expected)


@pytest.mark.parametrize("first", [0, 1, 7, 8, 30, N_TARGETS - LANES])
@pytest.mark.parametrize("place", [0, 3, N_MANTISSAS - LANES])
def test_one_tile_changes_its_lanes_and_no_neighbour(first, place):
    target = np.arange(100, 100 + N_TARGETS, dtype=np.int32)
    mantissas = (np.arange(N_MANTISSAS) + 1).astype(np.int8)
    before = mantissas.copy()
    add_tile(target, first, mantissas, place, 4)
    change = target - np.arange(100, 100 + N_TARGETS)
    lanes = slice(first, first + LANES)
    np.testing.assert_array_equal(change[lanes], 4 * (place + 1 + np.arange(LANES)))
    assert not np.delete(change, np.arange(first, first + LANES)).any()
    np.testing.assert_array_equal(mantissas, before)


@pytest.mark.parametrize("mantissa", [-128, -127, -1, 0, 1, 127])
def test_mantissas_keep_their_sign_at_both_ends_of_eight_bits(mantissa):
    target = np.zeros(LANES, dtype=np.int32)
    mantissas = np.full(LANES, mantissa, dtype=np.int8)
    add_tile(target, 0, mantissas, 0, 2**15)
    assert target.tolist() == [mantissa * 2**15] * LANES


@pytest.mark.parametrize(("start", "mantissa"), [(INT32.max, 1), (INT32.min, -1)])
def test_sums_wrap_at_32_bits_as_numpy_s_do(start, mantissa):
    target = np.full(LANES, start, dtype=np.int32)
    mantissas = np.full(LANES, mantissa, dtype=np.int8)
    add_tile(target, 0, mantissas, 0, 2)
    np.testing.assert_array_equal(target, np.full(LANES, start, np.int32) + 2 * mantissas)
    assert (np.sign(target) == -mantissa).all()
