"""The network's numbers: by name and back, and with one readout replaced."""

from dataclasses import fields, replace

import numpy as np
import pytest

from spikearm.controller.weights.network_weights import NetworkWeights

OWN = {
    "posture", "velocity", "feature_bias", "hidden", "code_bias", "latent", "factors", "command",
    "product_bias", "friction_velocity", "friction_command", "friction_bias",
}  # fmt: skip
OF_SCALING = {"scaling.middle", "scaling.center", "scaling.half_range", "scaling.torque"}
READOUTS = {"readout.rate", "readout.spiking", "readout.loihi"}


def test_every_number_is_listed_by_name(weights):
    arrays = weights.arrays()
    assert set(arrays) == OWN | OF_SCALING | READOUTS | {"membrane.leak", "rectified"}
    assert arrays["hidden"] is weights.hidden
    assert arrays["scaling.half_range"] is weights.scaling.half_range
    assert arrays["readout.spiking"] is weights.readout["spiking"]


def test_weights_are_rebuilt_from_their_list(weights):
    again = NetworkWeights.from_arrays(weights.arrays())
    for name in OWN:
        assert getattr(again, name) is getattr(weights, name), name
    for field in fields(weights.scaling):
        assert getattr(again.scaling, field.name) is getattr(weights.scaling, field.name)
    assert again.readout == weights.readout


@pytest.mark.parametrize("rectified", [True, False])
def test_weights_say_how_inputs_were_coded_when_their_readout_was_learned(weights, rectified):
    arrays = replace(weights, rectified=rectified).arrays()
    assert NetworkWeights.from_arrays(arrays).rectified is rectified


def test_weights_without_readouts_are_rebuilt_too(weights):
    arrays = {name: a for name, a in weights.arrays().items() if not name.startswith("readout")}
    assert NetworkWeights.from_arrays(arrays).readout == {}


def test_the_layers_are_counted(weights):
    assert weights.layers == (14, 11, 26, 9)


def test_a_readout_is_replaced_and_the_others_stay(weights):
    new = np.full((3, 60), 0.7)
    changed = weights.with_readout("spiking", new)
    assert changed.readout["spiking"] is new
    assert changed.readout["rate"] is weights.readout["rate"]
    assert changed.readout["loihi"] is weights.readout["loihi"]
    assert weights.readout["spiking"] is not new
    assert changed.factors is weights.factors


@pytest.mark.parametrize("missing", ["latent", "scaling.torque"])
def test_a_missing_array_is_an_error(weights, missing):
    arrays = weights.arrays()
    del arrays[missing]
    with pytest.raises(ValueError, match=f"it lacks {missing.split('.')[-1]}"):
        NetworkWeights.from_arrays(arrays)


@pytest.mark.parametrize("name", sorted(OWN | OF_SCALING))
def test_an_array_of_another_network_is_refused(weights, name):
    arrays = weights.arrays()
    arrays[name] = np.repeat(arrays[name], 2, axis=0)
    with pytest.raises(ValueError, match=r" has shape .* but this network needs "):
        NetworkWeights.from_arrays(arrays)


@pytest.mark.parametrize("shape", [(3, 51), (3, 59), (3, 61), (4, 60)])
def test_a_readout_of_another_network_is_refused(weights, shape):
    with pytest.raises(ValueError, match=r"rate has shape .* needs \(3, 60\)"):
        weights.with_readout("rate", np.zeros(shape))
