"""Trained controllers: to a file and back, and what is said of files that are none."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from arm_models import SpikearmError
from controller import trained
from controller.trained import TrainedController, shipped
from controller.workspace import Workspace

ABOUT: dict[str, Any] = {
    "arm": "planar3", "joints": ["a", "b", "c"], "training": {"seed": 4, "max_rates": [60.0, 140.0]}
}  # fmt: skip
SINGLE = 6e-8  # relative, half a unit in the last place of single precision


@pytest.fixture
def file(weights, tmp_path) -> Path:
    path = tmp_path / "controller.npz"
    with path.open("wb") as opened:
        TrainedController(weights, Workspace(radius=0.17, tilt=0.31), ABOUT).save(opened)
    return path


def test_what_is_saved_is_loaded_to_single_precision(weights, file):
    again = TrainedController.load(file)
    assert again.workspace == Workspace(radius=0.17, tilt=0.31)
    assert again.about == ABOUT
    before, after = weights.arrays(), again.weights.arrays()
    assert set(after) == set(before)
    for name, array in before.items():
        np.testing.assert_allclose(after[name], array, rtol=SINGLE, err_msg=name)
        assert after[name].dtype == np.float64
    assert any((after[name] != array).any() for name, array in before.items())  # it is single


def test_saved_again_it_is_the_same_to_the_last_bit(file):
    once = TrainedController.load(file)
    copy = io.BytesIO()
    once.save(copy)
    file.write_bytes(copy.getvalue())
    again = TrainedController.load(file)
    for name, array in once.weights.arrays().items():
        np.testing.assert_array_equal(again.weights.arrays()[name], array)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SpikearmError, match=r"no trained controller at .*nowhere\.npz.*`spikearm"):
        TrainedController.load(tmp_path / "nowhere.npz")


def truncated(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])


def damaged(file: Path) -> None:
    """Change bytes in the middle, in one array's compressed numbers."""
    whole = bytearray(file.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 40] = bytes(40)
    file.write_bytes(whole)


def foreign(file: Path) -> None:
    np.savez(file, lengths=np.arange(3.0))


def no_zip(file: Path) -> None:
    file.write_text("step,torque\n1,0.4\n")


def a_bare_array(file: Path) -> None:
    with file.open("wb") as opened:
        np.save(opened, np.arange(4.0))


def empty(file: Path) -> None:
    file.write_bytes(b"")


def without_an_array(file: Path) -> None:
    with np.load(file) as arrays:
        kept = {name: arrays[name] for name in arrays.files if name != "hidden"}
    np.savez(file, **kept)


@pytest.mark.parametrize(
    "spoil", [truncated, damaged, foreign, no_zip, a_bare_array, empty, without_an_array]
)
def test_a_file_of_another_kind_is_refused_in_a_sentence(file, spoil):
    spoil(file)
    with pytest.raises(SpikearmError, match=r"is no trained controller.*`spikearm train` made\."):
        TrainedController.load(file)


def test_a_folder_in_place_of_the_file_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(SpikearmError, match=r"Cannot read '.*': Is a directory\."):
        TrainedController.load(tmp_path)


def test_an_arm_without_a_shipped_controller_gets_the_command_that_trains_one():
    with pytest.raises(SpikearmError, match="spikearm train --arm hexapod --out FOLDER"):
        shipped("hexapod")


def test_a_shipped_controller_is_loaded_by_the_arms_name(monkeypatch, file):
    file.rename(file.parent / "planar3.npz")
    monkeypatch.setattr(trained, "SHIPPED_FOLDER", file.parent)
    assert shipped("planar3").about == ABOUT
    with pytest.raises(SpikearmError, match=r"there are: planar3\)"):
        shipped("planar2")
