"""The host's part of a model as a compiled program.

Nengo simulates the host operator by operator in Python. Here, operators that only move,
add, scale and filter signals, and neurons that code values as spikes, become lines of a
program in machine code; all others run as Nengo made them, on the same memory and in the
same order.
"""

import warnings

import nengo
import numpy as np
from nengo.builder.signal import Signal
from nengo.exceptions import SimulationError

from spikearm.loihi_deploy.engine.host import kernels
from spikearm.loihi_deploy.engine.host.operators import Border, LineWriter, Place


class HostProgram:
    """Runs a Nengo model step by step.

    Args:
        simulator: Nengo's simulator of the host; its signals are moved, and it is reset.
        border: What crosses to the chip.
        error_scale: The chip's scale of learning errors.
        errors: The chip's learning errors, written to.

    Attributes:
        memory: All signals and constants.
        program, links: What :func:`spikearm.loihi_deploy.engine.host.kernels.run_host` runs.
        ticks, alarms: What it changes beside the memory.
        places: Where the processes that receive from the chip put it.
    """

    def __init__(
        self, simulator: nengo.Simulator, border: Border, error_scale: float, errors: np.ndarray
    ) -> None:
        self._simulator = simulator
        self._errors = errors
        self._error_scale = error_scale
        lines = LineWriter(simulator, border, error_scale)
        self._segments = lines.write()
        numbers = [line.numbers for line in lines.program]
        self.program = np.array(numbers, dtype=np.int64).reshape(-1, kernels.WIDTH)
        self.links = np.array(lines.links, dtype=np.int64)
        self.memory = np.concatenate([np.zeros(lines.n_signals), lines.constants])
        self.places = lines.received
        self._host_inputs = [(self.see(place), fn) for place, fn in lines.host_inputs]
        self._host_outputs = [(self.see(place), fn) for place, fn in lines.host_outputs]
        self._move_signals(lines.bases)
        self.ticks = simulator.signals[simulator.model.step].reshape(1)
        self.alarms = np.zeros(1, dtype=np.int64)
        simulator.reset()  # makes the operators' steps anew, on the signals' new places
        self.restart()

    def restart(self) -> None:
        """Begin again, after Nengo's simulator has been reset."""
        self._steps = list(self._simulator._steps)
        self.alarms[:] = 0

    @property
    def is_compiled(self) -> bool:
        """Whether nothing of a step is left to Python but to hand arrays over."""
        in_python = any(operator >= 0 for _, _, operator in self._segments)
        return not in_python and not self._simulator.model.probes

    def see(self, place: Place) -> np.ndarray:
        """View a vector in the memory."""
        return self.memory[place.first :][: place.n * max(place.stride, 1) : max(place.stride, 1)]

    def step(self, sent: np.ndarray, sent_start: np.ndarray) -> None:
        """Advance by one step.

        Args:
            sent: Takes the neurons that fire towards the chip.
            sent_start: Takes where each input's begin, shape (n_inputs + 1,).

        Raises:
            SimulationError: A node gave a value that is not finite.
        """
        self.take()
        for first, last, operator in self._segments:
            if operator >= 0:
                self._steps[operator]()
            else:
                kernels.run_host(
                    self.memory, self.program, first, last, self.ticks, self.links, sent,
                    sent_start, self._errors, self.alarms,
                )  # fmt: skip
        self.give()
        if self._simulator.model.probes:
            self._simulator._probe()

    def take(self) -> None:
        """Take what the nodes hand over into the memory."""
        for view, host_input in self._host_inputs:
            view[:] = host_input.values

    def give(self) -> None:
        """Give the nodes what is theirs.

        Raises:
            SimulationError: A node gave a value that is not finite.
        """
        if self.alarms[0]:
            self._complain()
        for view, host_output in self._host_outputs:
            host_output.values[:] = view

    def finish(self) -> None:
        """Tell Nengo's simulator how far it is."""
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

    def _complain(self) -> None:
        alarms, self.alarms[0] = int(self.alarms[0]), 0
        if alarms & kernels.NOT_FINITE:
            raise SimulationError("A node gave a value that is not finite.")
        bound = kernels.MAX_ERROR / self._error_scale
        for alarm, what in (
            (kernels.ERROR_ABOVE, f"greater than chip max ({bound:.2e})"),
            (kernels.ERROR_BELOW, f"less than chip min ({-bound:.2e})"),
        ):
            if alarms & alarm:
                advice = "Consider changing `Model.pes_error_scale`."
                warnings.warn(f"Received PES error {what}. {advice}", stacklevel=2)
