"""A bundle: replayed without the package, spike by spike, and damaged."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nengo
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.spiking.settled_controller import SETTLING_STEPS
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.experiments.export.bundle import VERSION, Bundle
from spikearm.experiments.export.chip_arrays import read_chip
from spikearm.experiments.export.make_bundle import make_bundle
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.simulator import Simulator

REPLAY = Path(__file__).parents[3] / "docs" / "replay_bundle.py"
N_MOVING = 60  # steps
ABOUT = {"arm": "gen3", "joints": ["joint_1"]}


@pytest.fixture(scope="module")
def reach() -> tuple[MinimumJerk, np.ndarray]:
    """Give a quick motion of gen3 and where it begins."""
    task = plan_task(load_arm("gen3").model, CentreOut(radius=0.05), seed=0)
    return MinimumJerk(task.start, task.targets[1], 0.1), task.start_joints


@pytest.fixture(scope="module")
def bundle(trained, reach) -> Bundle:
    motion, start = reach
    return make_bundle(load_arm("gen3"), trained.weights, motion, start, N_MOVING, ABOUT)


@pytest.fixture(scope="module")
def path(bundle, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "gen3.bundle.npz"
    with path.open("wb") as file:
        bundle.save(file)
    return path


def replay(path: Path) -> subprocess.CompletedProcess[str]:
    """Replay in a process that finds NumPy but not the package."""
    return subprocess.run(
        [sys.executable, "-P", str(REPLAY), str(path)],
        capture_output=True, text=True, cwd=path.parent, env={"PATH": ""},
    )  # fmt: skip


def test_a_script_with_numpy_alone_reproduces_every_spike(bundle, path):
    done = replay(path)
    assert done.returncode == 0, done.stderr
    n_steps, n_spikes = SETTLING_STEPS + N_MOVING, len(bundle.run.spike_neuron)
    assert f"{n_steps} steps: {n_spikes} spikes are equal, 0 are not" in done.stdout
    assert n_spikes > 20 * n_steps
    program = REPLAY.read_text()
    assert [line for line in program.splitlines() if "import " in line] == [
        "import sys", "import numpy as np",
    ]  # fmt: skip
    assert len(program.splitlines()) <= 130


def strongest_weight(arrays: dict[str, np.ndarray]) -> None:
    """Turn the sign of the largest weight between two neurons that fire often."""
    neurons, counts = np.unique(arrays["run.spike_neuron"], return_counts=True)
    often = neurons[counts > 10]
    axon = np.flatnonzero(np.isin(arrays["axons.neuron"], often))[0]
    first, end = arrays["rows.start"][arrays["axons.row"][axon] :][:2]
    targets = arrays["axons.base"][axon] + arrays["rows.offset"][first:end]
    weights = np.where(np.isin(targets, often), arrays["rows.mantissa"][first:end], 0)
    arrays["rows.mantissa"][first + np.abs(weights.astype(int)).argmax()] *= -1


def added(name: str, amount: float) -> Callable[[dict[str, np.ndarray]], None]:
    def add(arrays: dict[str, np.ndarray]) -> None:
        arrays[name] = arrays[name] + np.asarray(amount).astype(arrays[name].dtype)

    return add


def lost_spike(arrays: dict[str, np.ndarray]) -> None:
    for name in ("run.spike_step", "run.spike_neuron"):
        arrays[name] = np.delete(arrays[name], 500)


DAMAGES = {
    "a weight": strongest_weight,
    "thresholds": added("compartments.threshold", 64),
    "biases": added("compartments.bias", 64),
    "decays": added("compartments.decay_current", 1),
    "refractory periods": added("compartments.refractory", 1),
    "the inputs' coding": added("inputs.bias", 1.0),
    "the decoder": added("outputs.decoder", 1e-6),
    "the filter": added("outputs.tau", 1e-6),
    "the backup's rule": added("excess.share", 1e-3),
    "the scaling": added("scaling.center", 1e-6),
    "a spike of the run": lost_spike,
}


@pytest.mark.parametrize("what", DAMAGES)
def test_the_script_overflow_counts_damage_to(what, path, tmp_path):
    with np.load(path) as file:
        arrays = dict(file)
    DAMAGES[what](arrays)
    np.savez(tmp_path / "damaged.npz", **arrays)  # type: ignore[arg-type]
    done = replay(tmp_path / "damaged.npz")
    assert done.returncode == 1
    assert "not reproduced" in done.stderr


def test_what_is_loaded_is_what_was_saved_and_cannot_be_changed(bundle, path):
    loaded = Bundle.load(path)
    assert (loaded.about, loaded.dt) == (ABOUT, 0.001)
    arrays, saved = loaded.arrays(), bundle.arrays()
    assert list(arrays) == list(saved)
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, saved[name], err_msg=name)
        assert not array.flags.writeable, name


def test_the_run_is_that_of_the_controller_on_the_emulator(bundle, trained, reach):
    motion, start = reach
    arm, run = load_arm("gen3"), bundle.run
    backup = SaturationBackup.of_arm(arm.model, trained.weights, "loihi")
    with SpikingController(
        trained.weights, EmulatorSimulation, "loihi", backup=backup
    ) as controller:
        state = arm.reset(start)
        controller.start(state)
        for step, reference in enumerate(motion.sample(arm.timestep * np.arange(10))):
            now = SETTLING_STEPS + step
            np.testing.assert_array_equal(state.q, run.q[now])
            torque = controller.torque(state, reference)
            np.testing.assert_array_equal(torque, run.torque[now])
            fired = run.spike_neuron[run.spike_step == now]
            spiked = controller.simulation._emulator.compartment.spiked  # type: ignore[attr-defined]
            np.testing.assert_array_equal(fired[fired < len(spiked)], np.flatnonzero(spiked))
            state = arm.step(torque)
    assert (np.diff(bundle.run.spike_step) >= 0).all()


def test_the_run_is_one_in_which_the_backup_takes_over(bundle):
    (block,) = np.flatnonzero(bundle.blocks.label == "<Ensemble 'saturation backup'>")
    first, end = bundle.blocks.start[block : block + 2]
    neurons = bundle.run.spike_neuron
    assert ((neurons >= first) & (neurons < end)).sum() > 50
    assert np.abs(bundle.run.inputs[:, -12:]).max() > 0.1
    assert bundle.outputs.decoder[:, first:end].any()


def test_every_part_has_its_place_on_the_chip(bundle):
    blocks, synapses, axons = bundle.blocks, bundle.synapses, bundle.axons
    assert len(set(zip(blocks.chip.tolist(), blocks.core.tolist(), strict=True))) == len(
        blocks.core
    )
    assert blocks.start[-1] == len(bundle.compartments.bias)
    first, end = blocks.start[:-1][synapses.block], blocks.start[1:][synapses.block]
    assert (axons.base >= first[axons.synapse]).all()
    for row, base, synapse in zip(axons.row, axons.base, axons.synapse, strict=True):
        offsets = bundle.rows.offset[slice(*bundle.rows.start[row : row + 2])]
        assert bundle.rows.synapse[row] == synapse
        assert base + offsets.max() < end[synapse]
    assert (axons.number < synapses.n_axons[axons.synapse]).all()
    n_neurons = blocks.start[-1] + len(bundle.inputs.bias)
    assert set(axons.neuron) <= set(range(n_neurons))
    assert set(range(blocks.start[-1], n_neurons)) <= set(axons.neuron)


def test_weights_are_the_networks_within_half_a_step_of_their_format(bundle, trained):
    (block,) = np.flatnonzero(bundle.blocks.label == "<Ensemble 'code'>")
    (synapse,) = np.flatnonzero(bundle.synapses.block == block)
    (rows,) = np.nonzero(bundle.rows.synapse == synapse)
    hidden = trained.weights.hidden
    integers = np.zeros(hidden.shape)
    for neuron, row in enumerate(rows):
        own = slice(*bundle.rows.start[row : row + 2])
        integers[bundle.rows.offset[own], neuron] = bundle.rows.mantissa[own]
    unit = np.abs(hidden).max() / 127.5  # nengo-loihi rounds, then cuts at 127
    np.testing.assert_allclose(integers, np.clip(hidden / unit, -127, 127), atol=0.501)
    assert np.abs(integers).max() == 127


def test_every_array_is_in_the_documents_table(path):
    lines = (REPLAY.parent / "export.md").read_text().splitlines()
    with np.load(path) as file:
        names = file.files
    for name in names:
        part, _, own = name.rpartition(".")
        shown = [line for line in lines if line.startswith(f"| `{part or own}")]
        assert any(f"{own}`" in line.split("|")[1] for line in shown), name


def file_with(tmp_path: Path, **arrays: np.ndarray) -> Path:
    np.savez(tmp_path / "file.npz", **arrays)  # type: ignore[arg-type]
    return tmp_path / "file.npz"


def test_another_version_is_refused(path, tmp_path):
    with np.load(path) as file:
        newer = file_with(tmp_path, **(dict(file) | {"format_version": np.array(VERSION + 1)}))
    with pytest.raises(SpikearmError, match=f"version {VERSION + 1}.*reads version {VERSION}"):
        Bundle.load(newer)
    done = replay(newer)
    assert done.returncode == 1
    assert done.stderr == f"This reads version {VERSION}; the file is of version {VERSION + 1}.\n"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half", b"Three years of work."])
def test_what_is_no_bundle_is_refused(tmp_path, content):
    path = tmp_path / "gen3.npz"
    path.write_bytes(content)
    with pytest.raises(SpikearmError, match=r"is no bundle.*spikearm export"):
        Bundle.load(path)


def test_half_a_bundle_is_refused(path, tmp_path):
    with np.load(path) as file:
        half = {name: file[name] for name in file.files if not name.startswith("axons.")}
    with pytest.raises(SpikearmError, match=r"is no bundle.*axons"):
        Bundle.load(file_with(tmp_path, **half))


def test_a_file_that_is_missing_is_named():
    with pytest.raises(SpikearmError, match=r"There is no bundle at 'nowhere\.npz'"):
        Bundle.load(Path("nowhere.npz"))


def learning() -> nengo.Network:
    with nengo.Network(seed=1) as network:
        given, out = nengo.Node([0.5]), nengo.Node(size_in=1)
        resting = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
        a = nengo.Ensemble(20, 1, neuron_type=resting)
        nengo.Connection(given, a)
        learned = nengo.Connection(a, out, function=lambda x: 0, learning_rule_type=nengo.PES())
        nengo.Connection(out, learned.learning_rule)
    return network


def test_a_network_that_learns_is_refused():
    with (
        Simulator(learning(), precompute=False) as simulator,
        pytest.raises(SpikearmError, match="no noise and no learning"),
    ):
        read_chip(simulator.model)
