"""The post-synaptic potential: integrals of the simulated kernel against closed forms."""

import numpy as np
import pytest
from scipy.integrate import quad

from spikearm.arm_models import SpikearmError
from spikearm.neural.initialisation.lif import Lif
from spikearm.neural.initialisation.psp import (
    continuous_integrals,
    psp_kernel,
    simulated_integrals,
)

LIFS = (Lif(), Lif(0.03, 0.004, 0.001, 2.5), Lif(0.005, 0.02, 0.0005))


@pytest.mark.parametrize("lif", LIFS)
def test_simulated_integrals_are_sums_of_geometric_series(lif):
    a, b = lif.membrane_decay, lif.synapse_decay
    scale = (1 - a) / (b - a)  # kernel: scale (b^t - a^t)
    mean = scale * (1 / (1 - b) - 1 / (1 - a))
    square = scale**2 * (1 / (1 - b**2) - 2 / (1 - a * b) + 1 / (1 - a**2))
    integrals = simulated_integrals(lif)
    assert integrals.mean == pytest.approx(mean * lif.timestep, rel=2e-4)  # cut after ten taus
    assert integrals.square == pytest.approx(square * lif.timestep, rel=1e-6)


@pytest.mark.parametrize("lif", LIFS)
def test_continuous_integrals_are_those_of_the_potential(lif):
    membrane, synapse = lif.tau_membrane, lif.tau_synapse

    def potential(t):
        return (np.exp(-t / membrane) - np.exp(-t / synapse)) * synapse / (membrane - synapse)

    integrals = continuous_integrals(lif)
    assert integrals.mean == pytest.approx(quad(potential, 0, 1)[0], rel=1e-6)
    assert integrals.square == pytest.approx(quad(lambda t: potential(t) ** 2, 0, 1)[0], rel=1e-6)


def test_simulation_comes_close_to_the_closed_form_as_steps_become_short():
    errors = []
    for timestep in (0.002, 0.0002, 0.00002):
        lif = Lif(timestep=timestep)
        errors.append(simulated_integrals(lif).square / continuous_integrals(lif).square - 1)
    assert 0.1 < errors[0] < 0.3  # steps of a fifth of the synapse's time constant
    assert errors[0] > 5 * errors[1] > 25 * errors[2] > 0


def test_the_potential_rises_after_the_spike_and_decays():
    kernel = psp_kernel(Lif())
    assert (kernel[:2] == 0.0).all()  # the spike is in step 0, its current in step 1
    assert 0 < np.argmax(kernel) < 20
    assert kernel[-1] < 1e-3 * kernel.max()


@pytest.mark.parametrize("name", ["tau_membrane", "tau_synapse", "timestep", "threshold"])
def test_neurons_without_extent_are_refused(name):
    with pytest.raises(SpikearmError, match=name):
        Lif(**{name: 0.0})
