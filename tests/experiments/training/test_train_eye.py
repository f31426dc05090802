"""`train-eye`, in processes of their own: one that draws pictures cannot load TensorFlow."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from spikearm.perception.eye.eye_weights import EyeWeights

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs the extra [train]"),
]
SMALL = ("--scenes", "30", "--held-out", "12", "--updates", "120", "--n-patches", "1500")


def begin(folder: Path, *options: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "spikearm", "train-eye", "--out", str(folder), *SMALL, *options]
    environment = os.environ | {"MUJOCO_GL": os.environ.get("MUJOCO_GL") or "egl"}
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "eye"
    output, errors = begin(folder).communicate(timeout=600)
    assert "Verdict: the eye finds targets" in output, errors
    return folder


def test_it_leaves_weights_with_their_account_and_accuracy(trained):
    eye = EyeWeights.load(trained / "eye.npz")
    assert eye.about["accuracy"]["n_scenes"] > 0
    assert eye.about["training"]["updates"] == 120
    assert eye.stride == 4
    assert not list(trained.glob("updates-*"))


def test_one_that_was_killed_and_begun_again_comes_to_the_same_weights(trained, tmp_path):
    folder = tmp_path / "eye"
    ended = begin(folder)
    while not list(folder.glob("updates-*")):
        assert ended.poll() is None, ended.communicate()
        time.sleep(0.2)
    ended.send_signal(signal.SIGKILL)
    ended.wait()
    assert not (folder / "eye.npz").exists()
    output, errors = begin(folder).communicate(timeout=600)
    assert "Trained" in output, errors
    for one, other in zip(
        EyeWeights.load(trained / "eye.npz").layers, EyeWeights.load(folder / "eye.npz").layers,
        strict=True,
    ):  # fmt: skip
        np.testing.assert_array_equal(one.kernel, other.kernel)
    assert len(json.loads((folder / "config.json").read_text())["resumed"]) == 1


def test_a_folder_of_another_training_is_refused(trained):
    process = begin(trained, "--kernels", "random")
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "was begun with another training" in errors
