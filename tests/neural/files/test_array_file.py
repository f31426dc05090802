"""Files of arrays: read as they were written, or refused before memory is taken or a read waits."""

import os
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.files import array_file
from spikearm.neural.files.array_file import read_arrays, understood

GIGABYTES = 2**34


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "arrays.npz"


def member(shape: tuple[int, ...], data: bytes, dtype: str = "<f8") -> bytes:
    """Write an array whose header claims a shape, whatever data follows it."""
    whole = BytesIO()
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(whole, header)
    return whole.getvalue() + data


def write(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)


def refusal(path: Path) -> str:
    """Return the sentence that refuses a file, which takes less memory than a megabyte."""
    tracemalloc.start()
    with pytest.raises(SpikearmError) as error, understood(path, "file", "Name another."):
        read_arrays(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**20
    assert str(error.value).endswith("Name another.")
    return str(error.value)


def test_arrays_are_read_as_they_were_written(path):
    written = {"a": np.arange(6.0).reshape(2, 3), "b": np.array("text"), "c": np.array(7)}
    np.savez_compressed(path, **written)
    read = read_arrays(path)
    assert read.keys() == written.keys()
    for name in written:
        np.testing.assert_array_equal(read[name], written[name])


def test_an_array_that_claims_more_than_it_holds_is_refused_before_memory_is_taken(path):
    write(path, a=member((3, GIGABYTES), bytes(24)))
    assert "a.npy claims more numbers than it holds" in refusal(path)


def test_arrays_of_gigabytes_are_refused_before_memory_is_taken(path, monkeypatch):
    monkeypatch.setattr(array_file, "MOST_BYTES", 2**20)  # a file of gigabytes takes time to write
    write(path, a=member((2**17 + 1,), bytes(2**20 + 8)))
    assert path.stat().st_size < 2**20
    assert "at most 1048576 are read" in refusal(path)


def test_a_file_of_gigabytes_is_refused_before_it_is_opened(path):
    with path.open("wb") as file:
        file.truncate(GIGABYTES)  # takes no room
    assert f"claims {GIGABYTES} bytes" in refusal(path)


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_file_is_refused_and_does_not_wait(path, kind):
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    expected = "Is a directory" if kind == "folder" else "It is a pipe or a device, not a file"
    assert refusal(path).startswith(f"Cannot read '{path}': {expected}")
