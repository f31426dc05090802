"""What is loaded, and when: commands start fast, and never with TensorFlow."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("arm_models", "controller", "loihi_deploy", "experiments")
HEAVY = {"tensorflow", "tf_keras", "keras", "nengo_dl"}
TRAINERS = {"controller.training.deep_network", "controller.training.nengo_dl_compat"}


def modules() -> list[str]:
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in paths
    ]


def loaded_by(names: list[str]) -> set[str]:
    """Import modules in a process of their own, and give the packages that are then there."""
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
    loaded = loaded_by(["experiments.cli"])
    assert {"experiments", "controller", "nengo"} <= loaded
    assert loaded.isdisjoint(HEAVY)


def test_the_package_of_the_chip_loads_nothing_before_it_is_used():
    assert loaded_by(["loihi_deploy"]).isdisjoint({"nengo", "nengo_loihi", "numba", "numpy"})


def test_nothing_but_the_deep_network_loads_tensorflow():
    others = sorted(set(modules()) - TRAINERS)
    assert {"controller.training.compression", "experiments.course"} <= set(others)
    assert len(others) > 60
    assert loaded_by(others).isdisjoint(HEAVY)


@pytest.mark.skipif(find_spec("nengo_dl") is None, reason="needs the extra [train]")
def test_the_deep_network_does():
    assert loaded_by(["controller.training.deep_network"]) >= HEAVY - {"keras"}
