"""The latent code against numpy's decompositions."""

import numpy as np
import pytest

from controller.latent import COVERAGE, HEADROOM, compress

N_SAMPLES, N_JOINTS = 150, 4


@pytest.fixture
def task_maps() -> np.ndarray:
    """Draw task maps of decaying variance about a mean that is not zero."""
    rng = np.random.default_rng(23)
    directions = rng.normal(size=(N_JOINTS * 6, N_JOINTS * 6))
    weights = rng.normal(size=(N_SAMPLES, N_JOINTS * 6)) * 0.7 ** np.arange(N_JOINTS * 6)
    return (2.5 + weights @ directions).reshape(N_SAMPLES, N_JOINTS, 6)


def reconstruct(code) -> np.ndarray:
    return code.constant + np.tensordot(code.samples, code.components, axes=1)


@pytest.mark.parametrize("n_latent", [2, 5, 11])
def test_the_code_is_the_best_of_its_size(task_maps, n_latent):
    # Eckart and Young: no rank does better than the truncated decomposition, here by the
    # eigenvectors of the covariance rather than by a singular value decomposition.
    flat = task_maps.reshape(N_SAMPLES, -1)
    mean = flat.mean(axis=0)
    vectors = np.linalg.eigh(np.cov(flat.T))[1][:, -n_latent:]
    expected = mean + (flat - mean) @ vectors @ vectors.T
    code = compress(task_maps, n_latent)
    np.testing.assert_allclose(reconstruct(code), expected.reshape(task_maps.shape), atol=1e-9)


@pytest.mark.parametrize("n_latent", [2, 5, 11])
def test_the_residual_is_what_the_code_leaves_out_of_the_root_mean_square(task_maps, n_latent):
    code = compress(task_maps, n_latent)
    left_out = np.linalg.norm(task_maps - reconstruct(code)) / np.linalg.norm(task_maps)
    assert left_out > 1e-3
    assert code.residual == pytest.approx(left_out)


def test_a_code_of_full_size_is_exact(task_maps):
    code = compress(task_maps, N_JOINTS * 6)
    np.testing.assert_allclose(reconstruct(code), task_maps, atol=1e-9)
    assert code.residual == pytest.approx(0.0, abs=1e-12)


def test_the_torque_is_the_task_map_times_the_command(task_maps):
    code = compress(task_maps, N_JOINTS * 6)
    commands = np.random.default_rng(5).normal(size=(N_SAMPLES, 6))
    expected = [task_map @ command for task_map, command in zip(task_maps, commands, strict=True)]
    np.testing.assert_allclose(code.torque(code.samples, commands), expected, atol=1e-8)
    np.testing.assert_allclose(code.torque(code.samples[7], commands[7]), expected[7], atol=1e-8)


def test_the_code_fills_its_range_with_headroom(task_maps):
    code = compress(task_maps, 6)
    reach = np.percentile(np.abs(code.samples), COVERAGE, axis=0)
    np.testing.assert_allclose(reach, 1 / HEADROOM)


def test_the_most_important_direction_comes_first(task_maps):
    code = compress(task_maps, 6)
    spread = code.samples.std(axis=0) * np.linalg.norm(code.components, axis=(1, 2))
    assert (np.diff(spread) < 0).all()
