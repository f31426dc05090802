"""Translation of Nengo's operators into instructions of the host's program."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import nengo
import numpy as np
from nengo.builder import operator as ops
from nengo.builder.neurons import SimNeurons
from nengo.builder.probe import SimProbe
from nengo.builder.processes import SimProcess
from nengo.synapses import LinearFilter

from spikearm.loihi_deploy.engine.host import blas, operations
from spikearm.loihi_deploy.engine.host.host_interface import HostInterface
from spikearm.loihi_deploy.engine.host.host_memory import MemoryLayout, Place
from spikearm.loihi_deploy.engine.host.instructions import Instruction
from spikearm.loihi_deploy.engine.host.neuron_types import translate_neurons
from spikearm.loihi_deploy.engine.host.sampling import is_sampled_ahead
from spikearm.loihi_deploy.engine.host.schedule import join, schedule, touches
from spikearm.loihi_deploy.nengo_loihi_compat import HostReceiveProcess, HostSendProcess
from spikearm.neural.host_io import HostInput, HostOutput

Segment = tuple[int, int, int]
"""First instruction and the end, then -1; or -1, -1, and the number of an operator of Nengo's."""


class Translator:
    """Translator of a host's operators.

    Args:
        simulator: Nengo's simulator of the host.
        interface: Values that pass between host and chip.
        error_scale: The chip's scale of learning errors.
        in_order: True if host inputs and outputs are exchanged where they stand in Nengo's order,
            because functions between them may use them too; False if before and after each step.

    Attributes:
        memory: Places of signals and constants.
        links: Places of the columns of sparse matrices.
        program: Instructions.
        host_inputs, host_outputs: Host arrays that nodes read and write, and their places.
        received: Places of the values that processes receive from the chip.
        processes: Operators of processes whose values are sampled ahead, and places of the values.
    """

    def __init__(
        self,
        simulator: nengo.Simulator,
        interface: HostInterface,
        error_scale: float,
        in_order: bool,
    ) -> None:
        self._simulator = simulator
        self._in_order = in_order
        self._interface = interface
        self._error_scale = error_scale
        self.memory = MemoryLayout(simulator)
        self.links: list[int] = []
        self.program: list[Instruction] = []
        self.host_inputs: list[tuple[Place, HostInput]] = []
        self.host_outputs: list[tuple[Place, HostOutput]] = []
        self.received: dict[int, Place] = {}
        self.processes: list[tuple[int, Place]] = []
        self._changed = {
            signal.base
            for op in simulator._step_order
            for signal in (*op.sets, *op.incs, *op.updates)
        }

    def translate(self) -> list[Segment]:
        """Translate all operators, and list the operations of a step in order."""
        sends: dict[int, Instruction] = {}
        segments: list[Segment] = []
        pending: list[Instruction] = []
        for number, op in enumerate(self._simulator._step_order):
            if isinstance(op, SimProbe) or self._is_at_interface(op, pending, sends):
                continue  # a SimProbe computes nothing
            instruction = self._instruction(number, op)
            if instruction is not None:
                pending.append(instruction)
                continue
            if self._waits(op, pending):
                segments.append(self._close(pending))
                pending = []
            segments.append((-1, -1, number))
        # The sends come last: nothing waits for them, and the chip wants this order.
        segments.append(self._close(pending, [sends[number] for number in sorted(sends)]))
        return [segment for segment in segments if segment[2] >= 0 or segment[0] < segment[1]]

    def _waits(self, op: Any, pending: Sequence[Instruction]) -> bool:
        """Return True if an operator of Nengo's has to wait for instructions before it.

        It does if it reads or writes what they write, or writes what they read.
        """
        items: list[set[int]] = []
        for signals in (op.reads, (*op.sets, *op.incs, *op.updates)):
            places = [self.memory.items(signal) for signal in signals]
            if None in places:
                return True
            items.append(set().union(*places))  # type: ignore[arg-type]
        reads, writes = items
        for instruction in pending:
            read, written = map(set, touches(instruction, self.links))
            if written & (reads | writes) or read & writes:
                return True
        return False

    def _close(self, pending: Sequence[Instruction], sends: Sequence[Instruction] = ()) -> Segment:
        """Add instructions to the program."""
        begun = len(self.program)
        self.program += schedule(pending, self.links, self.memory.n_signals)
        self.program += join(sends)
        return begun, len(self.program), -1

    def _is_at_interface(
        self, op: Any, pending: list[Instruction], sends: dict[int, Instruction]
    ) -> bool:
        """Take over an operator that exchanges values with the chip or with host nodes."""
        if isinstance(op, ops.SimPyFunc) and self._in_order:
            return False
        if isinstance(op, ops.SimPyFunc) and isinstance(op.fn, HostInput):
            place = self.memory.find(op.output)
            if place is None or place.n == 0:
                return False
            self.host_inputs.append((place, op.fn))
            pending.append(Instruction(operations.CHECK, place.n, x=place.operand))
            return True
        if isinstance(op, ops.SimPyFunc) and isinstance(op.fn, HostOutput):
            place = self.memory.find(op.x)
            self.host_outputs.append((place, op.fn)) if place else None
            return place is not None
        if not isinstance(op, SimProcess):
            return False
        process = op.process
        if isinstance(process, HostReceiveProcess) and id(process) in self._interface.received:
            self.received[id(process)] = self.memory.vector(op.output)
            return True
        if isinstance(process, HostSendProcess) and id(process) in self._interface.inputs:
            x, number = self.memory.vector(op.input), self._interface.inputs[id(process)]
            sends[number] = Instruction(operations.SEND, x.n, y=(number, 0, 0), x=x.operand)
            return True
        return False

    def _instruction(self, number: int, op: Any) -> Instruction | None:
        """Translate an operator; return None where Nengo has to run it."""
        translate = TRANSLATIONS.get(type(op))
        return translate(self, number, op) if translate else None

    def _time(self, number: int, op: Any) -> Instruction | None:
        time = self.memory.vector(op.time).operand
        return Instruction(operations.TIME, 1, y=time, x=self.memory.constant(self._simulator.dt))

    def _reset(self, number: int, op: Any) -> Instruction | None:
        y = self.memory.find(op.dst)
        if y is None or np.ndim(op.value) > 0:
            return None
        value = self.memory.constant(float(op.value))
        return Instruction(operations.COPY, y.n, y=y.operand, x=value)

    def _copy(self, number: int, op: Any) -> Instruction | None:
        x = self.memory.find_slice(op.src, op.src_slice)
        y = self.memory.find_slice(op.dst, op.dst_slice)
        if x is None or y is None or x.n not in (1, y.n):
            return None
        kind = operations.ADD if op.inc else operations.COPY
        return Instruction(kind, y.n, y=y.operand, x=x.spread(y.n))

    def _multiply(self, number: int, op: Any) -> Instruction | None:
        a, x, y = (self.memory.find(signal) for signal in (op.A, op.X, op.Y))
        if a is None or x is None or y is None:
            return None
        if a.n not in (1, y.n) or x.n not in (1, y.n):
            return None
        return Instruction(
            operations.MULTIPLY_ADD, y.n, y=y.operand, x=x.spread(y.n), a=a.spread(y.n)
        )

    def _rows(self, number: int, op: Any) -> Instruction | None:
        """Translate a product with a fixed matrix.

        Where rows have one weight at most, no library is needed to add as NumPy does.
        """
        x, y = self.memory.find(op.X), self.memory.find(op.Y)
        matrix = self._simulator.signals[op.A]
        if x is None or y is None or matrix.ndim != 2 or op.A.base in self._changed:
            return None
        if not np.isfinite(matrix).all():
            return None
        if not np.all(np.count_nonzero(matrix, axis=1) <= 1):
            return self._matrix(matrix, x, y)
        columns = np.argmax(matrix != 0, axis=1)
        first, *_ = self.memory.store(matrix[np.arange(len(matrix)), columns])
        self.links.extend(x.first + x.stride * int(column) for column in columns)
        link = len(self.links) - len(columns)
        return Instruction(operations.ROWS_ADD, y.n, y=y.operand, a=(first, 1, 0), b=(link, 1, 0))

    def _matrix(self, matrix: np.ndarray, x: Place, y: Place) -> Instruction | None:
        # In another order, NumPy would call BLAS otherwise.
        if not blas.FOUND or x.stride != 1 or x.n == 1 or not matrix.flags.c_contiguous:
            return None
        weights = self.memory.store(matrix.ravel())
        product = self.memory.store(np.zeros(y.n))
        scratch = (product[0], x.n, 0)
        return Instruction(
            operations.MATRIX_ADD, y.n, y=y.operand, x=x.operand, a=weights, b=scratch
        )

    def _process(self, number: int, op: Any) -> Instruction | None:
        if isinstance(op.process, HostSendProcess) and id(op.process) in self._interface.errors:
            x, first = self.memory.vector(op.input), self._interface.errors[id(op.process)]
            scale = self.memory.constant(self._error_scale)
            return Instruction(operations.ERROR, x.n, y=(first, 1, 0), x=x.operand, a=scale)
        if op.input is None and is_sampled_ahead(op.process):
            return self._sampled(number, op)
        if not isinstance(op.process, LinearFilter) or op.mode == "inc":
            return None
        return self._lowpass(op, step_function(self._simulator, number))

    def _sampled(self, number: int, op: Any) -> Instruction | None:
        """Translate a process that depends on nothing but time and its own random numbers."""
        y = self.memory.find(op.output)
        if y is None or y.n == 0:
            return None
        first, *_ = self.memory.store(np.zeros(y.n))
        self.processes.append((number, Place(first, y.n, 1)))
        kind = operations.ADD if op.mode == "inc" else operations.COPY
        return Instruction(kind, y.n, y=y.operand, x=(first, 1, 0))

    def _lowpass(self, op: Any, step: Any) -> Instruction | None:
        x, y = self.memory.find(op.input), self.memory.find(op.output)
        if type(step) not in (LinearFilter.OneX, LinearFilter.OneXScalar) or not (x and y):
            return None
        state = (self.memory.bases[op.state["X"].base], 1, 0)
        rule = self.memory.constant(step.a, step.b)
        return Instruction(operations.LOWPASS, y.n, y=y.operand, x=x.operand, a=state, b=rule)

    def _neurons(self, number: int, op: Any) -> Instruction | None:
        return translate_neurons(self.memory, op, self._simulator.dt)


TRANSLATIONS: dict[type, Callable[[Translator, int, Any], Instruction | None]] = {
    ops.TimeUpdate: Translator._time,
    ops.Reset: Translator._reset,
    ops.Copy: Translator._copy,
    ops.ElementwiseInc: Translator._multiply,
    ops.DotInc: Translator._rows,
    SimProcess: Translator._process,
    SimNeurons: Translator._neurons,
}


def step_function(simulator: nengo.Simulator, number: int) -> Any:
    """Return the step of the process behind an operator."""
    return inspect.getclosurevars(simulator._steps[number]).nonlocals["step_f"]
