"""Kernels of the first layer, learned from events whose causes are known."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.softhebb.unit_norm import unit_norm
from spikearm.perception.eye.eye_weights import EyeDynamics
from spikearm.perception.eye.first_kernels import FirstKernels
from spikearm.perception.eye.pulsed_layer import run_layer
from spikearm.perception.eye.scene_set import SceneSet

DYNAMICS = EyeDynamics()
SIZE, N_STEPS = 32, 12


def striped_scenes(n_scenes: int) -> SceneSet:
    """Scenes of horizontal lines of ON events in one half, of vertical OFF ones in the other."""
    rng = np.random.default_rng(0)
    events = np.zeros((n_scenes, N_STEPS, 2, SIZE, SIZE, 2), bool)
    for one in events:
        for line in rng.integers(0, SIZE, 4):
            one[:, 0, line, :, 0] = one[:, 1, :, line, 1] = True
    events &= rng.random(events.shape) < 0.7
    blank = np.zeros((n_scenes, N_STEPS, 2, 2), np.float32)
    return SceneSet(
        np.packbits(events.reshape(n_scenes, N_STEPS, 2, -1), axis=-1),
        np.zeros((n_scenes, N_STEPS, 3)), blank, blank, np.ones((n_scenes, 2)),
        np.zeros((n_scenes, 2, SIZE, SIZE, 3), np.uint8),
    )  # fmt: skip


@pytest.fixture(scope="module")
def scenes() -> SceneSet:
    return striped_scenes(12)


@pytest.mark.parametrize("kernels", ["softhebb", "random", "kmeans"])
def test_every_kernel_fires_at_the_wanted_rate(scenes, kernels):
    choices = FirstKernels(kernels, n_kernels=6, n_patches=1000, kernel_rate=0.04)
    layer = choices.learn(scenes, DYNAMICS, np.random.default_rng(1))
    assert layer.kernel.shape == (5, 5, 2, 6)
    spikes = run_layer(layer, scenes.views(np.arange(scenes.n_views)), DYNAMICS)
    rates = spikes[N_STEPS // 3 :].mean(axis=(0, 1, 2, 3))
    np.testing.assert_allclose(rates, 0.04, atol=0.012)


def test_softhebb_tells_lines_apart_that_random_kernels_do_not(scenes):
    def separation(kernels: str) -> float:
        """How much more of a kernel's weight is in one polarity than in the other."""
        choices = FirstKernels(kernels, n_kernels=6, n_patches=1000)  # type: ignore[arg-type]
        kernel = choices.learn(scenes, DYNAMICS, np.random.default_rng(2)).kernel
        flat = unit_norm(kernel.reshape(-1, 2, 6).transpose(2, 1, 0).reshape(6, -1))
        positive = np.maximum(flat, 0).reshape(6, 2, -1).sum(axis=-1)
        return float(np.mean(np.ptp(positive, axis=1) / positive.sum(axis=1)))

    assert separation("softhebb") > 2 * separation("random")


def test_the_same_seed_learns_the_same_kernels(scenes):
    choices = FirstKernels(n_kernels=4, n_patches=500)
    once, again = (choices.learn(scenes, DYNAMICS, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(once.kernel, again.kernel)


def test_scenes_in_which_nothing_happens_are_refused_in_a_sentence():
    still = striped_scenes(1)
    still = SceneSet(**{**vars(still), "events": np.zeros_like(still.events)})
    with pytest.raises(SpikearmError, match="There are 0 patches in which something happens"):
        FirstKernels().learn(still, DYNAMICS, np.random.default_rng(0))
