"""A training: its steps, what is left when it is stopped, and that it goes on.

Here, the deep network is one that has only begun; ``slow`` tests train one, in a process of their
own, this file as its program, because of TensorFlow.
"""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import FRICTION_SPEED, task_inertia
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.activity import Activity, ActivityRecorder, record_activity
from spikearm.controller.training.compression import CompressionConfig, begin
from spikearm.controller.training.friction import PER_JOINT
from spikearm.controller.training.products import steady_rates
from spikearm.controller.training.readout import STRENGTHS, Refinement, refine
from spikearm.controller.training.samples import Samples, Spread, join
from spikearm.controller.training.targets import fit_scaling, make_training_targets, rest_at
from spikearm.controller.weights.membrane import NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.studies.benchmark.checks import verdict
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.experiments.training import pipeline as module
from spikearm.experiments.training.pipeline import Training
from spikearm.experiments.training.training_config import TrainingConfig
from spikearm.experiments.training.training_watcher import TrainingWatcher

WORKSPACE = Workspace(radius=0.05, tilt=0.1)
CONFIG = TrainingConfig(
    reaches=20, recordings=190, products=120, seed=6, spread=Spread(16),
    compression=CompressionConfig(
        n_features=40, n_code=30, n_latent=3, epochs=7, batch=64, leaky=True
    ),
)  # fmt: skip
OPTIONS = [
    "--reaches", "20", "--recordings", "190", "--products", "120", "--seed", "6",
    "--n-features", "40", "--n-code", "30", "--n-latent", "3", "--epochs", "7", "--batch", "64",
    "--leaky", "--per-reach", "16", "--radius", "0.05", "--tilt", "0.1", "--jobs", "1",
]  # fmt: skip
RECORDING = "loihi: recording the neurons"
STEPS = {"samples.npz", "compression.npz", "readout.npz", "readout-loihi.npz"}


class StoppedError(Exception):
    """Stands in for whatever ends a process."""


class Diary(TrainingWatcher):
    """Writes down what begins, and stops at the beginning of a step or at one of its items."""

    def __init__(self, stop: str = "", item: int = 0) -> None:
        self.begun: list[tuple[str, int]] = []
        self.said: list[str] = []
        self._stop, self._item = stop, item

    def begin(self, step: str, n_items: int) -> None:
        self.begun.append((step, n_items))
        self._done = 0
        self._check()

    def advance(self) -> None:
        self._done += 1
        self._check()

    def notice(self, text: str) -> None:
        self.said.append(text)

    def _check(self) -> None:
        if (self.begun[-1][0], self._done) == (self._stop, self._item):
            raise StoppedError


def a_training(
    folder: Path, diary: Diary, config: TrainingConfig = CONFIG, jobs: int = 1
) -> Training:
    return Training(load_arm("ur5e"), WORKSPACE, config, folder, diary, jobs)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def stop_at(folder: Path, step: str, item: int = 0) -> Diary:
    diary = Diary(step, item)
    with pytest.raises(StoppedError):
        a_training(folder, diary).run()
    return diary


def begin_the_deep_network(folder: Path, name: str = "ur5e") -> None:
    """Leave the file of a deep network that was not trained."""
    with np.load(folder / "samples.npz") as arrays:
        samples = Samples(**{name: arrays[name].astype(float) for name in arrays.files})
    model = load_arm(name).model
    scaling = rest_at(fit_scaling(samples), model.chain.home)
    targets = make_training_targets(samples, scaling, model)
    begun = begin(targets, CONFIG.compression, np.random.default_rng(2))
    np.savez(folder / "compression", **vars(begun))


class Taken(NamedTuple):
    folder: Path
    diaries: list[Diary]
    left: list[set[str]]
    weights: NetworkWeights


@pytest.fixture(scope="module")
def taken(tmp_path_factory) -> Taken:
    """Stop a training in several places, and take what is left of it."""
    folder = tmp_path_factory.mktemp("training")
    diaries = [stop_at(folder, "sampling the control law", 13)]
    left = [names(folder)]
    diaries.append(stop_at(folder, "training the deep network"))
    left.append(names(folder))
    begin_the_deep_network(folder)
    diaries.append(stop_at(folder, RECORDING, 3))
    left.append(names(folder))
    diaries.append(Diary())
    weights = a_training(folder, diaries[-1]).run()
    left.append(names(folder))
    return Taken(folder, diaries, left, weights)


def test_a_trained_controller_hears_nothing_of_an_arm_that_rests_at_home(taken):
    model, inputs = load_arm("ur5e").model, np.full(24, np.nan)
    taken.weights.scaling.write(inputs, model.chain.home, np.zeros(6), np.zeros(6))
    np.testing.assert_allclose(inputs, 0.0, atol=1e-12)
    assert taken.weights.rectified


def test_every_step_leaves_a_file_when_it_is_done(taken):
    recorded = {f"readout-loihi-{number:06d}.npz" for number in range(3)}
    assert taken.left == [
        {"samples-000000.npz"}, {"samples.npz"}, STEPS - {"readout-loihi.npz"} | recorded, STEPS
    ]  # fmt: skip


def test_what_is_done_is_not_done_again(taken):
    begun = [[step for step, _ in diary.begun] for diary in taken.diaries]
    assert begun[0] == ["sampling the control law"]
    assert begun[1] == ["sampling the control law", "training the deep network"]
    solving = [f"{stage}: solving for the readout" for stage in ("spiking", "loihi")]
    assert begun[2] == [*solving, RECORDING]
    assert begun[3] == [solving[1], RECORDING]


def test_steps_have_as_many_items_as_the_config_says(taken):
    assert taken.diaries[0].begun == [("sampling the control law", 20)]
    assert dict(taken.diaries[1].begun) == {
        "sampling the control law": 20 - 13, "training the deep network": 7
    }  # fmt: skip
    # Few recordings come in ten batches, so that one of them can be held out.
    assert [n_items for _, n_items in taken.diaries[2].begun] == [1, 1, 10]
    assert [n_items for _, n_items in taken.diaries[3].begun] == [1, 10 - 3]


def test_every_recording_is_of_another_sample_and_the_readout_learns_from_all(
    taken, tmp_path, monkeypatch
):
    for name in STEPS - {"readout-loihi.npz"}:
        shutil.copy(taken.folder / name, tmp_path / name)
    monkeypatch.setattr(module, "BATCH", 15)
    shown, recorded, learned = [], [], []

    def show(recorder: ActivityRecorder, samples: Samples, *arguments: Any) -> Activity:
        shown.append(samples)
        recorded.append(record_activity(recorder, samples, *arguments))
        return recorded[-1]

    def learn(prior: np.ndarray, *arguments: Any) -> Refinement:
        learned.append((prior, refine(prior, *arguments)))
        assert arguments[0] == recorded
        return learned[-1][1]

    monkeypatch.setattr(module, "record_activity", show)
    monkeypatch.setattr(module, "refine", learn)
    readout = a_training(tmp_path, Diary()).run().readout["loihi"]
    assert sorted(len(samples) for samples in shown) == [15] * 2 + [16] * 10
    with np.load(tmp_path / "samples.npz") as arrays:
        known = {row.tobytes() for row in arrays["positions"].astype(float)}
    seen = {row.tobytes() for samples in shown for row in samples.positions}
    assert len(seen) == 190
    assert seen < known
    assert 170 < sum(len(activity.torque) for activity in recorded) <= 190
    ((prior, refined),) = learned  # for the chip alone
    np.testing.assert_allclose(readout, refined.readout, rtol=1e-6)
    assert np.abs(readout - prior).max() > 1e-5


def test_what_was_measured_is_said_before_and_after_the_chips_neurons_taught(taken):
    (said,) = taken.diaries[3].said
    found = re.fullmatch(
        r"loihi: held-out error (\S+) before, (\S+) m/s\^2 after, strength (\S+)", said
    )
    assert found, said
    before, after, strength = map(float, found.groups())
    assert before != after
    assert 0.01 < min(before, after) < max(before, after) < 3.0
    assert strength in STRENGTHS


def test_a_training_that_is_done_begins_nothing(taken):
    diary = Diary()
    again = a_training(taken.folder, diary).run()
    assert diary.begun == []
    for name, array in taken.weights.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array, err_msg=name)


def test_stopped_or_not_on_one_core_or_two_the_weights_are_the_same(taken, tmp_path):
    for name in ("samples.npz", "compression.npz"):
        shutil.copy(taken.folder / name, tmp_path / name)
    at_once = a_training(tmp_path, Diary(), jobs=2).run()
    for name, array in taken.weights.arrays().items():
        np.testing.assert_array_equal(at_once.arrays()[name], array, err_msg=name)


def test_the_samples_and_readouts_hang_on_the_seed(taken, tmp_path):
    other = replace(CONFIG, seed=7, reaches=4, recordings=60)
    again = replace(CONFIG, reaches=4, recordings=60)
    drawn = []
    for folder, config in (("a", other), ("b", again)):
        (tmp_path / folder).mkdir()
        diary = Diary("training the deep network")
        with pytest.raises(StoppedError):
            a_training(tmp_path / folder, diary, config).run()
        with np.load(tmp_path / folder / "samples.npz") as arrays:
            drawn.append(arrays["positions"])
    with np.load(taken.folder / "samples.npz") as arrays:
        np.testing.assert_array_equal(drawn[1], arrays["positions"][: len(drawn[1])])
    assert np.abs(drawn[0] - drawn[1]).max() > 0.01


def test_commands_and_products_hang_on_the_seed_too(taken, tmp_path):
    for name in ("samples.npz", "compression.npz"):
        shutil.copy(taken.folder / name, tmp_path / name)
    with pytest.raises(StoppedError):
        diary = Diary("loihi: solving for the readout")
        a_training(tmp_path, diary, replace(CONFIG, seed=7)).run()
    with np.load(tmp_path / "readout.npz") as arrays:
        assert np.abs(arrays["weights"] - taken.weights.readout["rate"]).max() > 1e-5


def test_readouts_are_of_the_stages_own_neurons(taken):
    readouts = taken.weights.readout
    assert set(readouts) == {"rate", "spiking", "loihi"}
    assert taken.weights.layers == (40, 30, 120, 0)
    assert readouts["rate"].shape == readouts["loihi"].shape == (6, 190)
    # Spiking neurons have the steady rates of rate neurons; the chip's have not.
    np.testing.assert_array_equal(readouts["rate"], readouts["spiking"])
    assert np.abs(readouts["spiking"] - readouts["loihi"]).max() > 1e-5


# Commands weigh less than velocities there, which costs their weights a bit.
def test_an_arm_with_dry_friction_learns_to_overcome_it_in_every_stage(tmp_path, monkeypatch):
    arm = load_arm("fr3")
    config = replace(CONFIG, reaches=10, recordings=60)
    training = Training(arm, WORKSPACE, config, tmp_path, Diary("training the deep network"), 1)
    with pytest.raises(StoppedError):
        training.run()
    begin_the_deep_network(tmp_path, "fr3")
    shown, given, taught = [], [], []

    def show(
        recorder: ActivityRecorder, samples: Samples, commands: np.ndarray, *arguments: Any
    ) -> Activity:
        activity = record_activity(recorder, samples, commands, *arguments)
        shown.append(samples)
        given.append(commands)
        taught.extend(activity.torque)
        return activity

    monkeypatch.setattr(module, "record_activity", show)
    weights = replace(training, watcher=Diary()).run()
    assert weights.layers == (40, 30, 120, 7 * PER_JOINT)
    samples, commands = join(shown), np.concatenate(given)
    smooth = np.einsum("sij,sj->si", samples.task_map, commands) + samples.drift
    home = arm.model.dynamics(arm.chain.home)
    speed = samples.velocities + commands @ task_inertia(home)[1].T / Gains().kv
    dry = arm.model.friction * np.tanh(speed / FRICTION_SPEED)
    # The chip's neurons were taught this, but for states that lay out of range.
    assert 40 < len(taught) <= 60
    for row in taught:
        assert np.abs(smooth + dry - row).max(axis=1).min() < 1e-9
    # The chip's readout was corrected by what its neurons did, not by their steady rates.
    stages: dict[NeuralStage, float] = {"rate": 0.002, "spiking": 0.002, "loihi": 0.2}
    for stage, most in stages.items():
        decoded = steady_rates(weights, samples, commands, stage) @ weights.readout[stage].T
        added = decoded * weights.scaling.torque - smooth
        left = np.square(added - dry).mean(axis=0) / np.square(dry).mean(axis=0)
        assert 0 < np.median(left) < most, stage  # where friction is ignored, 1 is left


def test_layers_that_no_chip_holds_are_refused_before_they_are_trained(taken, tmp_path):
    """A spike of each of 900 neurons goes to the seven cores that so many weights take."""
    shutil.copy(taken.folder / "samples.npz", tmp_path)
    large = replace(CONFIG.compression, n_features=900, n_code=900)
    diary = Diary("training the deep network")
    with pytest.raises(SpikearmError, match=r"does not hold .*Output axons.*fewer features"):
        a_training(tmp_path, diary, replace(CONFIG, compression=large)).run()
    assert names(tmp_path) == {"samples.npz"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reaches": 3}, "3 reaches give 48 samples, fewer than one batch of 64"),
        ({"recordings": 9}, "9 recordings are out of range: give 10 to 320"),
        ({"recordings": 321}, "321 recordings are out of range: give 10 to 320"),
        ({"products": 17}, "17 product neurons are too few for 18 pairs"),
        ({"seed": -1}, "Seed -1 is negative"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(change, message):
    with pytest.raises(SpikearmError, match=message):
        replace(CONFIG, **change)


def test_the_least_and_the_most_that_can_be_learned_from_are_not_refused():
    replace(CONFIG, reaches=4, recordings=10, products=18, seed=0)
    replace(CONFIG, recordings=320)


@pytest.fixture
def folder(taken, tmp_path) -> Path:
    """Give a folder in which every step is done, but of which no command knows."""
    copy = tmp_path / "trained"
    shutil.copytree(taken.folder, copy)
    return copy


@pytest.fixture(autouse=True)
def short_verdict(monkeypatch) -> None:
    monkeypatch.setattr(verdict, "TASK", CentreOut(targets=1, duration=0.1, hold=0.02))


def train_command(folder: Path, *options: str) -> int:
    return main(["train", "--arm", "ur5e", "--out", str(folder), *OPTIONS, *options])


def test_the_command_writes_the_controller_and_says_how_to_measure_it(taken, folder, capsys):
    assert train_command(folder) == 0
    printed = capsys.readouterr().out
    assert f"spikearm bench --arm ur5e --trained {folder}/controller.npz" in printed
    assert names(folder) == STEPS | {"config.json", "controller.npz"}
    made = TrainedController.load(folder / "controller.npz")
    assert made.workspace == WORKSPACE
    assert made.about["gravity"] == [0.0, 0.0, -9.81]
    judged = made.about["verdict"]
    assert (judged["stage"], judged["reaches"]) == ("loihi", 2)
    assert judged["fidelity_rmse_m"] > 0
    assert made.about["joints"] == list(load_arm("ur5e").chain.joints)
    assert made.about["training"]["compression"]["n_latent"] == 3
    for name, array in taken.weights.arrays().items():
        np.testing.assert_allclose(made.weights.arrays()[name], array, rtol=6e-8, err_msg=name)


def test_the_controller_drives_the_arm_from_the_command_line(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    assert train_command(folder) == 0
    reach = [
        "--arm", "ur5e", "--targets", "1", "--radius", "0.03", "--duration", "0.2", "--hold",
        "0.05", "--no-speed-limits", "--jobs", "1", "--no-report",
    ]  # fmt: skip
    trained = ["--trained", str(folder / "controller.npz")]
    assert main(["run", "--controller", "rate", *reach, *trained, "--out", "run"]) == 0
    summary = json.loads(Path("run/summary.json").read_text())
    assert "rate" in json.dumps(summary)


def test_a_controller_of_another_arm_is_refused(folder, capsys):
    assert train_command(folder) == 0
    capsys.readouterr()
    trained = str(folder / "controller.npz")
    assert main(["run", "--arm", "gen3", "--controller", "rate", "--trained", trained]) == BAD_INPUT
    assert "Train one for it with `spikearm train`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "other"),
    [
        (["--products", "121"], "training"),
        (["--learning-rate", "0.001"], "training"),
        (["--radius", "0.06"], "workspace"),
        (["--arm", "jaco2_6dof"], "arm, joints"),
        (["--weightless"], "gravity"),
    ],
)
def test_other_options_in_the_same_folder_are_refused(folder, capsys, options, other):
    assert train_command(folder) == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    capsys.readouterr()
    assert train_command(folder, *options) == BAD_INPUT
    said = capsys.readouterr().err
    assert f"was begun with another {other}" in said
    assert "another --out" in said
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("name", ["samples.npz", "readout-loihi.npz", "config.json"])
def test_what_is_damaged_of_a_training_is_named_with_what_to_do(folder, capsys, name):
    assert train_command(folder) == 0
    path = folder / name
    path.write_bytes(path.read_bytes()[:100])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    capsys.readouterr()
    assert train_command(folder) == BAD_INPUT
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{name}' is no " in said
    assert "elete" in said
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_training_from_before_gravity_could_be_left_out_goes_on(folder, capsys):
    assert train_command(folder) == 0
    config = json.loads((folder / "config.json").read_text())
    del config["gravity"]
    (folder / "config.json").write_text(json.dumps(config))
    assert train_command(folder) == 0
    assert train_command(folder, "--weightless") == BAD_INPUT
    assert "was begun with another gravity" in capsys.readouterr().err


def test_a_training_whose_deep_network_had_other_inputs_does_not_go_on(folder, capsys):
    assert train_command(folder) == 0
    config = json.loads((folder / "config.json").read_text())
    del config["input_coding"]
    (folder / "config.json").write_text(json.dumps(config))
    capsys.readouterr()
    assert train_command(folder) == BAD_INPUT
    assert "was begun with another input_coding" in capsys.readouterr().err


def test_another_number_of_jobs_is_no_other_training(folder):
    assert train_command(folder) == 0
    assert train_command(folder, "--jobs", "2") == 0


STOPS = [
    ("sampling the control law", 13), ("training the deep network", 2),
    ("training the deep network", 3), (RECORDING, 4), ("loihi: solving for the readout", 0),
]  # fmt: skip


def program(folder: Path) -> None:
    """Train without an end and with several, each in the middle of what is left of a step."""
    whole = a_training(folder / "whole", Diary()).run()
    left: list[list[str]] = []
    for step, item in STOPS:
        stop_at(folder / "ended", step, item)
        left.append(sorted(names(folder / "ended")))
    resumed = a_training(folder / "ended", Diary(), jobs=2).run()
    alike = [
        name for name, array in whole.arrays().items()
        if np.array_equal(array, resumed.arrays()[name])
    ]  # fmt: skip
    print(json.dumps({"left": left, "alike": alike, "all": list(whole.arrays())}))


@pytest.mark.slow
@pytest.mark.skipif(find_spec("nengo_dl") is None, reason="needs the extra [train]")
def test_a_training_that_was_ended_several_times_gives_the_same_weights_bit_for_bit(tmp_path):
    command = [sys.executable, "-W", "ignore", __file__, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    recorded = [f"readout-loihi-{number:06d}.npz" for number in range(4)]
    solved = ["compression.npz", "readout.npz", "samples.npz"]
    assert told["left"] == [
        ["samples-000000.npz"],
        ["compression-000002.npz", "samples.npz"],
        ["compression-000005.npz", "samples.npz"],
        sorted([*solved, *recorded]),
        sorted([*solved, *recorded]),
    ]
    assert told["alike"] == told["all"]
    assert names(tmp_path / "ended") == names(tmp_path / "whole") == STEPS


def test_recordings_and_samples_resumed_anywhere_give_the_same_weights_bit_for_bit(taken, tmp_path):
    for name in ("compression.npz",):
        shutil.copy(taken.folder / name, tmp_path / name)
    for step, item in (("sampling the control law", 1), ("sampling the control law", 18),
                       (RECORDING, 1), (RECORDING, 8)):  # fmt: skip
        stop_at(tmp_path, step, item)
    resumed = a_training(tmp_path, Diary()).run()
    for name, array in taken.weights.arrays().items():
        np.testing.assert_array_equal(resumed.arrays()[name], array, err_msg=name)
    assert names(tmp_path) == STEPS


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut short"])
def test_a_checkpoint_that_is_damaged_is_named_with_what_to_do(taken, tmp_path, damage):
    stop_at(tmp_path, "sampling the control law", 13)
    (tmp_path / "samples-000000.npz").write_bytes(damage)
    with pytest.raises(SpikearmError, match=r"samples-000000.npz' is no part .*Delete it"):
        a_training(tmp_path, Diary()).run()


def test_the_account_says_when_a_training_was_resumed(folder):
    assert train_command(folder) == 0
    account = folder / "config.json"
    assert json.loads(account.read_text())["resumed"] == []
    (folder / "controller.npz").unlink()
    assert train_command(folder) == 0
    (created,) = json.loads(account.read_text())["resumed"]
    assert created.endswith("+00:00")
    assert TrainedController.load(folder / "controller.npz").about["resumed"] == [created]
    assert train_command(folder) == 0  # nothing was left to do
    assert json.loads(account.read_text())["resumed"] == [created]


if __name__ == "__main__":
    program(Path(sys.argv[1]))
