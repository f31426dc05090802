"""Instructions of the host's program."""

from dataclasses import dataclass

import numpy as np

from spikearm.loihi_deploy.engine.host import operations

Operand = tuple[int, int, int]
"""First item, distance between two items, distance between two sets of items."""

NOTHING: Operand = (0, 0, 0)


@dataclass(frozen=True)
class Instruction:
    """Operation on vectors, or on ``m`` sets of vectors at equal distances.

    Attributes:
        op: Number of an operation of :mod:`spikearm.loihi_deploy.engine.host.operations`.
        n: Number of items of each vector.
        y, x, a, b, c, d: Operands.
        m: Number of sets of vectors.
    """

    op: int
    n: int
    y: Operand = NOTHING
    x: Operand = NOTHING
    a: Operand = NOTHING
    b: Operand = NOTHING
    c: Operand = NOTHING
    d: Operand = NOTHING
    m: int = 1

    @property
    def operands(self) -> np.ndarray:
        """Operands, shape (6, 3)."""
        return np.array([getattr(self, name) for name in operations.OPERANDS])

    @property
    def numbers(self) -> tuple[int, ...]:
        """Instruction as the kernel reads it, with the longer loop inside."""
        operands, sizes = self.operands, (self.m, self.n)
        if self.op not in (operations.SEND, operations.MATRIX_ADD):
            if np.array_equal(operands[:, 2], self.n * operands[:, 1]):
                sizes = (1, self.m * self.n)  # sets that follow one another are one
            elif self.m > self.n:
                operands, sizes = operands[:, [0, 2, 1]], (self.n, self.m)
        return (self.op, *sizes, *operands.ravel().tolist())
