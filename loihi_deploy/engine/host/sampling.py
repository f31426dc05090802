"""Values of processes, many steps ahead."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import nengo
import numpy as np

Sampler = Callable[[np.ndarray], np.ndarray]
"""Function from times, shape (n_steps,) [s], to values, shape (n_steps, n)."""


def is_sampled_ahead(process: nengo.Process) -> bool:
    """Return True for a process that depends on nothing but time and its own random numbers."""
    if type(process) is nengo.processes.Piecewise:
        return not any(map(callable, process.data.values()))  # functions may do anything
    return type(process) in SAMPLED


def make_sampler(process: nengo.Process, step: Callable[[float], Any], dt: float) -> Sampler:
    """Return a function that gives a process's values, to the last bit those of its steps.

    Args:
        process: The process.
        step: Its step, as Nengo made it.
        dt: Length of a step [s].
    """
    make = VECTORISED.get(type(process))
    return make(inspect.getclosurevars(step).nonlocals, dt) if make else _step_by_step(step)


def _step_by_step(step: Callable[[float], Any]) -> Sampler:
    # Copied, because filters return the same array in every step.
    return lambda times: np.array([np.array(step(time)) for time in times.tolist()])


def _white_signal(kept: Mapping[str, Any], dt: float) -> Sampler:
    signal = kept["signal"]
    return lambda times: signal[np.rint(times / dt).astype(np.int64) % len(signal)]


def _present_input(kept: Mapping[str, Any], dt: float) -> Sampler:
    inputs, duration = kept["inputs"], kept["presentation_time"]
    return lambda times: inputs[((times - dt) / duration + 1e-7).astype(np.int64) % len(inputs)]


SAMPLED = (
    nengo.processes.WhiteNoise, nengo.processes.FilteredNoise, nengo.processes.WhiteSignal,
    nengo.processes.PresentInput,
)  # fmt: skip
"""Processes whose values are known ahead, whatever they are made with."""

VECTORISED: dict[type, Callable[[Mapping[str, Any], float], Sampler]] = {
    nengo.processes.WhiteSignal: _white_signal,
    nengo.processes.PresentInput: _present_input,
}
"""Makers of functions that give many values at once, from what a step keeps."""
