"""Order of the host's instructions in which many can be joined.

Networks of many similar parts give many similar instructions. Those that do not depend on one
another may run in any order; those with the same operation, and operands at equal distances, are
joined to one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from spikearm.loihi_deploy.engine.host import operations
from spikearm.loihi_deploy.engine.host.instructions import Instruction, Operand


def schedule(
    instructions: Sequence[Instruction], links: Sequence[int], n_signals: int
) -> list[Instruction]:
    """Reorder instructions where nothing depends on their order, and join similar ones.

    Args:
        instructions: Instructions in a valid order.
        links: Places that the instructions' links refer to.
        n_signals: Number of items of memory that are not constant.
    """
    numbers = _levels(instructions, links, n_signals)
    levels: dict[int, list[Instruction]] = {number: [] for number in sorted(numbers)}
    for instruction, number in zip(instructions, numbers, strict=True):
        levels[number].append(instruction)
    alike = (
        sorted(levels[level], key=lambda instruction: (*_kind(instruction), instruction.y))
        for level in levels
    )
    return [instruction for instructions in alike for instruction in join(instructions)]


def join(instructions: Sequence[Instruction]) -> list[Instruction]:
    """Join neighbouring similar instructions that do not depend on one another."""
    joined: list[Instruction] = []
    for instruction in instructions:
        longer = _join(joined[-1], instruction) if joined else None
        if longer:
            joined[-1] = longer
        else:
            joined.append(instruction)
    return joined


def _kind(instruction: Instruction) -> tuple[int, ...]:
    """Return the numbers that instructions must have in common to be joined."""
    return (instruction.op, instruction.n, *instruction.operands[:, 1].tolist())


def _levels(instructions: Sequence[Instruction], links: Sequence[int], n_signals: int) -> list[int]:
    """Number instructions so that each comes after those whose results it uses or replaces."""
    read, written = np.zeros((2, n_signals), dtype=np.int64)
    levels: list[int] = []
    for instruction in instructions:
        reads, writes = (np.fromiter(one, int) for one in touches(instruction, links))
        reads = reads[reads < n_signals]
        before = [written[reads], written[writes], read[writes]]
        level = 1 + max(int(one.max(initial=0)) for one in before)
        read[reads] = np.maximum(read[reads], level)
        written[writes] = level
        levels.append(level)
    return levels


def touches(instruction: Instruction, links: Sequence[int]) -> tuple[Iterator[int], Iterator[int]]:
    """List the items of memory that an instruction reads, and those that it writes."""
    op, n = instruction.op, instruction.n
    y, x, a = (_items(one, n) for one in (instruction.y, instruction.x, instruction.a))
    if op == operations.ROWS_ADD:
        x = links[instruction.b[0] : instruction.b[0] + n]
    if op == operations.MATRIX_ADD:
        x = range(instruction.x[0], instruction.x[0] + instruction.b[1])
    names = operations.STATES[: operations.N_STATES.get(op, 0)]
    states = [item for name in names for item in _items(getattr(instruction, name), n)]
    factors = a if op in operations.WITH_FACTORS else []
    at_interface = op in (operations.SEND, operations.ERROR, operations.CHECK)
    return iter([*x, *factors, *states]), iter([] if at_interface else [*y, *states])


def _items(operand: Operand, n: int) -> Sequence[int]:
    first, step, _ = operand
    return range(first, first + step * n, step) if step else [first]


def _join(before: Instruction, instruction: Instruction) -> Instruction | None:
    """Join an instruction to one or more, if its operands are at the distance of theirs."""
    if _kind(before) != _kind(instruction) or instruction.op == operations.ERROR:
        return None
    apart = instruction.operands[:, 0] - before.operands[:, 0]
    if before.m > 1:
        if not np.array_equal(apart, before.m * before.operands[:, 2]):
            return None
        return replace(before, m=before.m + 1)
    operands = {
        name: (first, step, int(distance))
        for name, (first, step, _), distance in zip(
            operations.OPERANDS, before.operands.tolist(), apart, strict=True
        )
    }
    return replace(before, m=2, **operands)
