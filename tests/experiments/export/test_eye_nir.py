"""The eye's NIR graph: read back, and run by equations that know nothing of the eye."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.signal import correlate

from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.export.eye_nir import eye_graph
from spikearm.experiments.export.nir import NIR_STEP
from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.random_eye import random_eye

nir = pytest.importorskip("nir")

N_FRAMES, DENSITY = 30, 0.06


@pytest.fixture(scope="module")
def weights() -> Any:
    """Draw an eye without a floor, which NIR has not, and with zeros unevenly around its images."""
    drawn = random_eye(
        np.random.default_rng(0), size=16, channels=(5, 6, 4), kernels=(5, 3, 3),
        strides=(2, 2, 1), share=0.1,
    )  # fmt: skip
    return replace(drawn, dynamics=replace(drawn.dynamics, floor=-1e3))


@pytest.fixture(scope="module")
def graph(weights, tmp_path_factory) -> Any:
    """Write the graph and read it back."""
    path = tmp_path_factory.mktemp("nir") / "eye.nir"
    nir.write(path, eye_graph(weights))
    return nir.read(path)


@pytest.fixture(scope="module")
def frames() -> np.ndarray:
    return np.random.default_rng(1).random((N_FRAMES, 16, 16, 2)) < DENSITY


def convolve(node: Any, x: np.ndarray) -> np.ndarray:
    """Correlate all channels with a node's kernels, padded with zeros, every stride-th place."""
    (up, left), (down, right) = node.padding, node.stride
    padded = np.pad(x, [(0, 0), (up, up), (left, left)])
    full = [
        sum(correlate(c, k, "valid") for c, k in zip(padded, w, strict=True)) for w in node.weight
    ]
    return np.array(full)[:, ::down, ::right]


def heat_of(graph: Any, frames: np.ndarray, steps: int, decay: float, share: float) -> np.ndarray:
    """Run a graph layer by layer; return the spikes of each frame, channels last.

    Args:
        graph: Graph.
        frames: Frames of events.
        steps: Steps of a frame.
        decay: What a step leaves of a membrane.
        share: Share of an input of 1 that a step moves a membrane by.
    """
    names = [f"neurons_{number}" for number in (1, 2, 3)]
    state = {name: np.zeros(graph.nodes[name].r.shape) for name in names}
    heat = []
    for frame in frames:
        x, fired = np.moveaxis(frame, -1, 0).astype(float), np.zeros(())
        for _ in range(steps):
            for number, name in enumerate(names, start=1):
                arriving = convolve(graph.nodes[f"weights_{number}"], x) if x.any() else 0.0
                v = decay * state[name] + share * arriving
                x = (v > graph.nodes[name].v_threshold).astype(float)
                state[name] = np.where(x > 0, 0.0, v)
            fired = fired + x
            x = np.zeros_like(np.moveaxis(frame, -1, 0), dtype=float)
        heat.append(np.moveaxis(fired, 0, -1))
    return np.array(heat)


@pytest.fixture(scope="module")
def expected(weights, frames) -> np.ndarray:
    eye = Eye(weights)
    return np.array([eye.see(frame) for frame in frames])


def test_the_graph_solved_exactly_fires_as_the_eye_does(graph, weights, frames, expected):
    tau = weights.dynamics.tau_membrane
    steps = round(weights.dynamics.period / NIR_STEP)
    heat = heat_of(graph, frames, steps, np.exp(-NIR_STEP / tau), NIR_STEP / tau)
    assert expected.sum() > 100
    np.testing.assert_array_equal(heat, expected)


def test_the_graph_in_steps_of_euler_fires_nearly_as_the_eye_does(graph, weights, frames, expected):
    share = NIR_STEP / weights.dynamics.tau_membrane
    steps = round(weights.dynamics.period / NIR_STEP)
    heat = heat_of(graph, frames, steps, 1.0 - share, share)
    differing = np.count_nonzero(heat != expected)
    assert differing < 0.02 * expected.sum()


def test_only_primitives_that_most_importers_know_are_used(graph):
    kinds = {type(node).__name__ for node in graph.nodes.values()}
    assert kinds == {"Input", "Conv2d", "LIF", "Output"}


def test_the_metadata_say_how_heat_is_read(graph, weights):
    assert graph.metadata["frame_period"] == weights.dynamics.period
    np.testing.assert_array_equal(graph.metadata["sharpness"], weights.sharpness)
    np.testing.assert_array_equal(graph.metadata["absence"], weights.absence)


def test_the_command_writes_the_graph_of_an_eye(weights, tmp_path, capsys):
    eye, out = tmp_path / "eye.npz", tmp_path / "eye.nir"
    with eye.open("wb") as file:
        weights.save(file)
    options = ["export", "--eye", "--eye-weights", str(eye), "--out"]
    assert main([*options, str(out), "--to", "nir"]) == 0
    assert "holds the eye of gen3 as a graph of NIR" in capsys.readouterr().out
    assert set(nir.read(out).nodes) == {
        "input", "output", *(f"{kind}_{k}" for kind in ("weights", "neurons") for k in (1, 2, 3))
    }  # fmt: skip
    assert main([*options, str(tmp_path / "eye2.npz")]) == BAD_INPUT
    assert "--to nir" in capsys.readouterr().err
