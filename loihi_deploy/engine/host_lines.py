"""Nengo's operators as lines of the host's program."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nengo
import numpy as np
from nengo.builder import operator as ops
from nengo.builder.neurons import SimNeurons
from nengo.builder.processes import SimProcess
from nengo.builder.signal import Signal
from nengo.synapses import LinearFilter

from controller.port import Inlet, Outlet
from loihi_deploy.engine import host_kernels as kernels
from loihi_deploy.nengo_loihi_compat import HostReceiveProcess, HostSendProcess

Line = tuple[int, ...]
Segment = tuple[int, int, int]  # first line, line after the last, or -1, -1, operator


@dataclass(frozen=True)
class Place:
    """Where a vector lies: first item, number of items, distance between two."""

    first: int
    n: int
    stride: int


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
        outlets, inlets: Host arrays that nodes give and take, and where.
        received: Where the processes that receive from the chip put it.
    """

    def __init__(self, simulator: nengo.Simulator, border: Border, error_scale: float) -> None:
        self._simulator = simulator
        self._border = border
        self._error_scale = error_scale
        self.bases: dict[Signal, int] = {}
        self.n_signals = 0
        for signal in simulator.signals:
            if signal.base is signal and signal.dtype == np.float64 and not signal.sparse:
                self.bases[signal] = self.n_signals
                self.n_signals += signal.size
        self.constants: list[float] = []
        self.links: list[int] = []
        self.program: list[Line] = []
        self.outlets: list[tuple[Place, Outlet]] = []
        self.inlets: list[tuple[Place, Inlet]] = []
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
        begun = 0
        for number, op in enumerate(self._simulator._step_order):
            if self._is_at_border(op, sends):
                continue
            line = self._line(number, op)
            if line is None:
                segments += [(begun, len(self.program), -1), (-1, -1, number)]
                begun = len(self.program)
            else:
                self._add(line)
        for number in sorted(sends):  # nothing waits for them, and the chip wants this order
            self._add(sends[number])
        segments.append((begun, len(self.program), -1))
        return [segment for segment in segments if segment[2] >= 0 or segment[0] < segment[1]]

    def _add(self, line: Line) -> None:
        self.program.append(line + (0,) * (kernels.WIDTH - len(line)))

    def _is_at_border(self, op: Any, sends: dict[int, Line]) -> bool:
        """Take operators that the loop around the program does itself."""
        if isinstance(op, ops.SimPyFunc) and isinstance(op.fn, Outlet):
            place = self._place(op.output)
            if place is None or place.n == 0:
                return False
            self.outlets.append((place, op.fn))
            self._add((kernels.CHECK, place.first, place.n))
            return True
        if isinstance(op, ops.SimPyFunc) and isinstance(op.fn, Inlet):
            place = self._place(op.x)
            self.inlets.append((place, op.fn)) if place else None
            return place is not None
        if not isinstance(op, SimProcess):
            return False
        if isinstance(op.process, HostReceiveProcess) and id(op.process) in self._border.received:
            self.received[id(op.process)] = self._vector(op.output)
            return True
        if isinstance(op.process, HostSendProcess) and id(op.process) in self._border.inputs:
            x, number = self._vector(op.input), self._border.inputs[id(op.process)]
            sends[number] = (kernels.SEND, number, x.n, 0, x.first, x.stride)
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

    def _constant(self, *values: float) -> int:
        self.constants.extend(values)
        return self.n_signals + len(self.constants) - len(values)

    def _time(self, number: int, op: Any) -> Line | None:
        place = self._vector(op.time)
        return (kernels.TIME, place.first, 1, 0, self._constant(self._simulator.dt), 0)

    def _reset(self, number: int, op: Any) -> Line | None:
        y = self._place(op.dst)
        if y is None or np.ndim(op.value) > 0:
            return None
        return (kernels.FILL, y.first, y.n, y.stride, self._constant(float(op.value)), 0)

    def _copy(self, number: int, op: Any) -> Line | None:
        x, y = self._sliced(op.src, op.src_slice), self._sliced(op.dst, op.dst_slice)
        if x is None or y is None or x.n not in (1, y.n):
            return None
        stride = x.stride if x.n == y.n else 0
        kind = kernels.ADD if op.inc else kernels.COPY
        return (kind, y.first, y.n, y.stride, x.first, stride)

    def _multiply(self, number: int, op: Any) -> Line | None:
        a, x, y = self._place(op.A), self._place(op.X), self._place(op.Y)
        if a is None or x is None or y is None:
            return None
        if a.n not in (1, y.n) or x.n not in (1, y.n):
            return None
        strides = [one.stride if one.n == y.n else 0 for one in (x, a)]
        return (
            kernels.MULTIPLY_ADD, y.first, y.n, y.stride, x.first, strides[0], a.first, strides[1],
        )  # fmt: skip

    def _rows(self, number: int, op: Any) -> Line | None:
        """Write a product with a matrix of at most one weight per row.

        Only those: the sum of several products depends on the order that a library picks.
        """
        x, y = self._place(op.X), self._place(op.Y)
        matrix = self._simulator.signals[op.A]
        if x is None or y is None or matrix.ndim != 2 or op.A.base in self._changed:
            return None
        if not np.all(np.count_nonzero(matrix, axis=1) <= 1) or not np.isfinite(matrix).all():
            return None
        columns = np.argmax(matrix != 0, axis=1)
        weights = self._constant(*matrix[np.arange(len(matrix)), columns])
        self.links.extend(int(column) for column in columns)
        link = len(self.links) - len(columns)
        return (kernels.ROWS_ADD, y.first, y.n, y.stride, x.first, x.stride, weights, link)

    def _process(self, number: int, op: Any) -> Line | None:
        if isinstance(op.process, HostSendProcess) and id(op.process) in self._border.errors:
            x = self._vector(op.input)
            first, scale = self._border.errors[id(op.process)], self._constant(self._error_scale)
            return (kernels.ERROR, first, x.n, 0, x.first, x.stride, scale)
        if not isinstance(op.process, LinearFilter) or op.mode == "inc":
            return None
        return self._lowpass(op, step_function(self._simulator, number))

    def _lowpass(self, op: Any, step: Any) -> Line | None:
        x, y = self._place(op.input), self._place(op.output)
        if type(step) not in (LinearFilter.OneX, LinearFilter.OneXScalar) or not (x and y):
            return None
        state = self.bases[op.state["X"].base]
        rule = self._constant(step.a, step.b)
        return (kernels.LOWPASS, y.first, y.n, y.stride, x.first, x.stride, state, rule)

    def _neurons(self, number: int, op: Any) -> Line | None:
        if type(op.neurons) is not nengo.SpikingRectifiedLinear:
            return None
        x, y, voltage = (self._place(s) for s in (op.J, op.output, op.state["voltage"]))
        if not (x and y and voltage) or voltage.stride != 1:
            return None
        dt = self._simulator.dt
        rule = self._constant(dt, op.neurons.amplitude / dt)
        return (
            kernels.INTEGRATE_AND_FIRE, y.first, y.n, y.stride, x.first, x.stride, voltage.first,
            rule,
        )  # fmt: skip


WRITERS: dict[type, Callable[[LineWriter, int, Any], Line | None]] = {
    ops.TimeUpdate: LineWriter._time,
    ops.Reset: LineWriter._reset,
    ops.Copy: LineWriter._copy,
    ops.ElementwiseInc: LineWriter._multiply,
    ops.DotInc: LineWriter._rows,
    SimProcess: LineWriter._process,
    SimNeurons: LineWriter._neurons,
}


def step_function(simulator: nengo.Simulator, number: int) -> Any:
    """Give the process step behind an operator's step."""
    return inspect.getclosurevars(simulator._steps[number]).nonlocals["step_f"]
