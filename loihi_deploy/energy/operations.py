"""Counts of floating-point operations, taken while arrays are computed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Operations:
    """Floating-point operations on single numbers.

    Attributes:
        multiplications: Number of products.
        additions: Number of sums and differences.
        others: Number of divisions, roots, sines, comparisons and the like, one each.
    """

    multiplications: float = 0
    additions: float = 0
    others: float = 0

    def __add__(self, more: "Operations") -> "Operations":
        return Operations(
            self.multiplications + more.multiplications,
            self.additions + more.additions,
            self.others + more.others,
        )

    @property
    def total(self) -> float:
        """Number of all operations."""
        return self.multiplications + self.additions + self.others

    @property
    def fused(self) -> float:
        """Least number of operations of a processor that multiplies and adds in one."""
        return max(self.multiplications, self.additions) + self.others


class Tally:
    """Sum of operations.

    Attributes:
        operations: Sum so far.
    """

    def __init__(self) -> None:
        self.operations = Operations()

    def array(self, values: Any) -> "Counted":
        """Copy values into an array whose operations this tally counts."""
        copied = np.array(values, dtype=float).view(Counted)
        copied.tally = self
        return copied

    def add(self, operations: Operations) -> None:
        """Add to the sum."""
        self.operations += operations


class Counted(np.ndarray):
    """Array that counts the operations on it and on all results.

    A change of sign costs nothing. Matrix factorisations are counted by textbook formulas.

    Attributes:
        tally: Tally that the operations are added to.
    """

    tally: Tally

    def __array_finalize__(self, source: Any) -> None:
        if isinstance(source, Counted):
            self.tally = source.tally

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute, and count one operation for each number of the result or of a sum."""
        plain = [_plain(one) for one in inputs]
        if "out" in options:
            options["out"] = tuple(_plain(one) for one in options["out"])
        result = getattr(ufunc, method)(*plain, **options)
        if ufunc is np.matmul:
            self.tally.add(_product(np.size(result), plain[0].shape[-1]))
        else:
            size = np.size(result)
            n = np.size(plain[0]) - size if method == "reduce" else size
            self.tally.add(_elementwise(ufunc, n))
        return self._counting(result)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        """Compute, and count operations inside NumPy that do not reach arrays."""
        if func not in FORMULAS:
            return self._counting(super().__array_function__(func, types, args, kwargs))
        plain = [_plain(one) for one in args]
        self.tally.add(FORMULAS[func](*plain))
        return self._counting(func(*plain, **kwargs))

    def _counting(self, result: Any) -> Any:
        if isinstance(result, tuple):
            return tuple(self._counting(one) for one in result)
        if isinstance(result, np.ndarray | np.floating) and result.dtype == float:
            counting = np.asarray(result).view(Counted)
            counting.tally = self.tally
            return counting
        return result


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Counted) else value


def _elementwise(ufunc: np.ufunc, n: int) -> Operations:
    if ufunc in (np.add, np.subtract):
        return Operations(additions=n)
    if ufunc in (np.multiply, np.square):
        return Operations(multiplications=n)
    return Operations() if ufunc in (np.negative, np.absolute) else Operations(others=n)


def _product(size: int, length: int) -> Operations:
    """Count a matrix product: ``size`` numbers, each a sum of ``length`` products."""
    return Operations(size * length, size * (length - 1))


def _solve(matrix: np.ndarray, right: np.ndarray) -> Operations:
    """Count an LU factorisation and two substitutions (Golub and Van Loan 2013, 3.1 and 3.2)."""
    n, columns = len(matrix), right.size // len(matrix)
    multiplications = n * (n - 1) * (2 * n - 1) // 6 + columns * n * (n - 1)
    return Operations(multiplications, multiplications, n * (n - 1) // 2 + columns * n)


def _eigh(matrix: np.ndarray) -> Operations:
    """Count the symmetric QR algorithm with vectors, 9 n^3 (Golub and Van Loan 2013, 8.3)."""
    half = 9 * len(matrix) ** 3 / 2
    return Operations(half, half)


def _cross(one: np.ndarray, other: np.ndarray) -> Operations:
    n = np.broadcast(one, other).size // 3
    return Operations(6 * n, 3 * n)


FORMULAS: dict[Callable[..., Any], Callable[..., Operations]] = {
    np.linalg.solve: _solve,
    np.linalg.eigh: _eigh,
    np.cross: _cross,
    np.outer: lambda one, other: Operations(multiplications=one.size * other.size),
}
"""Formulas for operations inside functions of NumPy, from their arguments."""
