"""Controllers from outside the package, named ``module:factory``."""

import hashlib
import json
import re
import sys
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from spikearm.arm_models import ArmState, SpikearmError, load_arm
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.references.reference import Reference
from spikearm.experiments import cli
from spikearm.experiments.controllers import ChosenController, ControllerSetup, choose_controllers
from spikearm.experiments.records.records import read_run
from spikearm.experiments.studies.benchmark.metrics_row import (
    CHIP_FIELDS,
    FOOTPRINT_FIELDS,
    NEURAL_FIELDS,
)

SHORT = [
    "--targets", "1", "--radius", "0.03", "--duration", "0.2", "--hold", "0.1",
    "--no-speed-limits", "--no-report",
]  # fmt: skip
NUMBERS = count()
PAGE = Path(__file__).parents[2] / "docs" / "own_controller.md"

PLAIN = """
import numpy as np
from spikearm.controller.references.pose_error import pose_error

class HandPD:
    def __init__(self, arm):
        self.arm = arm

    def torque(self, state, reference):
        now = self.arm.dynamics(state.q, state.dq)
        wanted = 200.0 * pose_error(reference.pose, state.hand)
        wanted += 30.0 * (reference.velocity - state.hand_velocity)
        return now.mass_matrix @ np.linalg.pinv(now.jacobian) @ wanted + now.bias_force
"""
NETWORK = """
import nengo

def network(arm, {arguments}):
    n = arm.chain.n_joints
    with nengo.Network() as net:
        error = nengo.Node(size_in=n, label="joint_error")
        rate = nengo.Node(size_in=n, label="joint_velocity_error")
        gravity = nengo.Node(size_in=n, label="gravity")
        torque = nengo.Node(size_in=n, label="torque")
        nengo.Connection(gravity, torque, synapse=None)
        for joint in range(n):
            ensemble = nengo.Ensemble(30, 1, label=f"joint {{joint}}")
            nengo.Connection(error[joint], ensemble, transform=20.0, synapse=None)
            nengo.Connection(rate[joint], ensemble, transform=3.0, synapse=None)
            nengo.Connection(ensemble, torque[joint], transform=8.0, synapse=0.005)
        {more}
    return net
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a module of a name that none had before into the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    written = []

    def write(text: str) -> str:
        name = f"lab_{next(NUMBERS)}"
        Path(f"{name}.py").write_text(text)
        written.append(name)
        return name

    yield write
    for name in written:
        sys.modules.pop(name, None)


def network(more: str = "pass", arguments: str = "seed=0") -> str:
    return NETWORK.format(more=more, arguments=arguments)


def still(state: ArmState) -> Reference:
    """Return the reference that stands where the hand is."""
    return Reference(state.hand, np.zeros(6), np.zeros(6))


def made(name: str, seed: int = 0):
    return ChosenController(name).make(ControllerSetup(load_arm("gen3").model, seed=seed))


def test_a_plain_controller_and_a_network_are_benched_by_one_option_each(write):
    plain, spikes = write(PLAIN), write(network())
    names = [f"{plain}:HandPD", f"{spikes}:network"]
    assert cli.main(["bench", "--controllers", *names, *SHORT, "--out", "out"]) == 0
    run = read_run(Path("out"))
    rows = {row["controller"]: row for row in run.rows}
    stages = [f"{spikes}:network@spiking", f"{spikes}:network@loihi"]
    assert list(rows) == ["analytic", names[0], *stages]
    columns = {key for key, value in rows["analytic"].items() if value is not None}
    assert all(rows[name][key] is not None for name in rows for key in columns)
    for field in NEURAL_FIELDS:
        assert all(rows[name][field] is not None for name in stages), field
    for field in (*CHIP_FIELDS, *FOOTPRINT_FIELDS):
        assert rows[stages[1]][field] is not None, field
    assert [rows[name]["backend"] for name in rows] == ["numpy", "numpy", "nengo", "engine"]
    assert rows[stages[0]]["neuron_updates"] == 7 * 30
    assert rows[stages[1]]["compartments"] == 7 * (30 + 2)  # a pair decodes each output
    assert rows[stages[1]]["spikes"] > 1
    for module, name in zip((plain, spikes), names, strict=True):
        content = Path(f"{module}.py").read_bytes()
        assert run.config["own_controllers"][name] == {
            "file": str(Path.cwd() / f"{module}.py"),
            "sha256": hashlib.sha256(content).hexdigest(),
        }


def test_an_object_is_driven_as_the_same_law_of_the_package_is(write):
    module = write(
        "from spikearm.controller.classical.joint_pid import JointPIDController as make\n"
    )
    arm = load_arm("gen3")
    state = arm.reset()
    inside, outside = JointPIDController(arm.model), made(f"{module}:make")
    target = state.hand._replace(position=state.hand.position + 0.01)
    reference = Reference(target, np.zeros(6), np.zeros(6))
    for controller in (inside, outside):
        controller.start(state)
    for _ in range(3):
        expected = inside.torque(state, reference)
        assert np.array_equal(outside.torque(state, reference), expected)
    assert np.array_equal(outside.feedback, inside.feedback)
    assert inside.feedback.any()


def test_start_and_close_are_called_where_there_are_any(write):
    module = write(
        PLAIN
        + "    calls = []\n"
        + "    def start(self, state):\n        self.calls.append(state.time)\n"
        + "    def close(self):\n        self.calls.append('closed')\n"
    )
    with made(f"{module}:HandPD") as controller:
        controller.start(load_arm("gen3").reset())
    assert sys.modules[module].HandPD.calls == [0.0, "closed"]


def test_a_factory_gets_the_seed_of_the_run_if_it_takes_one(write):
    module = write(PLAIN + "def make(arm, seed):\n    made = HandPD(arm); made.seed = seed\n"
                   "    return made\n")  # fmt: skip
    assert made(f"{module}:make", seed=5).inner.seed == 5


def test_a_network_without_a_seed_is_drawn_by_that_of_the_run(write):
    name = f"{write(network())}:network@spiking"

    def torques(seed: int) -> np.ndarray:
        state = load_arm("gen3").reset()
        target = state.hand._replace(position=state.hand.position + 0.01)
        with made(name, seed) as controller:
            controller.start(state)
            return np.array(
                [
                    controller.torque(state, Reference(target, np.zeros(6), np.zeros(6)))
                    for _ in range(20)
                ]
            )

    assert np.array_equal(torques(3), torques(3))
    assert not np.array_equal(torques(3), torques(4))


def test_a_network_that_learns_makes_its_reaches_one_after_another(write):
    learning = write(
        network("""
        rule = nengo.PES(1e-4)
        learner = nengo.Connection(ensemble, torque[0], learning_rule_type=rule)
        nengo.Connection(error[0], learner.learning_rule)""")
    )
    model = load_arm("gen3").model
    for module, expected in ((learning, True), (write(network()), False)):
        for chosen in choose_controllers([f"{module}:network"], model=model):
            assert chosen.learns == expected


@pytest.mark.parametrize("stage", ["spiking", "loihi"])
def test_sub_networks_run_in_a_network_from_outside(write, stage):
    name = f"{write(network())}:network@{stage}"
    setup = ControllerSetup(load_arm("gen3").model)
    with ChosenController(name, adaptive=True).make(setup) as controller:
        state = load_arm("gen3").reset()
        controller.start(state)
        ensembles = controller.inner.simulation.network.all_ensembles
        assert sum(one.n_neurons for one in ensembles) > 7 * 30


BAD_NAMES = {
    "no module": ("nowhere:make", "no module 'nowhere'"),
    "no sub-module": ("json.nowhere:make", "no module 'json.nowhere'"),
    "path": ("lab/pd.py:make", "without .py or slashes"),
    "no attribute": ("json:nowhere", "'nowhere' does not exist in .*json"),
    "nothing after the colon": ("json:", "'' does not exist"),
    "not callable": ("json:__name__", "is not callable"),
    "stage": ("json:loads@brain", "no stage 'brain'"),
}


@pytest.mark.parametrize("name, words", BAD_NAMES.values(), ids=BAD_NAMES)
def test_a_name_that_leads_nowhere_is_refused(write, name, words):
    with pytest.raises(SpikearmError, match=words):
        ChosenController(name)


BAD_FACTORIES = {
    "import fails": ("import telepathy", "No module named 'telepathy'.*line 1"),
    "import raises": ("1 / 0", r"ZeroDivisionError: division by zero \(lab_\d+.py, line 1\)"),
    "import exits": ("raise SystemExit(3)", "SystemExit: 3"),
    "no argument": ("def make(): pass", r"takes \(\): let it take an arm alone"),
    "two arguments": ("def make(arm, gain): pass", r"takes \(arm, gain\)"),
    "raises": ("def make(arm):\n    raise KeyError('gain')", "KeyError: gain .*line 2"),
    "returns nothing": ("def make(arm): pass", "returned NoneType: let it return an object with"),
    "returns a number": ("def make(arm): return 1.0", "returned float"),
}  # fmt: skip


@pytest.mark.parametrize("text, words", BAD_FACTORIES.values(), ids=BAD_FACTORIES)
def test_a_factory_that_fails_is_refused_before_any_work(write, capsys, text, words):
    module = write(text)
    with pytest.raises(SpikearmError, match=words):
        choose_controllers([f"{module}:make"], model=load_arm("gen3").model)


BAD_NETWORKS = {
    "no torque": ('torque.label = "force"', r"no node for the joint torques.*size_in=7"),
    "wrong size": ('nengo.Node(size_in=6, label="q")', r"'q' has size_in=6.*size_in=7, label='q'"),
    "function": ('nengo.Node(lambda t: [t] * 7, label="q")', "'q' has an output of its own"),
    "misspelt": ('nengo.Node(size_in=7, label="dq_")', "Nothing drives node 'dq_'. Inputs are"),
    "twice": ('nengo.Node(size_in=7, label="gravity")', "Two nodes have the label 'gravity'"),
    "driven": ("nengo.Connection(gravity, error)", "'joint_error' is driven already"),
    "rate neurons": (
        'nengo.Ensemble(9, 1, neuron_type=nengo.LIFRate(), label="rates")',
        "'rates' has neurons of type LIFRate, which do not spike",
    ),
}


@pytest.mark.parametrize("more, words", BAD_NETWORKS.values(), ids=BAD_NETWORKS)
def test_a_network_that_does_not_fit_the_arm_is_refused(write, more, words):
    name = f"{write(network(more))}:network@spiking"
    with pytest.raises(SpikearmError, match=f"{name}': .*{words}"):
        made(name)


@pytest.mark.parametrize(
    "text, words",
    [
        ("return nengo.Network()", "has no ensemble"),
        ("net = nengo.Network()\n    with net: nengo.Ensemble(9, 1)\n    return net", "no node"),
    ],
)
def test_a_network_without_neurons_or_sockets_is_refused(write, text, words):
    name = f"{write(f'import nengo{chr(10)}def make(arm):{chr(10)}    {text}')}:make@loihi"
    with pytest.raises(SpikearmError, match=words):
        made(name)


def test_a_network_that_was_used_before_is_refused(write):
    module = write(
        network() + "\nkept = []\ndef make(arm):\n    kept.append(network(arm)); return kept[0]\n"
    )
    made(f"{module}:make@spiking").close()
    with pytest.raises(SpikearmError, match="return a new network at every call"):
        made(f"{module}:make@spiking")


def test_a_network_that_nengo_loihi_refuses_is_refused_in_a_sentence(write):
    more = "nengo.Connection(gravity, nengo.Ensemble(9, 7, neuron_type=nengo.Izhikevich()))"
    module = write(network(more))
    made(f"{module}:network@spiking").close()
    with pytest.raises(SpikearmError, match=r"@loihi' cannot be built: .*Izhikevich"):
        made(f"{module}:network@loihi")


def test_a_stage_belongs_to_networks_alone(write):
    with pytest.raises(SpikearmError, match="returns HandPD, which has no stages"):
        made(f"{write(PLAIN)}:HandPD@loihi")
    with pytest.raises(SpikearmError, match="returns a network: name a stage"):
        made(f"{write(network())}:network")


BAD_TORQUES = {
    "shape": ("[0.0] * 6", r"torques of shape \(6,\), but this arm takes \(7,\)"),
    "words": ("'seven'", "no numbers: 'seven'"),
    "NaN": ("[0.0] * 6 + [float('nan')]", "not finite at 0.000 s, for gen3/joint_7|not finite"),
    "nothing": ("None", r"torques of shape \(\)|no numbers"),
}


@pytest.mark.parametrize("torque, words", BAD_TORQUES.values(), ids=BAD_TORQUES)
def test_torques_that_an_arm_cannot_take_name_the_controller(write, torque, words):
    module = write(
        PLAIN.replace(
            "now.mass_matrix @ np.linalg.pinv(now.jacobian) @ wanted + now.bias_force", torque
        )
    )
    controller, state = made(f"{module}:HandPD"), load_arm("gen3").reset()
    with pytest.raises(SpikearmError, match=f"'{module}:HandPD' returned .*({words})"):
        controller.torque(state, still(state))


@pytest.mark.parametrize(
    ("torque", "status"),
    [
        ("1 / 0", "failed"),
        pytest.param("[float('nan')] * 7", "complete", marks=pytest.mark.slow),
    ],
)
def test_one_that_raises_leaves_a_run_that_says_so(write, capsys, torque, status):
    module = write(
        PLAIN.replace(
            "now.mass_matrix @ np.linalg.pinv(now.jacobian) @ wanted + now.bias_force", torque
        )
    )
    name = f"{module}:HandPD"
    ended = cli.main(["run", "--controller", name, *SHORT, "--out", "out"])
    assert (ended != 0) == (status == "failed")
    run = read_run(Path("out"))
    assert run.status == status
    law, own = run.rows
    assert (law["n_lost"], own["controller"], own["n_motions"]) == (0, name, 0)
    assert own["n_lost"] > 0 and own["losses"][0]["problem"]
    assert name in json.dumps(run.config["own_controllers"])


@pytest.mark.parametrize("command", ["stress", pytest.param("adapt", marks=pytest.mark.slow)])
def test_stress_and_adapt_take_a_controller_from_outside(write, command):
    options = {
        "stress": ["--perturbations", "payload=1", "--targets", "1"],
        "adapt": ["--trials", "2"],
    }
    name = f"{write(PLAIN)}:HandPD"
    short = ["--radius", "0.03", "--duration", "0.1", "--hold", "0.05", "--no-speed-limits"]
    words = [command, "--controllers", name, *short, *options[command], "--out", "out"]
    assert cli.main(words) == 0
    rows = json.loads(Path("out/summary.json").read_text())["rows"]
    assert name in {row["controller"] for row in rows}


def page_module(write) -> str:
    """Write the Python of the page into a module."""
    return write("\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S)))


@pytest.mark.parametrize("factory", ["HandPD", "network@spiking", "network@loihi"])
def test_the_examples_of_the_page_make_controllers(write, factory):
    state = load_arm("gen3").reset()
    with made(f"{page_module(write)}:{factory}") as controller:
        controller.start(state)
        torque = controller.torque(state, still(state))
    weight = load_arm("gen3").model.dynamics(state.q).bias_force
    assert torque == pytest.approx(weight, abs=0.5)  # at rest on its reference; spikes ripple


@pytest.mark.slow
def test_the_command_lines_of_the_page_reach_every_target(write):
    module = page_module(write)
    for number, line in enumerate(re.findall(r"```\nspikearm (.*)\n```", PAGE.read_text())):
        words = line.replace("my_lab", module).split()
        assert cli.main([*words, "--no-report", "--out", str(number)]) == 0
        assert all(row["success_rate"] == 1.0 for row in read_run(Path(str(number))).rows)


@pytest.mark.slow
def test_a_spawned_process_makes_it_from_its_name_alone(write):
    name = f"{write(PLAIN)}:HandPD"
    with get_context("spawn").Pool(1) as pool:
        assert pool.apply(joints_of, (name,)) == 7


def joints_of(name: str) -> int:
    """Return the number of torques that a controller made here gives."""
    state = load_arm("gen3").reset()
    return len(made(name).torque(state, still(state)))
