"""Compiler of the engine's kernels."""

from pathlib import Path

from spikearm.neural.compiler import Compiler

jit = Compiler(Path(__file__).parent)
"""Decorator of the engine's kernels."""
