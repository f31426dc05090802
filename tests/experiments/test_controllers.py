"""The registry: controllers by name, and what computes each."""

from typing import get_args

import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.controller import Controller
from spikearm.controller.training import ridge_regression
from spikearm.experiments.controllers import (
    CONTROLLERS,
    Backend,
    ChosenController,
    ControllerSetup,
    ControllerSpec,
    choose_controllers,
    comparisons,
)
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.tasks.centre_out import CentreOut

BACKENDS: tuple[Backend, ...] = get_args(Backend)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", [name for name in CONTROLLERS if name != "loihi"])
def test_only_loihi_has_a_choice_of_backends(name, backend):
    expected = "nengo" if name in ("rate", "spiking") else "numpy"
    assert ChosenController(name, backend=backend).backends == (expected,)


@pytest.mark.parametrize("backend", BACKENDS)
def test_loihi_runs_on_the_backend_that_was_asked_for(backend):
    chosen = ChosenController("loihi", backend=backend)
    assert chosen.backends == (backend,)
    assert chosen.on_board == (backend == "board")


@pytest.mark.parametrize("name", CONTROLLERS)
def test_every_controller_has_an_adaptive_one_unless_it_learns_by_itself(name):
    if CONTROLLERS[name].learns:
        assert choose_controllers([name], adaptive=True) == (ChosenController(name),)
        return
    plain, adaptive = choose_controllers([name], adaptive=True)
    assert (plain.label, adaptive.label) == (name, f"{name} + adaptive")
    assert (plain.learns, adaptive.learns) == (False, True)
    assert adaptive.backends == (plain.backends if plain.stage else (*plain.backends, "engine"))
    on_emulator = ChosenController(name, True, "emulator").backends
    assert ("emulator" in on_emulator) == (name not in ("rate", "spiking"))


def test_a_name_that_the_registry_lacks_is_refused_with_those_that_it_has():
    with pytest.raises(SpikearmError, match=r"controller 'telepathy'.*analytic, rate, spiking"):
        choose_controllers(["pd", "telepathy"])


@pytest.mark.parametrize("name", ["rate", "spiking", "loihi", "static-rate"])
def test_without_trained_weights_no_neurons_are_made(name):
    with pytest.raises(SpikearmError, match=f"'{name}' needs trained weights"):
        ChosenController(name).make(ControllerSetup(load_arm("gen3").model))


@pytest.mark.parametrize("name", ["rate", "loihi"])
def test_gains_that_were_trained_into_the_neurons_cannot_be_changed(trained, name):
    setup = ControllerSetup(load_arm("gen3").model, trained, Gains(kp=150.0, posture_kv=3.0))
    with pytest.raises(SpikearmError, match="has posture_kv in its trained weights"):
        ChosenController(name).make(setup)


def test_gains_reach_every_controller(trained, monkeypatch):
    monkeypatch.setattr(comparisons, "N_REACHES", 4)
    monkeypatch.setattr(ridge_regression, "RIDGES", (1e-3,))
    gains = Gains(kp=123.0, kv=17.0)
    setup = ControllerSetup(load_arm("gen3").model, trained, gains, ki=55.0)
    for name in CONTROLLERS:
        with ChosenController(name).make(setup) as controller:
            assert controller.gains == gains  # pyright: ignore[reportAttributeAccessIssue]
            if isinstance(controller, JointPIDController):
                assert controller.ki == (55.0 if name == "pid" else 0.0)


def test_a_controller_from_outside_is_benched_beside_the_baseline(monkeypatch):
    def make(setup: ControllerSetup) -> Controller:
        return JointPIDController(setup.model, setup.gains)

    monkeypatch.setitem(CONTROLLERS, "mine", ControllerSpec(make))
    arm = load_arm("gen3")
    task = CentreOut(targets=1, radius=0.03, duration=0.12, hold=0.03, speed_limits=False)
    setup = ControllerSetup(arm.model)
    plan = BenchmarkPlan(arm, task, choose_controllers(["mine", "pd"]), [0], setup)
    _, mine, pd = run_benchmark(plan).rows
    assert (mine["controller"], mine["adaptive"], mine["backend"]) == ("mine", False, "numpy")
    assert mine["position_rmse_m"] == pd["position_rmse_m"]


def test_no_controller_at_all_is_refused():
    with pytest.raises(SpikearmError, match="No controller is named"):
        choose_controllers([])
