"""Compilation of kernels, and the folder of the compiled code."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

HERE = Path(__file__).parent


def cache_folder(sources: Path = HERE) -> str:
    """Return the cache folder, named after the sources of all kernels.

    numba looks for changes in a function's own file only, not in those of what it calls.

    Args:
        sources: Folder of the kernels.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(sources.rglob("*.py")):
        digest.update(path.read_bytes())
    chosen = numba.config.CACHE_DIR  # type: ignore[attr-defined]  NUMBA_CACHE_DIR
    beside = sources / "__pycache__"
    if not chosen and not os.access(beside if beside.exists() else sources, os.W_OK):
        beside = Path.home() / ".cache" / "spikearm"
    return str(Path(chosen or beside) / f"kernels-{digest.hexdigest()[:16]}")


CACHE_FOLDER = cache_folder()


def jit(function: Callable) -> Any:
    """Compile for machine code that needs no interpreter lock, and keep it on disk."""
    kept = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = CACHE_FOLDER  # type: ignore[attr-defined]
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        numba.config.CACHE_DIR = kept  # type: ignore[attr-defined]
