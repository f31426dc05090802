"""Functions of nodes, called with little around them."""

from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np
from nengo.builder.operator import SimPyFunc
from nengo.exceptions import SimulationError
from nengo.utils.functions import function_name

PLAIN = frozenset({float, np.float64})
"""Types of items that are written without NumPy's help."""


def quick_step(op: Any, step: Callable[[], None], signals: Any) -> Callable[[], None]:
    """Return a step of an operator that does the same in less time, if there is one.

    Nengo checks a function's values by NumPy before they are written, which takes longer than
    most functions. Here they are written first. Where that fails, or a value is not finite, Nengo's
    message is raised.

    Args:
        op: Operator.
        step: Its step, as Nengo made it.
        signals: Signals of the simulator.
    """
    if type(op) is not SimPyFunc or op.output is None or signals[op.output].ndim != 1:
        return step
    function, write = op.fn, _writer(op.fn, signals[op.output])
    t = None if op.t is None else signals[op.t]
    x = None if op.x is None else signals[op.x]
    if t is not None and x is not None:
        return lambda: write(function(t.item(), x.copy()))
    if t is not None:
        return lambda: write(function(t.item()))
    return lambda: write(function() if x is None else function(x.copy()))


def _writer(function: Callable, output: np.ndarray) -> Callable[[Any], None]:
    """Return a function that writes a node's values to the memory.

    Args:
        function: Function of the node, for messages.
        output: Values of the node, shape (n,); written.
    """
    items, n = output.data, len(output)

    def write(value: Any) -> None:
        if type(value) in PLAIN:
            value = (value,) * n
        if type(value) not in (tuple, list) or len(value) != n:
            return write_any(value)
        for place, item in enumerate(value):
            if type(item) not in PLAIN:
                return write_any(value)
            if not isfinite(item):
                raise _not_finite(function)
            items[place] = item
        return None

    def write_any(value: Any) -> None:
        try:
            if isinstance(value, str | bytes):
                raise TypeError
            output[...] = np.nan if value is None else value
            finite = all(map(isfinite, output.tolist()))
        except (TypeError, ValueError) as error:
            raise SimulationError(
                f"Function '{function_name(function)}' returned a value {value!r} of invalid "
                f"type {type(value)!r}"
            ) from error
        if not finite:
            raise _not_finite(function)

    return write


def _not_finite(function: Callable) -> SimulationError:
    return SimulationError(f"Function '{function_name(function)}' returned non-finite value")
