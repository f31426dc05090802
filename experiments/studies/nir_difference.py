"""Difference of a NIR graph from its controller: latent code and torque at rest."""

from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

import nengo
import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.spiking.spiking_network import build_network
from spikearm.controller.training.products import draw_commands
from spikearm.controller.training.samples import join, sample_reach
from spikearm.controller.weights.membrane import LEAKY, TAU_REF
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.export.nir import NIR_STEP, nir_graph
from spikearm.experiments.export.recorded_reach import Recorder

CONTROL_STEP = 0.001  # s
SETTLING = 0.2  # s of each presentation, which are not counted


class Settled(NamedTuple):
    """Means after settling, shape (n_inputs, n): the latent code, and the torques [N m]."""

    latent: np.ndarray
    torque: np.ndarray


Runner = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def list_runners(
    weights: NetworkWeights, backup: SaturationBackup, time: float
) -> dict[str, Runner]:
    """List the ways of running the network, each input held for a time [s], the graph first.

    Its saturation backup, which only the graph has here, is given no excess.
    """
    bare, bounded = lif(0.0, -np.inf), lif(0.0, 0.0)
    return {
        "the graph": lambda x: run_graph(weights, backup, x, time, NIR_STEP),
        "the graph in control steps": lambda x: run_graph(weights, backup, x, time, CONTROL_STEP),
        "spiking, as the graph says": lambda x: run_nengo(weights, x, time, bare, NIR_STEP),
        "and voltages not below 0": lambda x: run_nengo(weights, x, time, bounded, NIR_STEP),
        "and refractory periods: stage spiking": lambda x: run_nengo(
            weights, x, time, lif(TAU_REF, 0.0), CONTROL_STEP
        ),
        "stage loihi, decoded alike": lambda x: run_chip(weights, x, time),
    }


def settle(run: Runner, inputs: np.ndarray) -> Settled:
    """Run every input, and collect what the network settles at."""
    return Settled(*map(np.array, zip(*map(run, inputs), strict=True)))


def draw_inputs(
    arm: Arm, trained: TrainedController, n: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw scaled inputs, shape (n, n_inputs), each from another reach."""
    samples = join(
        [sample_reach(arm.model, trained.workspace, rng).take(slice(1)) for _ in range(n)]
    )
    scaling = trained.weights.scaling
    inputs = np.empty((n, len(scaling.center)))
    commands = draw_commands(scaling, n, rng)
    scaling.write(inputs, samples.positions, samples.velocities, commands)
    return inputs


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Compute the norm of a difference, relative to the first."""
    return float(np.linalg.norm(one - other) / np.linalg.norm(one))


def lif(tau_ref: float, lowest: float) -> nengo.LIF:
    """Build neurons that start at rest."""
    at_rest = {"voltage": nengo.dists.Choice([0])}
    return nengo.LIF(LEAKY.tau_rc, tau_ref, min_voltage=lowest, initial_state=at_rest)


def run_graph(
    weights: NetworkWeights, backup: SaturationBackup, x: np.ndarray, time: float, dt: float
) -> tuple[np.ndarray, np.ndarray]:
    """Run the graph on sc-neurocore, from the extra [interop]."""
    from sc_neurocore.nir_bridge import from_nir  # of an extra, and slow to load

    network = from_nir(nir_graph(weights, backup, dt=dt), dt=dt)
    x = np.concatenate([x, np.zeros_like(backup.excess)])
    network.output_nodes.append("latent_code")
    out = [network.step({"input": x}) for _ in range(round(time / dt))][round(SETTLING / dt) :]
    latent, torque = (np.mean([one[n] for one in out], axis=0) for n in ("latent_code", "output"))
    return latent, torque


def run_nengo(
    weights: NetworkWeights, x: np.ndarray, time: float, neurons: nengo.LIF, dt: float
) -> tuple[np.ndarray, np.ndarray]:
    """Run the stage ``spiking`` with some kind of neurons."""
    built = build_network(weights, "spiking")
    built.nodes.inputs[:] = x
    for ensemble in built.network.all_ensembles:
        ensemble.neuron_type = neurons
    (code,) = (one for one in built.network.all_ensembles if one.label == "code")
    with built.network:
        spikes = nengo.Probe(code.neurons)
    torques, first = [], round(SETTLING / dt)
    with nengo.Simulator(built.network, dt=dt, progress_bar=False) as simulator:
        for _ in range(round(time / dt)):
            simulator.step()
            torques.append(built.nodes.outputs.values * weights.scaling.torque)
        rates = simulator.data[spikes][first:].mean(axis=0)
    return weights.latent @ rates, np.mean(torques[first:], axis=0)


def run_chip(weights: NetworkWeights, x: np.ndarray, time: float) -> tuple[np.ndarray, np.ndarray]:
    """Run the stage ``loihi`` with the decoders of ``spiking``, so that only spikes differ."""
    built = build_network(weights.with_readout("loihi", weights.readout["spiking"]), "loihi")
    built.nodes.inputs[:] = x
    first = round(SETTLING / CONTROL_STEP)
    with closing(Recorder(built.network)) as recorder:
        for _ in range(round(time / CONTROL_STEP)):
            recorder.step()
        fired, torques = recorder.fired[first:], recorder.outputs[first:]
    n_features, n_code = weights.layers[:2]
    counts = np.bincount(np.concatenate(fired), minlength=n_features + n_code)
    rates = counts[n_features : n_features + n_code] / (CONTROL_STEP * len(fired))
    return weights.latent @ rates, np.mean(torques, axis=0) * weights.scaling.torque
