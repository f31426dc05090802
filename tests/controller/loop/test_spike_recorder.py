"""The recorder of spikes: an observer of one motion."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from spikearm.arm_models import load_arm
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.loop.spike_recorder import SpikeRecorder, spike_recorder
from spikearm.neural.spikes import Population


def test_steps_in_which_the_network_was_not_asked_have_no_spikes():
    simulation: Any = SimpleNamespace(populations=(Population("a", 5),), spiked=np.array([1]))
    recorder = SpikeRecorder(simulation)
    nothing = cast(Any, None)
    for spiked in ([1], [0, 4], [0, 4], []):  # as it was left where it was not asked
        simulation.spiked = np.array(spiked, dtype=int)
        recorder(nothing, nothing, nothing)
    trains = recorder.finish(np.array([0, 0, 1, 0]))
    assert trains.populations == (Population("a", 5),)
    np.testing.assert_array_equal(trains.step, [0, 1, 1])
    np.testing.assert_array_equal(trains.neuron, [1, 0, 4])


def test_a_controller_without_neurons_has_none():
    assert spike_recorder(OperationalSpaceController(load_arm("planar3").model)) is None
