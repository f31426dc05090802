"""Compiler of the kernels of a control step."""

from pathlib import Path

from spikearm.neural.compiler import Compiler

jit = Compiler(Path(__file__).parent)
"""Decorator of the kernels of a control step."""
