"""Steps of leaky integrate-and-fire neurons, as those of other neurons otherwise."""

import numpy as np

from spikearm.loihi_deploy.engine.host.kernels.functions import expm1, log1p, scratch
from spikearm.loihi_deploy.engine.host.kernels.items import (
    ITEM,
    at_most,
    positive,
    three_items,
)
from spikearm.loihi_deploy.engine.jit import jit


@jit
def lif_rate(memory, n, y, x, rule):
    """Advance ``LIFRate``; the rule is the amplitude, the refractory time and the time constant."""
    (y, dy), (x, dx), (b, db) = y, x, rule
    argument, result, _ = scratch(memory, n)
    count = np.uintp(0)
    for i in range(n):
        j = memory[x + i * dx] - 1
        memory[argument + count] = 1.0 / j
        count += ITEM if j > 0 else np.uintp(0)
    log1p(memory, count, argument, result)
    for i in range(n):
        if memory[x + i * dx] - 1 > 0:
            amplitude, tau_ref, tau_rc = three_items(memory, b + i * db)
            memory[y + i * dy] = amplitude / (tau_ref + tau_rc * memory[result])
            result += ITEM
        else:
            memory[y + i * dy] = 0.0


@jit
def adaptive_lif_rate(memory, n, y, x, adaptation, rule):
    """Advance ``AdaptiveLIFRate``; the rule is that of ``LIFRate``, then of :func:`_adapt`."""
    current = _adapted_current(memory, n, x, adaptation)
    lif_rate(memory, n, y, current, rule)
    _adapt(memory, n, y, adaptation, rule, np.uintp(3))


@jit
def lif(memory, n, y, x, voltage, waiting, rule):
    """Advance Nengo's ``LIF``; the rule is that of :func:`_charge`."""
    spikes = _charge(memory, n, y, x, voltage, waiting, rule)
    (v, dv), (r, dr), (b, db) = voltage, waiting, rule
    since, result, _ = scratch(memory, n)
    log1p(memory, spikes, since, result)
    for i in range(n):
        if memory[v + i * dv] > 1:
            dt, tau_rc, tau_ref = three_items(memory, b + i * db)
            memory[r + i * dr] = tau_ref + (dt + tau_rc * memory[result])
            result += ITEM
    _discharge(memory, n, voltage, rule)


@jit
def loihi_lif(memory, n, y, x, voltage, waiting, rule):
    """Advance nengo-loihi's ``LoihiLIF``; the rule is that of :func:`_charge`."""
    _charge(memory, n, y, x, voltage, waiting, rule)
    (v, dv), (r, dr), (b, db) = voltage, waiting, rule
    for i in range(n):
        if memory[v + i * dv] > 1:
            dt, _, tau_ref = three_items(memory, b + i * db)
            memory[r + i * dr] = tau_ref + dt
    _discharge(memory, n, voltage, rule)


@jit
def adaptive_lif(memory, n, y, x, voltage, waiting, adaptation, rule):
    """Advance ``AdaptiveLIF``; the rule is that of ``LIF``, then of :func:`_adapt`."""
    current = _adapted_current(memory, n, x, adaptation)
    lif(memory, n, y, current, voltage, waiting, rule)
    _adapt(memory, n, y, adaptation, rule, np.uintp(5))


@jit
def _charge(memory, n, y, x, voltage, waiting, rule):
    """Integrate currents up to the threshold, and write spikes.

    Args:
        memory: Memory of the host. The first vector of its scratch is left with minus the share of
            a spike's step that follows the spike, as ``log1p`` takes it, spike by spike.
        n: Number of neurons.
        y, x, voltage: Vectors of outputs, currents and voltages.
        waiting: Vector of the times for which neurons still rest.
        rule: Time step, ``tau_rc``, ``tau_ref``, lowest voltage and height of a spike.

    Returns:
        Number of spikes.
    """
    (y, dy), (x, dx), (v, dv), (r, dr), (b, db) = y, x, voltage, waiting, rule
    argument, result, _ = scratch(memory, n)
    for i in range(n):
        dt, tau_rc, _ = three_items(memory, b + i * db)
        rest = memory[r + i * dr] - dt
        memory[r + i * dr] = rest
        memory[argument + i] = -at_most(positive(dt - rest), dt) / tau_rc
    expm1(memory, n, argument, result)
    spikes = np.uintp(0)
    for i in range(n):
        current = memory[x + i * dx]
        V = memory[v + i * dv]
        V -= (current - V) * memory[result + i]
        fires = V > 1
        memory[v + i * dv] = V
        memory[y + i * dy] = fires * memory[b + i * db + np.uintp(4)]
        memory[argument + spikes] = -(V - 1) / (current - 1)
        spikes += ITEM if fires else np.uintp(0)
    return spikes


@jit
def _discharge(memory, n, voltage, rule):
    """Reset the voltages of neurons that fired, and raise the others to the lowest voltage."""
    (v, dv), (b, db) = voltage, rule
    for i in range(n):
        reached, floor = memory[v + i * dv], memory[b + i * db + np.uintp(3)]
        memory[v + i * dv] = 0.0 if reached > 1 else (floor if reached < floor else reached)


@jit
def _adapted_current(memory, n, x, adaptation):
    """Subtract the adaptation from currents, into scratch that rests while neurons advance."""
    (x, dx), (a, da) = x, adaptation
    _, _, current = scratch(memory, n)
    for i in range(n):
        memory[current + i] = memory[x + i * dx] - memory[a + i * da]
    return current, ITEM


@jit
def _adapt(memory, n, y, adaptation, rule, place):
    """Adapt to the output, by the share of ``tau_n`` in a step and by ``inc_n``.

    Args:
        memory: Memory of the host.
        n: Number of neurons.
        y, adaptation, rule: Vectors.
        place: Place of the two constants in the rule.
    """
    (y, dy), (a, da), (b, db) = y, adaptation, rule
    for i in range(n):
        share, increment = memory[b + i * db + place], memory[b + i * db + place + ITEM]
        before = memory[a + i * da]
        memory[a + i * da] = before + share * (increment * memory[y + i * dy] - before)
