"""The NIR graph: read back, and run by simulators that know nothing of Nengo."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import nengo
import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.spiking.saturation_backup import FINE_EXCESS, SaturationBackup
from spikearm.controller.spiking.spiking_network import build_network
from spikearm.controller.weights.membrane import LEAKY, Membrane
from spikearm.experiments.export.nir import NIR_STEP, nir_graph

nir = pytest.importorskip("nir")

TIME, SETTLING = 0.4, 0.1  # s
N_EXCESS = 12  # two ranges of each component of the command
RESTING = {"voltage": nengo.dists.Choice([0])}
# A spike waits for the end of its step: half a step later on average, every 15 ms or so. Of the
# latent code, the neurons' shares cancel in part, so that its own error is larger.
LATENT_TOLERANCE, TORQUE_TOLERANCE = 0.04, 0.02


class Steady(NamedTuple):
    """Means after settling: the latent code, and the joint torques [N m]."""

    latent: np.ndarray
    torque: np.ndarray


Stepper = Callable[[np.ndarray], dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def graph(trained, tmp_path_factory) -> Any:
    """Write the graph and read it back."""
    path = tmp_path_factory.mktemp("nir") / "gen3.nir"
    nir.write(path, nir_graph(trained.weights, a_backup(trained.weights)))
    return nir.read(path)


def a_backup(weights: Any) -> SaturationBackup:
    return SaturationBackup.of_arm(load_arm("gen3").model, weights, "spiking")


@pytest.fixture(scope="module")
def inputs(trained) -> np.ndarray:
    """Draw scaled inputs, and an excess of the command behind them."""
    n_scaled = len(trained.weights.scaling.center)
    drawn = np.random.default_rng(0).uniform(-0.6, 0.6, n_scaled + N_EXCESS)
    return drawn * np.repeat([1.0, 0.5], [n_scaled, N_EXCESS])


def without_bounds(weights: Any, inputs: np.ndarray) -> Steady:
    """Run the stage ``spiking``, its neurons without refractory period and lower bound."""
    built, backup = build_network(weights, "spiking"), a_backup(weights)
    backup.add_to(built.network)
    built.nodes.inputs[:], backup.excess[:] = np.split(inputs, [-N_EXCESS])
    for ensemble in built.network.all_ensembles:
        ensemble.neuron_type = nengo.LIF(
            tau_rc=LEAKY.tau_rc, tau_ref=0.0, min_voltage=-np.inf, initial_state=RESTING
        )
    (code,) = (one for one in built.network.all_ensembles if one.label == "code")
    with built.network:
        probe = nengo.Probe(code.neurons)
    torques = []
    with nengo.Simulator(built.network, dt=NIR_STEP, progress_bar=False) as simulator:
        for _ in range(round(TIME / NIR_STEP)):
            simulator.step()
            torques.append(built.nodes.outputs.values * weights.scaling.torque + backup.torque)
        first = round(SETTLING / NIR_STEP)
        latent = weights.latent @ simulator.data[probe][first:].mean(axis=0)
    return Steady(latent, np.mean(torques[first:], axis=0))


def plainly(graph: Any) -> Stepper:
    """Integrate a graph's equations with NumPy, node by node, in the order of its edges."""
    state = {
        name: np.zeros(len(node.r)) for name, node in graph.nodes.items() if hasattr(node, "r")
    }
    order = list(in_order(graph))

    def integrate(name: str, arriving: np.ndarray) -> np.ndarray:
        node, v = graph.nodes[name], state[name]
        v += NIR_STEP / node.tau * (node.v_leak - v + node.r * arriving)
        if not isinstance(node, nir.LIF):
            return v.copy()
        fires = v > node.v_threshold
        v[fires] = 0.0
        return fires.astype(float)

    def step(x: np.ndarray) -> dict[str, np.ndarray]:
        out = {"input": x}
        for name in order:
            node = graph.nodes[name]
            arriving = np.sum([out[a] for a, b in graph.edges if b == name], axis=0)
            if name in state:
                out[name] = integrate(name, arriving)
            elif isinstance(node, nir.Output):
                out[name] = arriving
            else:
                out[name] = node.weight @ arriving + getattr(node, "bias", 0)
        return out

    return step


def in_order(graph: Any) -> Iterator[str]:
    """Give nodes after all that they need."""
    done = ["input"]
    while len(done) < len(graph.nodes):
        for name in graph.nodes.keys() - set(done):
            if all(a in done for a, b in graph.edges if b == name):
                done.append(name)
                yield name


def in_sc_neurocore(graph: Any) -> Stepper:
    """Let a simulator that imports NIR run a graph."""
    bridge = pytest.importorskip("sc_neurocore.nir_bridge")
    network = bridge.from_nir(graph, dt=NIR_STEP)
    network.output_nodes.append("latent_code")
    return lambda x: network.step({"input": x})


def in_snntorch(graph: Any) -> Stepper:
    """Let snnTorch run a graph: neurons and weights are its own, filters are added to its map."""
    importer = pytest.importorskip("snntorch.import_nir")
    nirtorch, torch = pytest.importorskip("nirtorch"), pytest.importorskip("torch")

    class LowPass(torch.nn.Module):
        def __init__(self, node: Any) -> None:
            super().__init__()
            self.share, self.v = torch.tensor(NIR_STEP / node.tau), torch.zeros(len(node.tau))

        def forward(self, x: Any) -> Any:
            self.v = self.v + self.share * (x - self.v)
            return self.v

    def own(node: Any) -> Any:
        return importer._nir_to_snntorch_module(node, init_hidden=True)

    kinds = {nir.Affine: own, nir.Linear: own, nir.LIF: own, nir.LI: LowPass}
    network = nirtorch.nir_to_torch(graph, kinds)

    def step(x: np.ndarray) -> dict[str, np.ndarray]:
        with torch.no_grad():
            torque, _ = network(torch.tensor(x, dtype=torch.float32))
        return {"latent_code": network.latent_code.v.numpy(), "output": torque.numpy()}

    return step


@pytest.fixture(scope="module")
def expected(trained, inputs) -> Steady:
    return without_bounds(trained.weights, inputs)


@pytest.mark.parametrize("simulator", [plainly, in_sc_neurocore, in_snntorch])
def test_others_find_the_same_latent_code_and_torque(simulator, graph, inputs, expected):
    step = simulator(graph)
    outputs = [step(inputs) for _ in range(round(TIME / NIR_STEP))][round(SETTLING / NIR_STEP) :]
    latent, torque = (
        np.mean([one[n] for one in outputs], axis=0) for n in ("latent_code", "output")
    )
    assert np.linalg.norm(expected.latent) > 1.0
    assert np.linalg.norm(expected.torque) > 5.0
    for found, wanted, tolerance in (
        (latent, expected.latent, LATENT_TOLERANCE),
        (torque, expected.torque, TORQUE_TOLERANCE),
    ):
        error = np.linalg.norm(found - wanted) / np.linalg.norm(wanted)
        assert 1e-6 < error < tolerance


def test_what_is_read_back_is_what_the_network_is_made_of(graph, trained):
    weights, nodes = trained.weights, graph.nodes
    n_state = weights.posture.shape[1] + weights.velocity.shape[1]
    single = np.float32
    state = np.hstack([weights.posture, weights.velocity]).astype(single)
    np.testing.assert_array_equal(nodes["state_weights"].weight[:, :n_state], state)
    command = nodes["command_weights"].weight[:, n_state:-N_EXCESS]
    np.testing.assert_array_equal(command, weights.command.astype(single))
    assert not nodes["state_weights"].weight[:, n_state:].any()
    assert not nodes["command_weights"].weight[:, :n_state].any()
    assert not nodes["command_weights"].weight[:, -N_EXCESS:].any()
    assert not nodes["excess_weights"].weight[:, :-N_EXCESS].any()
    np.testing.assert_allclose(nodes["hidden_weights"].weight * NIR_STEP, weights.hidden, rtol=1e-6)
    np.testing.assert_allclose(nodes["latent_weights"].weight * NIR_STEP, weights.latent, rtol=1e-6)
    for name, bias in (("state", "feature"), ("hidden", "code"), ("factor", "product")):
        own = getattr(weights, f"{bias}_bias").astype(single)
        np.testing.assert_array_equal(nodes[f"{name}_weights"].bias, own)
    parts = [nodes[f"{name}_readout"].weight for name in ("feature", "code", "product")]
    scaled = weights.readout["spiking"] * weights.scaling.torque[:, None]
    np.testing.assert_allclose(np.hstack(parts) * NIR_STEP, scaled, rtol=1e-6)
    np.testing.assert_array_equal(graph.metadata["input_center"], weights.scaling.center)
    assert graph.metadata["dt"] == NIR_STEP


def test_the_backup_is_silent_without_excess_and_adds_torque_along_the_law_with_it(trained, graph):
    weights, layer = trained.weights, a_backup(trained.weights).layer
    readout = graph.nodes["backup_readout"].weight * NIR_STEP
    np.testing.assert_allclose(readout, layer.readout, rtol=1e-6)
    assert (layer.bias < 1.0).all()  # below threshold, which is 1
    excess = np.zeros(N_EXCESS)
    excess[2] = 0.5  # two ranges of the products' upwards
    rates = nengo.LIF(tau_rc=LEAKY.tau_rc).rates(
        (graph.nodes["excess_weights"].weight[:, -N_EXCESS:] @ excess)[None],
        np.ones(len(readout.T)),
        graph.nodes["excess_weights"].bias,
    )  # fmt: skip
    n = len(weights.scaling.half_range)
    wanted = np.zeros(6)
    wanted[2] = 0.5 * FINE_EXCESS * weights.scaling.half_range[n - 6 + 2]
    model = load_arm("gen3").model
    torque = HomeInertia.of_arm(model).task_map @ wanted
    assert np.linalg.norm(readout @ rates[0] - torque) < 0.1 * np.linalg.norm(torque)


def test_only_primitives_that_most_importers_know_are_used(graph):
    kinds = {type(node).__name__ for node in graph.nodes.values()}
    assert kinds == {"Input", "Affine", "Linear", "LIF", "LI", "Output"}
    for node in graph.nodes.values():
        if isinstance(node, nir.LIF):
            for name, value in (("r", 1), ("v_leak", 0), ("v_reset", 0), ("v_threshold", 1)):
                assert (getattr(node, name) == value).all(), name


def test_neurons_without_a_leak_are_nirs_integrate_and_fire_neurons(trained):
    weights = replace(trained.weights, membrane=Membrane())
    graph = nir_graph(weights, a_backup(weights))
    for layer in ("feature", "code", "product"):
        node = graph.nodes[f"{layer}_neurons"]
        assert isinstance(node, nir.IF)
        assert (node.r == 1).all()
        assert (node.v_threshold == 1).all()
        assert (node.v_reset == 0).all()
    assert isinstance(graph.nodes["backup_neurons"], nir.LIF)


def test_another_step_makes_spikes_weigh_more(trained):
    backup = a_backup(trained.weights)
    coarse, fine = (nir_graph(trained.weights, backup, dt=dt) for dt in (1e-3, 1e-4))
    for name in ("hidden_weights", "latent_weights", "code_readout", "backup_readout"):
        np.testing.assert_allclose(
            10 * coarse.nodes[name].weight, fine.nodes[name].weight, rtol=1e-6
        )
    np.testing.assert_array_equal(
        coarse.nodes["factor_weights"].weight, fine.nodes["factor_weights"].weight
    )
