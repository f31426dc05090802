"""Host's part of a model as a compiled program.

Nengo simulates the host operator by operator in Python. Here, operators that only move, add, scale
and filter signals, and neurons that code values as spikes, become instructions of a program in
machine code; all others run as Nengo made them, on the same memory and in the same order.
"""

import warnings
from typing import NamedTuple

import nengo
import numpy as np
from nengo.builder.signal import Signal
from nengo.exceptions import SimulationError

from spikearm.loihi_deploy.engine.host import operations
from spikearm.loihi_deploy.engine.host.host_interface import HostInterface
from spikearm.loihi_deploy.engine.host.host_memory import Place, items
from spikearm.loihi_deploy.engine.host.host_probes import HostProbes
from spikearm.loihi_deploy.engine.host.kernels.functions import scratch_size
from spikearm.loihi_deploy.engine.host.kernels.program import run_host, run_steps
from spikearm.loihi_deploy.engine.host.operators import Translator, step_function
from spikearm.loihi_deploy.engine.host.python_functions import quick_step
from spikearm.loihi_deploy.engine.host.sampling import make_sampler


class Heard(NamedTuple):
    """Values that a host hears from the chip.

    Attributes:
        places: Places of the values in the host's memory.
        values: Values in each step, shape (n_steps, n_places).
    """

    places: np.ndarray
    values: np.ndarray


NOTHING_HEARD = Heard(np.zeros(0, dtype=np.int64), np.zeros((0, 0)))
BLOCK = 1000  # steps that run in one call: what processes give, and what is probed, is in memory


class HostProgram:
    """Program that runs the host step by step.

    Args:
        simulator: Nengo's simulator of the host; its signals are moved, and it is reset.
        interface: Values that pass between host and chip.
        error_scale: The chip's scale of learning errors.
        errors: The chip's learning errors; written.

    Attributes:
        memory: Signals, constants and scratch.
        program: Instructions, as kernels read them.
        arguments: Memory, program, steps since the start, columns of sparse matrices, places of
            the values that processes give, and of those that are probed; for kernels.
        ticks: Steps since the start, shape (1,).
        alarms: Flags of alarms, shape (1,).
        places: Places of the values that processes receive from the chip.
        probes: Probes of the host.
    """

    def __init__(
        self,
        simulator: nengo.Simulator,
        interface: HostInterface,
        error_scale: float,
        errors: np.ndarray,
    ) -> None:
        self._simulator = simulator
        self._errors = errors
        self._error_scale = error_scale
        translator = Translator(simulator, interface, error_scale, in_order=False)
        self._segments = translator.translate()
        if self._in_python:
            translator = Translator(simulator, interface, error_scale, in_order=True)
            self._segments = translator.translate()
        numbers = [instruction.numbers for instruction in translator.program]
        self.program = np.array(numbers, dtype=np.int64).reshape(-1, operations.WIDTH)
        links = np.array(translator.links, dtype=np.int64)
        layout = translator.memory
        scratch = scratch_size(int(self.program[:, 2].max(initial=0)))
        self.memory = np.concatenate(
            [np.zeros(layout.n_signals), layout.constants, np.zeros(scratch)]
        )
        self.places = translator.received
        self._host_inputs = [(self.view(place), fn) for place, fn in translator.host_inputs]
        self._host_outputs = [(self.view(place), fn) for place, fn in translator.host_outputs]
        self._processes = translator.processes
        self._tape_places = items(place for _, place in translator.processes)
        self.probes = HostProbes(simulator, layout)
        self._move_signals(layout.bases)
        self.ticks = simulator.signals[simulator.model.step].reshape(1)
        self.alarms = np.zeros(1, dtype=np.int64)
        self.arguments = (
            self.memory, self.program, self.ticks, links, self._tape_places, self.probes.items,
        )  # fmt: skip
        simulator.reset()  # makes the operators' steps anew, on the signals' new places
        self.restart()

    def restart(self) -> None:
        """Reset to the start, after Nengo's simulator has been reset."""
        simulator = self._simulator
        self._steps = [
            quick_step(op, step, simulator.signals)
            for op, step in zip(simulator._step_order, simulator._steps, strict=True)
        ]
        self._samplers = [
            make_sampler(
                simulator._step_order[one].process, step_function(simulator, one), simulator.dt
            )
            for one, _ in self._processes
        ]
        self.alarms[:] = 0
        self.probes.restart()

    @property
    def is_compiled(self) -> bool:
        """True if machine code runs the whole step, beside host inputs and outputs."""
        return not self._in_python and self.probes.are_vectors

    @property
    def has_values(self) -> bool:
        """True if processes give values or something is probed."""
        return bool(self._processes) or len(self.probes.items) > 0

    @property
    def _in_python(self) -> bool:
        return any(operator >= 0 for _, _, operator in self._segments)

    def view(self, place: Place) -> np.ndarray:
        """View a vector in the memory."""
        return self.memory[place.first :][: place.n * max(place.stride, 1) : max(place.stride, 1)]

    def step(self, sent: np.ndarray, sent_start: np.ndarray) -> None:
        """Advance by one step.

        Args:
            sent: Neurons that send a spike to the chip; written.
            sent_start: Index of each input's first, shape (n_inputs + 1,); written.

        Raises:
            SimulationError: A node gave a value that is not finite.
        """
        self.read_inputs()
        if self._processes:
            self.memory[self._tape_places] = self.sample(1)[0]
        memory, program, ticks, links, *_ = self.arguments
        for first, last, operator in self._segments:
            if operator >= 0:
                self._steps[operator]()
            else:
                run_host(
                    memory, program, first, last, ticks, links, sent, sent_start, self._errors,
                    self.alarms,
                )  # fmt: skip
        self.write_outputs()
        self.probes.copy(self.memory)

    def run(
        self, steps: int, sent: np.ndarray, sent_start: np.ndarray, heard: Heard = NOTHING_HEARD
    ) -> None:
        """Advance by some steps in one call of machine code, if the host is compiled as a whole.

        Args:
            steps: Number of steps.
            sent: Neurons that send a spike to the chip; written.
            sent_start: Index of each input's first, shape (n_steps * n_inputs + 1,); written.
            heard: Values that come from the chip.

        Raises:
            SimulationError: A node gave a value that is not finite.
        """
        self.read_inputs()
        memory, program, ticks, links, places, probed = self.arguments
        tape, rows = self.sample(steps), self.probes.rows(steps)
        if len(heard.places):
            places, tape = np.append(places, heard.places), np.hstack([tape, heard.values])
        run_steps(
            memory, program, ticks, links, places, probed, sent, sent_start, self._errors,
            self.alarms, tape, rows,
        )  # fmt: skip
        self.write_outputs()
        self.probes.keep(rows)

    def read_inputs(self) -> None:
        """Copy host inputs into the memory."""
        for view, host_input in self._host_inputs:
            view[:] = host_input.values

    def write_outputs(self) -> None:
        """Copy host outputs out of the memory, and report alarms.

        Raises:
            SimulationError: A node gave a value that is not finite.
        """
        if self.alarms[0]:
            self._report_alarms()
        for view, host_output in self._host_outputs:
            host_output.values[:] = view

    def sample(self, steps: int) -> np.ndarray:
        """Return what processes give in the next steps, shape (n_steps, n_values)."""
        tape = np.empty((steps, len(self._tape_places)))
        if not self._processes:  # as in a closed loop, whose steps run one by one
            return tape
        times, first = self._simulator.dt * (int(self.ticks[0]) + 1.0 + np.arange(steps)), 0
        for sampler, (_, place) in zip(self._samplers, self._processes, strict=True):
            tape[:, first : first + place.n] = sampler(times)
            first += place.n
        return tape

    def finish(self) -> None:
        """Update the data and the time of Nengo's simulator, after steps that ran one by one."""
        self.probes.flush()
        self._simulator._probe_step_time()

    def _move_signals(self, bases: dict[Signal, int]) -> None:
        signals = self._simulator.signals
        for signal in list(signals):
            if signal.base is not signal:
                dict.__delitem__(signals, signal)
        for signal, first in bases.items():
            home = self.memory[first : first + signal.size].reshape(signal.shape)
            home[...] = signals[signal]
            dict.__setitem__(signals, signal, home)

    def _report_alarms(self) -> None:
        alarms, self.alarms[0] = int(self.alarms[0]), 0
        if alarms & operations.NOT_FINITE:
            raise SimulationError("A node gave a value that is not finite.")
        bound = operations.MAX_ERROR / self._error_scale
        for alarm, excess in (
            (operations.ERROR_ABOVE, f"greater than chip max ({bound:.2e})"),
            (operations.ERROR_BELOW, f"less than chip min ({-bound:.2e})"),
        ):
            if alarms & alarm:
                advice = "Consider changing `Model.pes_error_scale`."
                warnings.warn(f"Received PES error {excess}. {advice}", stacklevel=2)
