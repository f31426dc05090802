"""BLAS of NumPy for machine code: the same functions, so the same rounding.

nengo-loihi and Nengo multiply matrices with NumPy. The last bit of a product depends on the
order in which a library adds, so the engine calls the very library that NumPy has loaded. Where
NumPy brings none of its own, products are left to NumPy.
"""

import ctypes
from pathlib import Path
from typing import Any

import llvmlite.binding
import numpy as np
from numba import types

FOLDERS = ("numpy.libs", "numpy/.dylibs")  # beside NumPy, where its wheels keep OpenBLAS
ROW_MAJOR, COLUMN_MAJOR, NO_TRANSPOSE, TRANSPOSE = 101, 102, 111, 112  # of CBLAS
DOUBLE = 8  # bytes


def _find(name: str) -> int | None:
    """Find a function's address in the library that NumPy's wheel brings."""
    site = Path(str(np.__file__)).parent.parent
    for path in (path for folder in FOLDERS for path in (site / folder).glob("*openblas64*")):
        function = getattr(ctypes.CDLL(str(path)), f"scipy_cblas_{name}64_", None)
        if function is not None:
            return ctypes.cast(function, ctypes.c_void_p).value
    return None


def _declare(name: str, signature: Any) -> Any:
    """Declare a function of the library for compiled code.

    Without the library, the code still has to link; a call, which :data:`FOUND` prevents, ends
    the process.
    """
    address = _addresses[name] or ctypes.cast(ctypes.pythonapi.Py_FatalError, ctypes.c_void_p).value
    llvmlite.binding.add_symbol(f"numpy_{name}", address)
    return types.ExternalFunction(f"numpy_{name}", signature)


_i, _n, _f, _p = types.int32, types.int64, types.float64, types.uintp
_addresses = {name: _find(name) for name in ("ddot", "dgemv")}
FOUND = None not in _addresses.values()
ddot = _declare("ddot", _f(_n, _p, _n, _p, _n))
dgemv = _declare("dgemv", types.void(_i, _i, _n, _n, _f, _p, _n, _p, _n, _f, _p, _n))
