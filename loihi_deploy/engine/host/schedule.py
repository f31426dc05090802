"""Lines of the host's program, and an order in which many become few.

Networks of many like parts give many like lines. Lines that do not depend on one another may
run in any order; those with the same operation, and operands at equal distances, become one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spikearm.loihi_deploy.engine.host import kernels

Operand = tuple[int, int, int]  # first item, distance between items, between sets of items

NOTHING: Operand = (0, 0, 0)


@dataclass(frozen=True)
class Line:
    """One operation on vectors, or on ``m`` sets of them at equal distances.

    Attributes:
        op: One of the operations of :mod:`spikearm.loihi_deploy.engine.host.kernels`.
        n: Items of each vector.
        y, x, a, b: Operands.
        m: Sets of vectors.
    """

    op: int
    n: int
    y: Operand = NOTHING
    x: Operand = NOTHING
    a: Operand = NOTHING
    b: Operand = NOTHING
    m: int = 1

    @property
    def operands(self) -> np.ndarray:
        """The operands, shape (4, 3)."""
        return np.array([self.y, self.x, self.a, self.b])

    @property
    def numbers(self) -> tuple[int, ...]:
        """The line as the kernel reads it, the longer loop inside."""
        operands, sizes = self.operands, (self.m, self.n)
        if self.op not in (kernels.SEND, kernels.MATRIX_ADD):
            if np.array_equal(operands[:, 2], self.n * operands[:, 1]):
                sizes = (1, self.m * self.n)  # sets that follow one another are one
            elif self.m > self.n:
                operands, sizes = operands[:, [0, 2, 1]], (self.n, self.m)
        return (self.op, *sizes, *operands.ravel().tolist())


def schedule(lines: Sequence[Line], links: Sequence[int], n_signals: int) -> list[Line]:
    """Reorder lines, where nothing depends on their order, and join like ones.

    Args:
        lines: In an order that is right.
        links: What the lines' links point to.
        n_signals: Items of memory that are not constant.
    """
    numbers = _levels(lines, links, n_signals)
    levels: dict[int, list[Line]] = {number: [] for number in sorted(numbers)}
    for line, number in zip(lines, numbers, strict=True):
        levels[number].append(line)
    alike = (sorted(levels[level], key=lambda line: (*_kind(line), line.y)) for level in levels)
    return [line for lines in alike for line in join(lines)]


def join(lines: Sequence[Line]) -> list[Line]:
    """Join like lines that follow one another and do not depend on one another."""
    joined: list[Line] = []
    for line in lines:
        longer = _join(joined[-1], line) if joined else None
        if longer:
            joined[-1] = longer
        else:
            joined.append(line)
    return joined


def _kind(line: Line) -> tuple[int, ...]:
    """Give what lines must have in common to be joined."""
    return (line.op, line.n, *line.operands[:, 1].tolist())


def _levels(lines: Sequence[Line], links: Sequence[int], n_signals: int) -> list[int]:
    """Number lines so that each comes after those whose results it uses or replaces."""
    read, written = np.zeros((2, n_signals), dtype=np.int64)
    levels: list[int] = []
    for line in lines:
        reads, writes = (np.fromiter(one, int) for one in _touches(line, links))
        reads = reads[reads < n_signals]
        before = [written[reads], written[writes], read[writes]]
        level = 1 + max(int(one.max(initial=0)) for one in before)
        read[reads] = np.maximum(read[reads], level)
        written[writes] = level
        levels.append(level)
    return levels


def _touches(line: Line, links: Sequence[int]) -> tuple[Iterator[int], Iterator[int]]:
    """Give the items of memory that a line reads and those that it writes."""
    y, x, a = (range(first, first + step * line.n, step) if step else [first]
               for first, step, _ in (line.y, line.x, line.a))  # fmt: skip
    if line.op == kernels.ROWS_ADD:
        x = links[line.b[0] : line.b[0] + line.n]
    if line.op == kernels.MATRIX_ADD:
        x = range(line.x[0], line.x[0] + line.b[1])
    kept = a if line.op in (kernels.LOWPASS, kernels.INTEGRATE_AND_FIRE) else []
    a = [] if line.op in (kernels.COPY, kernels.ADD, kernels.SEND, kernels.CHECK) else a
    at_border = line.op in (kernels.SEND, kernels.ERROR, kernels.CHECK)
    return iter([*x, *a]), iter([] if at_border else [*y, *kept])


def _join(before: Line, line: Line) -> Line | None:
    """Add a line to one or more like it, if it is as far from them as they are apart."""
    if _kind(before) != _kind(line) or line.op == kernels.ERROR:
        return None
    apart = line.operands[:, 0] - before.operands[:, 0]
    if before.m > 1:
        if not np.array_equal(apart, before.m * before.operands[:, 2]):
            return None
        return replace(before, m=before.m + 1)
    y, x, a, b = (
        (first, step, int(distance))
        for (first, step, _), distance in zip(before.operands.tolist(), apart, strict=True)
    )
    return replace(before, m=2, y=y, x=x, a=a, b=b)
