"""Files of arrays: read whole, or refused in a sentence."""

import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import sentence
from spikearm.neural.files.plain_file import check_plain_file, check_size

MOST_BYTES = 2**30
"""Largest size of a file, and of its arrays in memory: twice that of the largest training,
and five hundred times that of a trained controller."""
FORMAT_VERSION = "format_version"
DAMAGES = (
    AttributeError, EOFError, KeyError, MemoryError, NotImplementedError, RuntimeError, TypeError,
    SyntaxError, ValueError, struct.error, tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""Exceptions that reading a damaged or unrelated file raises."""


@contextmanager
def understood(path: Path, kind: str, remedy: str) -> Iterator[None]:
    """Refuse a file that the block does not understand.

    Args:
        path: Path of the file.
        kind: Kind of file that is expected, for messages.
        remedy: Sentence that says what to do about another file.

    Raises:
        SpikearmError: There is none, it cannot be read, or it is something else.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise SpikearmError(f"There is no {kind} at '{path}'. {remedy}") from error
    except OSError as error:
        raise SpikearmError(f"Cannot read '{path}': {error.strerror or error}. {remedy}") from error
    except DAMAGES as error:
        raise SpikearmError(f"'{path}' is no {kind}: {sentence(error)}. {remedy}") from error


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read all arrays of a file, after a look at the sizes that its headers claim.

    Raises:
        OSError: It cannot be read, is no file, or is larger than ``MOST_BYTES``.
        ValueError: A number in it is infinite, or none. It is damaged, or something else, which
            others of :data:`DAMAGES` say too.
    """
    check_plain_file(path, MOST_BYTES)
    with path.open("rb") as file:
        if not zipfile.is_zipfile(file):
            raise ValueError("it does not hold named arrays, or not all that was written of it")
        _check_claims(file)
        file.seek(0)
        with np.load(file, allow_pickle=False) as arrays:
            read = {name: arrays[name] for name in arrays.files}
    for name, array in read.items():
        if array.dtype.kind in "fc" and not np.isfinite(array).all():
            raise ValueError(f"{name} holds what is no finite number")
    return read


def _check_claims(file: IO[bytes]) -> None:
    """Check the sizes that headers claim, before memory is taken for arrays.

    Raises:
        OSError: The arrays would be larger than ``MOST_BYTES``.
        ValueError: An array claims more numbers than the file holds.
    """
    with zipfile.ZipFile(file) as archive:
        check_size(sum(member.file_size for member in archive.infolist()), MOST_BYTES)
        for member in archive.infolist():
            with archive.open(member) as array:
                if _claimed_size(array) > member.file_size:
                    raise ValueError(f"{member.filename} claims more numbers than it holds")


def _claimed_size(array: IO[bytes]) -> int:
    """Return the size of an array as its header claims it [bytes]."""
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    version = np.lib.format.read_magic(array)
    if version not in readers:
        raise ValueError(f"its arrays are of NumPy's format {version}")
    shape, _, dtype = readers[version](array)
    return 0 if dtype.hasobject else math.prod(shape) * dtype.itemsize  # NumPy refuses objects


def read_versioned(path: Path, kind: str, remedy: str, known: int) -> dict[str, np.ndarray]:
    """Read all arrays of a file but the one that holds its version, 1 where none does.

    Args:
        path: Path of the file.
        kind: Kind of file that is expected, for messages.
        remedy: Sentence that says what to do about another file.
        known: Version that can be read.

    Raises:
        SpikearmError: It cannot be read, is something else, or of another version.
    """
    with understood(path, kind, remedy):
        arrays = read_arrays(path)
        found = int(arrays.pop(FORMAT_VERSION, 1))
    if found != known:
        program = "a newer spikearm" if found > known else "the spikearm that wrote it"
        raise SpikearmError(
            f"'{path}' is a {kind} of version {found}, but this program reads version {known}: "
            f"use {program}, or make it again."
        )
    return arrays


def write_versioned(file: BinaryIO, arrays: Mapping[str, Any], version: int) -> None:
    """Write arrays into one compressed file, with the version that :func:`read_versioned` reads."""
    np.savez_compressed(file, **{**arrays, FORMAT_VERSION: np.array(version)})


def check_names(arrays: Mapping[str, object], needed: set[str]) -> None:
    """Refuse arrays of which some are missing.

    Raises:
        ValueError: There are.
    """
    missing = sorted(needed - arrays.keys())
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
