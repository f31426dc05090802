"""Memory of the host's program: signals first, then constants."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import nengo
import numpy as np
from nengo.builder.signal import Signal

from spikearm.loihi_deploy.engine.host.instructions import Operand


@dataclass(frozen=True)
class Place:
    """Vector in the memory.

    Attributes:
        first: First item.
        n: Number of items.
        stride: Distance between two items.
    """

    first: int
    n: int
    stride: int

    @property
    def operand(self) -> Operand:
        """Operand of an instruction that uses the vector."""
        return self.first, self.stride, 0

    def spread(self, n: int) -> Operand:
        """Return an operand of ``n`` items; a single item is used for all of them."""
        return self.first, self.stride if self.n == n else 0, 0


class MemoryLayout:
    """Places of signals and constants in the memory.

    Args:
        simulator: Nengo's simulator of the host.

    Attributes:
        bases: First item of each base signal of doubles.
        n_signals: Number of items of all signals; constants follow.
        constants: Constants that instructions refer to.
    """

    def __init__(self, simulator: nengo.Simulator) -> None:
        self.bases: dict[Signal, int] = {}
        self.n_signals = 0
        for signal in _group_similar_signals(simulator):
            self.bases[signal] = self.n_signals
            self.n_signals += signal.size
        self.constants: list[float] = []
        self._known: dict[tuple[float, ...], Operand] = {}

    def vector(self, signal: Signal) -> Place:
        """Find the place of a vector of doubles."""
        place = self.find(signal)
        assert place is not None, f"{signal} is no vector of doubles"
        return place

    def find(self, signal: Signal) -> Place | None:
        """Find the place of a signal; None if it is no vector of doubles."""
        base = self.bases.get(signal.base)
        if base is None or signal.ndim > 1:
            return None
        first = base + signal.offset // signal.itemsize
        if signal.ndim == 0:
            return Place(first, 1, 0)
        return Place(first, signal.shape[0], signal.strides[0] // signal.itemsize)

    def items(self, signal: Signal) -> range | None:
        """List the items of a signal and its base; None if it is none of doubles."""
        base = self.bases.get(signal.base)
        return None if base is None else range(base, base + signal.base.size)

    def find_slice(self, signal: Signal, chosen: Any) -> Place | None:
        """Find the place of part of a signal; None if it is no regular part of a vector."""
        place = self.find(signal)
        if place is None or chosen is None or chosen is Ellipsis:
            return place
        if not isinstance(chosen, slice):
            return None
        part = range(place.n)[chosen]
        return Place(place.first + part.start * place.stride, len(part), part.step * place.stride)

    def constant(self, *values: float) -> Operand:
        """Return an operand of constants, the same for all items; equal ones are stored once."""
        if values not in self._known:
            self._known[values] = self.store(values)
        return self._known[values]

    def store(self, values: Iterable[float]) -> Operand:
        """Add constants to the memory."""
        first = len(self.constants)
        self.constants.extend(values)
        return self.n_signals + first, 0, 0


def items(places: Iterable[Place]) -> np.ndarray:
    """List the items of vectors in the memory, one vector's after another's."""
    found = [place.first + place.stride * np.arange(place.n) for place in places]
    return np.concatenate([np.zeros(0, dtype=np.int64), *found])


def _group_similar_signals(simulator: nengo.Simulator) -> list[Signal]:
    """List base signals of doubles, with those that similar operators use alike side by side.

    Instructions of similar parts then have operands at equal distances, and can be joined.
    """
    uses: dict[Signal, list[tuple]] = {}
    for op in simulator._step_order:
        for role in ("sets", "incs", "reads", "updates"):
            for number, signal in enumerate(getattr(op, role)):
                uses.setdefault(signal.base, []).append((type(op), role, number, signal.shape))
    kinds: dict[tuple, list[Signal]] = {}
    for signal in simulator.signals:
        if signal.base is signal and signal.dtype == np.float64 and not signal.sparse:
            kinds.setdefault(tuple(uses.get(signal, ())), []).append(signal)
    return [signal for alike in kinds.values() for signal in alike]
