"""Nengo's operators as lines of the host's program."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import nengo
import numpy as np
from nengo.builder import operator as ops
from nengo.builder.neurons import SimNeurons
from nengo.builder.processes import SimProcess
from nengo.builder.signal import Signal
from nengo.synapses import LinearFilter

from spikearm.loihi_deploy.engine.host import blas, kernels
from spikearm.loihi_deploy.engine.host.schedule import Line, Operand, join, schedule
from spikearm.loihi_deploy.nengo_loihi_compat import HostReceiveProcess, HostSendProcess
from spikearm.neural.host_io import HostInput, HostOutput

Segment = tuple[int, int, int]  # first line, line after the last, or -1, -1, operator


@dataclass(frozen=True)
class Place:
    """Where a vector lies: first item, number of items, distance between two."""

    first: int
    n: int
    stride: int

    @property
    def operand(self) -> Operand:
        """The vector as an operand of a line."""
        return self.first, self.stride, 0

    def spread(self, n: int) -> Operand:
        """The vector as an operand of ``n`` items; a single item counts for all."""
        return self.first, self.stride if self.n == n else 0, 0


@dataclass(frozen=True)
class Border:
    """What crosses between host and chip.

    Processes are told apart by ``id``: Nengo takes any two of the same kind for equal.

    Attributes:
        inputs: Number of the chip's spike input, by the process that feeds it.
        errors: First learning error on the chip, by the process that sends errors.
        received: Processes that receive what the chip sends.
    """

    inputs: dict[int, int]
    errors: dict[int, int]
    received: frozenset[int]


class LineWriter:
    """Writes the program of a host.

    Args:
        simulator: Nengo's simulator of the host.
        border: What crosses to the chip.
        error_scale: The chip's scale of learning errors.

    Attributes:
        bases: First item of each base signal of doubles.
        n_signals: Items that they take together; constants follow.
        constants, links: Numbers that lines refer to.
        program: The lines.
        host_inputs, host_outputs: Host arrays that nodes give and take, and where.
        received: Where the processes that receive from the chip put it.
    """

    def __init__(self, simulator: nengo.Simulator, border: Border, error_scale: float) -> None:
        self._simulator = simulator
        self._border = border
        self._error_scale = error_scale
        self.bases: dict[Signal, int] = {}
        self.n_signals = 0
        for signal in _like_signals_together(simulator):
            self.bases[signal] = self.n_signals
            self.n_signals += signal.size
        self.constants: list[float] = []
        self._known: dict[tuple[float, ...], Operand] = {}
        self.links: list[int] = []
        self.program: list[Line] = []
        self.host_inputs: list[tuple[Place, HostInput]] = []
        self.host_outputs: list[tuple[Place, HostOutput]] = []
        self.received: dict[int, Place] = {}
        self._changed = {
            signal.base
            for op in simulator._step_order
            for signal in (*op.sets, *op.incs, *op.updates)
        }

    def write(self) -> list[Segment]:
        """Write all lines and give the order in which lines and operators run."""
        sends: dict[int, Line] = {}
        segments: list[Segment] = []
        lines: list[Line] = []
        for number, op in enumerate(self._simulator._step_order):
            if self._is_at_border(op, lines, sends):
                continue
            line = self._line(number, op)
            if line is None:
                segments += [self._close(lines), (-1, -1, number)]
                lines = []
            else:
                lines.append(line)
        # The sends come last: nothing waits for them, and the chip wants this order.
        segments.append(self._close(lines, [sends[number] for number in sorted(sends)]))
        return [segment for segment in segments if segment[2] >= 0 or segment[0] < segment[1]]

    def _close(self, lines: list[Line], sends: Sequence[Line] = ()) -> Segment:
        """Add lines to the program."""
        begun = len(self.program)
        self.program += schedule(lines, self.links, self.n_signals)
        self.program += join(sends)
        return begun, len(self.program), -1

    def _is_at_border(self, op: Any, lines: list[Line], sends: dict[int, Line]) -> bool:
        """Take operators that the loop around the program does itself."""
        if isinstance(op, ops.SimPyFunc) and isinstance(op.fn, HostInput):
            place = self._place(op.output)
            if place is None or place.n == 0:
                return False
            self.host_inputs.append((place, op.fn))
            lines.append(Line(kernels.CHECK, place.n, x=place.operand))
            return True
        if isinstance(op, ops.SimPyFunc) and isinstance(op.fn, HostOutput):
            place = self._place(op.x)
            self.host_outputs.append((place, op.fn)) if place else None
            return place is not None
        if not isinstance(op, SimProcess):
            return False
        if isinstance(op.process, HostReceiveProcess) and id(op.process) in self._border.received:
            self.received[id(op.process)] = self._vector(op.output)
            return True
        if isinstance(op.process, HostSendProcess) and id(op.process) in self._border.inputs:
            x, number = self._vector(op.input), self._border.inputs[id(op.process)]
            sends[number] = Line(kernels.SEND, x.n, y=(number, 0, 0), x=x.operand)
            return True
        return False

    def _line(self, number: int, op: Any) -> Line | None:
        """Write one operator as a line, or None where Nengo has to run it."""
        write = WRITERS.get(type(op))
        return write(self, number, op) if write else None

    def _vector(self, signal: Signal) -> Place:
        """Find what is a vector for certain."""
        place = self._place(signal)
        assert place is not None, f"{signal} is no vector of doubles"
        return place

    def _place(self, signal: Signal) -> Place | None:
        """Find a vector; None if it is something else."""
        base = self.bases.get(signal.base)
        if base is None or signal.ndim > 1:
            return None
        first = base + signal.offset // signal.itemsize
        if signal.ndim == 0:
            return Place(first, 1, 0)
        return Place(first, signal.shape[0], signal.strides[0] // signal.itemsize)

    def _sliced(self, signal: Signal, chosen: Any) -> Place | None:
        """Find part of a vector."""
        place = self._place(signal)
        if place is None or chosen is None or chosen is Ellipsis:
            return place
        if not isinstance(chosen, slice):
            return None
        part = range(place.n)[chosen]
        return Place(place.first + part.start * place.stride, len(part), part.step * place.stride)

    def _constant(self, *values: float) -> Operand:
        """Keep constants, once, and give them as an operand, the same for all items."""
        if values not in self._known:
            self._known[values] = self._room(values)
        return self._known[values]

    def _room(self, values: Iterable[float]) -> Operand:
        """Make room that starts with these values."""
        first = len(self.constants)
        self.constants.extend(values)
        return self.n_signals + first, 0, 0

    def _time(self, number: int, op: Any) -> Line | None:
        time = self._vector(op.time).operand
        return Line(kernels.TIME, 1, y=time, x=self._constant(self._simulator.dt))

    def _reset(self, number: int, op: Any) -> Line | None:
        y = self._place(op.dst)
        if y is None or np.ndim(op.value) > 0:
            return None
        return Line(kernels.COPY, y.n, y=y.operand, x=self._constant(float(op.value)))

    def _copy(self, number: int, op: Any) -> Line | None:
        x, y = self._sliced(op.src, op.src_slice), self._sliced(op.dst, op.dst_slice)
        if x is None or y is None or x.n not in (1, y.n):
            return None
        kind = kernels.ADD if op.inc else kernels.COPY
        return Line(kind, y.n, y=y.operand, x=x.spread(y.n))

    def _multiply(self, number: int, op: Any) -> Line | None:
        a, x, y = self._place(op.A), self._place(op.X), self._place(op.Y)
        if a is None or x is None or y is None:
            return None
        if a.n not in (1, y.n) or x.n not in (1, y.n):
            return None
        return Line(kernels.MULTIPLY_ADD, y.n, y=y.operand, x=x.spread(y.n), a=a.spread(y.n))

    def _rows(self, number: int, op: Any) -> Line | None:
        """Write a product with a fixed matrix.

        Where rows have one weight at most, no library is needed to add as NumPy does.
        """
        x, y = self._place(op.X), self._place(op.Y)
        matrix = self._simulator.signals[op.A]
        if x is None or y is None or matrix.ndim != 2 or op.A.base in self._changed:
            return None
        if not np.isfinite(matrix).all():
            return None
        if not np.all(np.count_nonzero(matrix, axis=1) <= 1):
            return self._matrix(matrix, x, y)
        columns = np.argmax(matrix != 0, axis=1)
        first, *_ = self._room(matrix[np.arange(len(matrix)), columns])
        self.links.extend(x.first + x.stride * int(column) for column in columns)
        link = len(self.links) - len(columns)
        return Line(kernels.ROWS_ADD, y.n, y=y.operand, a=(first, 1, 0), b=(link, 1, 0))

    def _matrix(self, matrix: np.ndarray, x: Place, y: Place) -> Line | None:
        # In another order, NumPy would call BLAS otherwise.
        if not blas.FOUND or x.stride != 1 or x.n == 1 or not matrix.flags.c_contiguous:
            return None
        weights, product = self._room(matrix.ravel()), self._room(np.zeros(y.n))
        scratch = (product[0], x.n, 0)
        return Line(kernels.MATRIX_ADD, y.n, y=y.operand, x=x.operand, a=weights, b=scratch)

    def _process(self, number: int, op: Any) -> Line | None:
        if isinstance(op.process, HostSendProcess) and id(op.process) in self._border.errors:
            x, first = self._vector(op.input), self._border.errors[id(op.process)]
            scale = self._constant(self._error_scale)
            return Line(kernels.ERROR, x.n, y=(first, 1, 0), x=x.operand, a=scale)
        if not isinstance(op.process, LinearFilter) or op.mode == "inc":
            return None
        return self._lowpass(op, step_function(self._simulator, number))

    def _lowpass(self, op: Any, step: Any) -> Line | None:
        x, y = self._place(op.input), self._place(op.output)
        if type(step) not in (LinearFilter.OneX, LinearFilter.OneXScalar) or not (x and y):
            return None
        state, rule = (self.bases[op.state["X"].base], 1, 0), self._constant(step.a, step.b)
        return Line(kernels.LOWPASS, y.n, y=y.operand, x=x.operand, a=state, b=rule)

    def _neurons(self, number: int, op: Any) -> Line | None:
        if type(op.neurons) is not nengo.SpikingRectifiedLinear:
            return None
        x, y, voltage = (self._place(s) for s in (op.J, op.output, op.state["voltage"]))
        if not (x and y and voltage) or voltage.stride != 1:
            return None
        dt = self._simulator.dt
        rule = self._constant(dt, op.neurons.amplitude / dt)
        return Line(
            kernels.INTEGRATE_AND_FIRE, y.n, y=y.operand, x=x.operand, a=voltage.operand, b=rule
        )


WRITERS: dict[type, Callable[[LineWriter, int, Any], Line | None]] = {
    ops.TimeUpdate: LineWriter._time,
    ops.Reset: LineWriter._reset,
    ops.Copy: LineWriter._copy,
    ops.ElementwiseInc: LineWriter._multiply,
    ops.DotInc: LineWriter._rows,
    SimProcess: LineWriter._process,
    SimNeurons: LineWriter._neurons,
}


def _like_signals_together(simulator: nengo.Simulator) -> list[Signal]:
    """List base signals of doubles so that those which like operators use alike are neighbours.

    Lines of like parts then have operands one after the other, and become one line.
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


def step_function(simulator: nengo.Simulator, number: int) -> Any:
    """Give the process step behind an operator's step."""
    return inspect.getclosurevars(simulator._steps[number]).nonlocals["step_f"]
