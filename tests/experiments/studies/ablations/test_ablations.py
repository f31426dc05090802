"""Ablations: variants that differ in one thing each, and share the files that they can."""

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.spiking.spiking_network import build_network
from spikearm.experiments.studies.ablations import study as study_module
from spikearm.experiments.studies.ablations.result import Result
from spikearm.experiments.studies.ablations.simulations import NeuronToNeuron
from spikearm.experiments.studies.ablations.study import AblationStudy
from spikearm.experiments.studies.ablations.variant import Variant, list_variants

VARIANTS = list_variants(reaches=100, recordings=200, epochs=3)
RESULT = Result("nothing", 10, 2952, 7, 0.03, 0.0005, 0.0007, 0.0004, 1.0)


def difference(one: Variant, other: Variant) -> set[str]:
    """Name the fields in which two variants differ, besides their names."""
    fields = {"chip", "recorded"}
    differing = {name for name in fields if getattr(one, name) != getattr(other, name)}
    return differing | ({"config"} if one.config != other.config else set())


def test_every_variant_differs_from_the_whole_controller_in_one_thing():
    whole, *others = VARIANTS
    assert [len(difference(whole, other)) for other in others] == [1] * 11
    assert len({variant.name for variant in VARIANTS}) == 12


def test_product_neurons_grow_with_the_pairs_of_latent_number_and_command():
    sizes = {v.name: (v.config.compression.n_latent, v.config.products) for v in VARIANTS}
    assert sizes["nothing"] == (10, 1800)
    assert sizes["10 neurons per product"] == (10, 600)
    assert sizes["latent code of 14"] == (14, 2520)


def test_files_are_shared_with_the_trainings_that_would_make_the_same(tmp_path):
    raw = VARIANTS[1]
    study = AblationStudy(load_arm("gen3"), VARIANTS, tmp_path)
    there = tmp_path / "nothing"
    there.mkdir()
    for name in ("samples.npz", "compression.npz", "readout-loihi.npz"):
        (there / name).write_bytes(name.encode())
    alike = next(v for v in VARIANTS if v.chip is NeuronToNeuron)
    study.share_files(alike)
    study.share_files(raw)
    here = tmp_path / "latent-code-by-weights-from-neuron-to-neuron"
    other = tmp_path / "deep-network-as-the-NEF-makes-it-not-trained"
    assert {p.name: p.read_bytes() for p in here.iterdir()} == {
        "samples.npz": b"samples.npz",
        "compression.npz": b"compression.npz",
    }
    assert [p.name for p in other.iterdir()] == ["samples.npz"]


def test_a_result_is_kept_and_not_measured_again(tmp_path, monkeypatch):
    monkeypatch.setattr(study_module, "measure", lambda *_: RESULT)
    whole, raw, *_ = VARIANTS
    study = AblationStudy(load_arm("gen3"), VARIANTS, tmp_path)
    (tmp_path / "nothing").mkdir()
    assert study.kept(whole) is None
    assert study.measure(whole, None) == RESULT  # pyright: ignore[reportArgumentType]
    assert study.kept(whole) == RESULT
    assert study.kept(raw) is None


def test_from_neuron_to_neuron_the_products_get_the_decoded_code_without_a_decoder(trained):
    built = build_network(trained.weights, "loihi")
    code, products = built.network.ensembles[1:3]
    (decoded,) = [c for c in built.network.connections if c.pre is code and c.post is products]
    rates = np.random.default_rng(1).uniform(0.0, 100.0, code.n_neurons)
    expected = np.asarray(products.encoders) @ (rates @ decoded.solver.values)
    simulation = NeuronToNeuron(built.network)
    simulation.close()
    between = (code.neurons, products.neurons)
    (direct,) = [c for c in built.network.connections if (c.pre, c.post) == between]
    assert decoded not in built.network.connections
    assert direct.transform.init @ rates == pytest.approx(expected)
