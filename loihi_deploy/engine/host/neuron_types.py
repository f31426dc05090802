"""Neuron types of Nengo's and nengo-loihi's that the host's program advances."""

from collections.abc import Callable
from typing import Any, NamedTuple

import nengo
from nengo.builder.neurons import SimNeurons

from spikearm.loihi_deploy.engine.host import operations, ufuncs
from spikearm.loihi_deploy.engine.host.host_memory import MemoryLayout
from spikearm.loihi_deploy.engine.host.instructions import Instruction
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi


class NeuronKind(NamedTuple):
    """Translation of a neuron type.

    Attributes:
        op: Operation that advances such neurons.
        rule: Function from neurons and the time step [s] to the operation's constants.
        states: Names of states, in the order of the operation's operands.
        functions: Names of the elementary functions that it calls.
    """

    op: int
    rule: Callable[[Any, float], tuple[float, ...]]
    states: tuple[str, ...] = ()
    functions: frozenset[str] = frozenset()


def translate_neurons(memory: MemoryLayout, op: SimNeurons, dt: float) -> Instruction | None:
    """Translate a step of neurons; return None where Nengo has to run it."""
    kind = KINDS.get(type(op.neurons))  # subclasses may step otherwise
    if kind is None or not kind.functions <= ufuncs.FOUND:
        return None
    signals = (op.output, op.J, *(op.state[name] for name in kind.states))
    places = [place for place in map(memory.find, signals) if place is not None]
    if len(places) < len(signals) or len({place.n for place in places}) > 1:
        return None
    vectors: dict[str, Any] = {
        name: place.operand
        for name, place in zip(("y", "x", *operations.STATES), places, strict=False)
    }
    rule = memory.constant(*kind.rule(op.neurons, dt))
    return Instruction(kind.op, places[0].n, b=rule, **vectors)


def _spikes(neurons: Any, dt: float) -> tuple[float, ...]:
    return dt, neurons.amplitude / dt


def _highest_rate(neurons: Any, dt: float) -> tuple[float, ...]:
    return (1.0 / neurons.tau_ref,)


def _lif_rate(neurons: Any, dt: float) -> tuple[float, ...]:
    return neurons.amplitude, neurons.tau_ref, neurons.tau_rc


def _lif(neurons: Any, dt: float) -> tuple[float, ...]:
    return dt, neurons.tau_rc, neurons.tau_ref, neurons.min_voltage, neurons.amplitude / dt


def _loihi_lif(neurons: Any, dt: float) -> tuple[float, ...]:
    tau_rc = nengo_loihi.neurons.discretize_tau_rc(neurons.tau_rc, dt)
    tau_ref = nengo_loihi.neurons.discretize_tau_ref(neurons.tau_ref, dt)
    return dt, tau_rc, tau_ref, neurons.min_voltage, neurons.amplitude / dt


def _adaptation(neurons: Any, dt: float) -> tuple[float, ...]:
    return dt / neurons.tau_n, neurons.inc_n


def _izhikevich(neurons: Any, dt: float) -> tuple[float, ...]:
    recovery = neurons.tau_recovery, neurons.coupling
    return dt, 1 / dt, *recovery, neurons.reset_voltage, neurons.reset_recovery


_LIF_STATES = ("voltage", "refractory_time")
_LOG, _LOG_AND_EXP = frozenset({"log1p"}), frozenset({"log1p", "expm1"})

KINDS: dict[type, NeuronKind] = {
    nengo.RectifiedLinear: NeuronKind(
        operations.RECTIFIED_LINEAR, lambda neurons, dt: (neurons.amplitude,)
    ),
    nengo.SpikingRectifiedLinear: NeuronKind(
        operations.SPIKING_RECTIFIED_LINEAR, _spikes, ("voltage",)
    ),
    nengo_loihi.LoihiSpikingRectifiedLinear: NeuronKind(
        operations.LOIHI_SPIKING_RECTIFIED_LINEAR, _spikes, ("voltage",)
    ),
    nengo.RegularSpiking: NeuronKind(operations.REGULAR_SPIKING, _spikes, ("voltage",)),
    nengo.Sigmoid: NeuronKind(operations.SIGMOID, _highest_rate, functions=frozenset({"exp"})),
    nengo.Tanh: NeuronKind(operations.TANH, _highest_rate, functions=frozenset({"tanh"})),
    nengo.LIFRate: NeuronKind(operations.LIF_RATE, _lif_rate, functions=_LOG),
    nengo.AdaptiveLIFRate: NeuronKind(
        operations.ADAPTIVE_LIF_RATE,
        lambda neurons, dt: (*_lif_rate(neurons, dt), *_adaptation(neurons, dt)),
        ("adaptation",),
        _LOG,
    ),
    nengo.LIF: NeuronKind(operations.LIF, _lif, _LIF_STATES, _LOG_AND_EXP),
    nengo_loihi.LoihiLIF: NeuronKind(
        operations.LOIHI_LIF, _loihi_lif, _LIF_STATES, frozenset({"expm1"})
    ),
    nengo.AdaptiveLIF: NeuronKind(
        operations.ADAPTIVE_LIF,
        lambda neurons, dt: (*_lif(neurons, dt), *_adaptation(neurons, dt)),
        (*_LIF_STATES, "adaptation"),
        _LOG_AND_EXP,
    ),
    nengo.Izhikevich: NeuronKind(operations.IZHIKEVICH, _izhikevich, ("voltage", "recovery")),
}
"""Neuron types by class. Those that draw random numbers are left to Nengo."""
