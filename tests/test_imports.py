"""What is loaded, and when: commands start fast, and never with TensorFlow."""

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import spikearm
from spikearm.experiments.commands.commands import COMMANDS

ROOT = Path(__file__).parent.parent
PACKAGES = ("arm_models", "neural", "controller", "perception", "loihi_deploy", "experiments")
HEAVY = {"tensorflow", "tf_keras", "keras", "nengo_dl"}
TRAINERS = {f"spikearm.controller.training.{name}" for name in ("deep_network", "nengo_dl_compat")}


def modules() -> list[str]:
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [f"spikearm.{name}".removesuffix(".__init__") for name in names]


def loaded_by(names: list[str]) -> set[str]:
    """Import modules in a process of their own, and list what is then loaded, by its first name."""
    program = (
        "import importlib, json, sys\n"
        "for name in json.loads(sys.argv[1]): importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, json.dumps(names)],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_the_command_line_loads_no_tensorflow():
    names = [name.replace("-", "_") for name in COMMANDS]
    loaded = loaded_by([f"spikearm.experiments.commands.{name}" for name in names])
    assert {"spikearm", "nengo"} <= loaded
    assert loaded.isdisjoint(HEAVY)


def run_command(*words: str) -> tuple[str, set[str]]:
    """Run a command in a process of its own; return its output and the modules it loads."""
    program = (
        "import sys; from spikearm.experiments.cli import main; main(sys.argv[1:])\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-W", "ignore", "-c", program, *words]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return ran.stdout, set(ran.stderr.split())


def test_help_loads_no_libraries_that_compute():
    printed, modules = run_command("--help")
    loaded = {name.split(".")[0] for name in modules}
    assert "usage: spikearm COMMAND" in printed
    assert {"spikearm", "rich"} <= loaded
    assert loaded.isdisjoint({"numpy", "numba", "scipy", "matplotlib", "plotly", "mujoco", "nengo"})


def test_the_list_of_arms_loads_mujoco_and_nothing_for_networks():
    printed, modules = run_command("arms")
    loaded = {name.split(".")[0] for name in modules}
    assert "gen3" in printed
    assert {"mujoco", "numpy"} <= loaded
    assert loaded.isdisjoint({"numba", "scipy", "nengo", "nengo_loihi", "plotly", "pyarrow"})


@pytest.mark.parametrize("command", ["run", "bench"])
def test_what_draws_films_and_bounds_is_loaded_after_the_first_torque(command):
    program = (
        "import sys; from spikearm.experiments.commands.commands import COMMANDS\n"
        f"COMMANDS['{command}']; print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    loaded = set(ran.stdout.split())
    assert {"nengo_loihi", "numba", "mujoco"} <= loaded
    late = {"plotly", "imageio", "scipy.stats", "IPython", "nbformat", "pyarrow", "pandas"}
    assert loaded.isdisjoint(late)


def test_the_list_of_commands_says_what_each_of_them_says():
    for name, summary in COMMANDS.summaries.items():
        assert (inspect.getdoc(COMMANDS[name]) or "").split("\n")[0] == summary


def test_every_public_name_is_there_and_nothing_is_loaded_before_it_is_used():
    assert loaded_by(["spikearm"]).isdisjoint({"mujoco", "nengo", "nengo_loihi", "numpy"})
    assert {"load_arm", "Arm", "Controller", "Simulator", "preflight", "follow"} <= set(
        dir(spikearm)
    )
    for name in dir(spikearm):
        assert getattr(spikearm, name) is not None, name
    assert set(spikearm.__all__) == set(spikearm.HOMES)
    with pytest.raises(AttributeError, match="no attribute 'unload_arm'"):
        spikearm.unload_arm  # noqa: B018


def test_a_users_own_folders_are_not_taken_for_the_packages(tmp_path):
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('a folder of the user')")
    command = [sys.executable, "-W", "ignore", "-m", "spikearm", "arms"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path) + os.pathsep + str(ROOT)}
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert "gen3" in ran.stdout


def test_the_package_of_the_chip_loads_nothing_before_it_is_used():
    assert loaded_by(["spikearm.loihi_deploy"]).isdisjoint(
        {"nengo", "nengo_loihi", "numba", "numpy"}
    )


def test_nothing_but_trainings_loads_tensorflow():
    others = sorted(
        name
        for name in set(modules()) - TRAINERS
        if not name.startswith("spikearm.perception.training.")
    )
    assert "spikearm.controller.training.compression" in others
    assert "spikearm.experiments.training.pipeline" in others
    assert len(others) > 60
    assert loaded_by(others).isdisjoint(HEAVY)
