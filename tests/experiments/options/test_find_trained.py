"""Which trained controller a command takes, and which it refuses."""

from dataclasses import replace
from pathlib import Path

import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.weights import shipped_folder
from spikearm.controller.weights.trained import TrainedController, shipped
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.options.find_trained import find_trained
from spikearm.experiments.studies.benchmark.metrics import fidelity_rmse
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.episode import run_episode

WEIGHT = [0.0, 0.0, -9.81]
NO_WEIGHT = [0.0, 0.0, 0.0]


@pytest.fixture
def save(trained, tmp_path):
    """Write a controller of gen3 that was trained with this gravity."""

    def save(gravity: list[float]) -> Path:
        path = tmp_path / "controller.npz"
        with path.open("wb") as file:
            replace(trained, about={**trained.about, "gravity": gravity}).save(file)
        return path

    return save


def find(path: Path, *, weightless: bool = False, gravity_known: bool = True) -> TrainedController:
    arm = load_arm("gen3", weightless=weightless)
    found = find_trained(arm, path, ["loihi"], gravity_known)
    assert found is not None
    return found


def test_where_gravity_is_known_a_controller_that_knows_it_is_taken(save):
    assert find(save(WEIGHT)).knows_gravity


@pytest.mark.parametrize("there", [{"weightless": True}, {"gravity_known": False}])
def test_where_gravity_is_not_known_one_that_does_not_know_it_is_taken(save, there):
    assert not find(save(NO_WEIGHT), **there).knows_gravity


def test_one_that_would_let_the_arm_fall_is_refused(save):
    with pytest.raises(SpikearmError, match=r"would let this one fall.*`spikearm adapt`"):
        find(save(NO_WEIGHT))


@pytest.mark.parametrize("there", [{"weightless": True}, {"gravity_known": False}])
def test_one_that_knows_what_is_not_to_be_known_is_refused(save, there):
    with pytest.raises(SpikearmError, match=r"bears the arm's weight.*train --weightless`"):
        find(save(WEIGHT), **there)


@pytest.mark.parametrize("gravity_known", [True, False])
def test_what_ships_for_an_arm_is_found_for_either(gravity_known):
    found = find_trained(load_arm("gen3"), None, ["loihi"], gravity_known)
    assert found is not None
    assert found.knows_gravity == gravity_known
    assert found.about == shipped("gen3", gravity_known).about


def test_one_that_ships_is_found_by_its_name_too():
    assert find(Path("gen3")).about == shipped("gen3").about
    assert not find(Path("gen3-weightless"), gravity_known=False).knows_gravity


def test_a_file_goes_before_one_that_ships_under_its_name(save, tmp_path, monkeypatch):
    save(WEIGHT).rename(tmp_path / "gen3")
    monkeypatch.chdir(tmp_path)
    assert find(Path("gen3")).about != shipped("gen3").about


def test_for_motions_from_pose_to_pose_the_one_for_them_is_taken_where_it_ships(
    save, trained, monkeypatch
):
    arm, folder = load_arm("gen3"), save(WEIGHT).parent
    monkeypatch.setattr(shipped_folder, "SHIPPED_FOLDER", folder)
    (folder / "controller.npz").rename(folder / "gen3.npz")
    with (folder / "gen3-workspace.npz").open("wb") as file:
        across = Workspace(0.5, 1.5, between=True)
        replace(trained, workspace=across, about=trained.about | {"gravity": WEIGHT}).save(file)
    for between in (True, False):
        found = find_trained(arm, None, ["loihi"], between=between)
        assert found is not None
        assert found.workspace.between == between
    save(NO_WEIGHT).rename(folder / "gen3-weightless.npz")
    found = find_trained(arm, None, ["loihi"], gravity_known=False, between=True)
    assert found is not None
    assert not found.knows_gravity
    (folder / "gen3-workspace.npz").unlink()
    found = find_trained(arm, None, ["loihi"], between=True)
    assert found is not None
    assert not found.workspace.between


@pytest.mark.slow
def test_what_ships_for_a_weightless_arm_reaches_like_what_ships_for_a_heavy_one():
    fidelity = []
    for weightless in (False, True):
        arm = load_arm("gen3", weightless=weightless)
        task = plan_task(arm.model, CentreOut(), seed=0)
        trained = find_trained(arm, None, ["loihi"])
        paths = []
        for name in ("analytic", "loihi"):
            with ChosenController(name).make(ControllerSetup(arm.model, trained)) as controller:
                episode = run_episode(arm, controller, task, 2)
                paths.append(next(episode).trajectory)
        fidelity.append(fidelity_rmse(paths[1], paths[0]))
    assert 1e-4 < fidelity[0] < 6e-4
    assert 1e-4 < fidelity[1] < 6e-4


def test_no_stage_without_neurons_needs_one():
    for gravity_known in (True, False):
        assert find_trained(load_arm("planar3"), None, ["analytic", "pd"], gravity_known) is None
