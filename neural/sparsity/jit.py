"""Compiler of the kernels of sparse layers."""

from pathlib import Path

from spikearm.neural.compiler import Compiler

jit = Compiler(Path(__file__).parent)
"""Decorator of the kernels."""
