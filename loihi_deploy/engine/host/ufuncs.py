"""Elementary functions of NumPy for machine code: the same loops, so the same rounding.

Which loop NumPy runs, and with it the last bit of a logarithm, depends on the processor: some have
loops of vector instructions, others call the C library item by item. Compiled code therefore calls
the very loop that NumPy has chosen. A function whose loop is not found is left to NumPy.
"""

import ctypes
from typing import Any

import llvmlite.binding
import numpy as np
from numba import types


class _Ufunc(ctypes.Structure):
    """Beginning of NumPy's ``PyUFuncObject`` (numpy/ufuncobject.h)."""

    _fields_ = (
        ("reference_count", ctypes.c_ssize_t),
        ("type", ctypes.c_void_p),
        ("n_in", ctypes.c_int),
        ("n_out", ctypes.c_int),
        ("n_arguments", ctypes.c_int),
        ("identity", ctypes.c_int),
        ("loops", ctypes.POINTER(ctypes.c_void_p)),
        ("data", ctypes.POINTER(ctypes.c_void_p)),
        ("n_loops", ctypes.c_int),
        ("reserved", ctypes.c_int),
        ("name", ctypes.c_char_p),
    )


def _find(name: str) -> int | None:
    """Find the address of a function's loop over doubles; None where NumPy has none such."""
    ufunc = getattr(np, name)
    header = _Ufunc.from_address(id(ufunc))
    is_known = ctypes.sizeof(ctypes.py_object) == 8 and header.n_arguments == 2
    if not is_known or header.n_loops != len(ufunc.types) or header.name != name.encode():
        return None
    number = ufunc.types.index("d->d")
    # Loops with data of their own are general ones, which call what the data point at.
    return None if header.data and header.data[number] else header.loops[number]


def _declare(name: str) -> Any:
    """Declare a loop for compiled code, whose call ends the process where it is not found."""
    address = _addresses[name] or ctypes.cast(ctypes.pythonapi.Py_FatalError, ctypes.c_void_p).value
    llvmlite.binding.add_symbol(f"numpy_{name}", address)
    return types.ExternalFunction(f"numpy_{name}", types.void(*[types.uintp] * 4))


_addresses = {name: _find(name) for name in ("exp", "expm1", "log1p", "tanh")}
FOUND = frozenset(name for name, address in _addresses.items() if address is not None)
"""Names of the functions whose loops are found."""

exp, expm1, log1p, tanh = map(_declare, _addresses)
