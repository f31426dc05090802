"""Compiler of the engine's kernels."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from spikearm.neural.compiler import Compiler

jit = Compiler(Path(__file__).parent)
"""Decorator of the engine's kernels."""


def inline(function: Callable) -> Any:
    """Compile a part of kernels into each of them, because a call costs as much as a short row."""
    return numba.njit(nogil=True, error_model="numpy", forceinline=True)(function)
