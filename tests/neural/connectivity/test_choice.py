"""The choice between generated and stored connectivity."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.connectivity import choice
from spikearm.neural.connectivity.choice import choose_connectivity
from spikearm.neural.connectivity.event_convolution import EventConvolution
from spikearm.neural.connectivity.stored import DenseConnectivity, StoredConnectivity

FORMS = (EventConvolution, StoredConnectivity, DenseConnectivity)


@pytest.fixture
def made() -> EventConvolution:
    return EventConvolution(np.ones((3, 3, 2, 4), np.float32), (8, 8, 2))


@pytest.mark.parametrize("fastest", FORMS)
def test_the_form_that_takes_the_least_time_is_chosen(fastest, made, monkeypatch):
    monkeypatch.setattr(choice, "_cpu_time", lambda form, _: float(type(form) is not fastest))
    assert type(choose_connectivity(made, 5, np.random.default_rng(0))) is fastest


def test_times_are_measured_and_leave_no_events(made):
    chosen = choose_connectivity(made, 5, np.random.default_rng(0))
    assert isinstance(chosen, FORMS) and chosen.synaptic_events == 0


@pytest.mark.parametrize(("most_bytes", "n_forms"), [(100, 1), (60_000, 2), (200_000, 3)])
def test_forms_that_do_not_fit_are_not_tried(most_bytes, n_forms, made):
    assert made.n_synapses * 8 < 60_000 < made.n_pre * made.n_post * 4 < 200_000
    assert len(list(choice._forms(made, most_bytes))) == n_forms


def test_no_spikes_are_refused(made):
    with pytest.raises(SpikearmError, match="0 spikes are too few"):
        choose_connectivity(made, 0, np.random.default_rng(0))
