"""Steps of neurons in the host's memory, each with the rounding of Nengo's.

Vectors are pairs, as :mod:`spikearm.loihi_deploy.engine.host.kernels.vectors` has them: currents
``x``, outputs ``y``, states, and the rule, whose items lie side by side.
"""

import numpy as np

from spikearm.loihi_deploy.engine.host.kernels.functions import exp, scratch, tanh
from spikearm.loihi_deploy.engine.host.kernels.items import ITEM, positive, three_items
from spikearm.loihi_deploy.engine.jit import jit


@jit
def rectified_linear(memory, n, y, x, rule):
    """Advance Nengo's ``RectifiedLinear``; the rule is the amplitude."""
    (y, dy), (x, dx), (b, db) = y, x, rule
    for i in range(n):
        memory[y + i * dy] = memory[b + i * db] * positive(memory[x + i * dx])


@jit
def spiking_rectified_linear(memory, n, y, x, voltage, rule):
    """Advance ``SpikingRectifiedLinear``; the rule is the time step and the spikes' height."""
    (y, dy), (x, dx), (v, dv), (b, db) = y, x, voltage, rule
    for i in range(n):
        dt, height = memory[b + i * db], memory[b + i * db + ITEM]
        rise = positive(memory[x + i * dx]) * dt
        _fire_often(memory, y + i * dy, v + i * dv, rise, height)


@jit
def regular_spiking(memory, n, y, x, voltage, rule):
    """Advance ``RegularSpiking``, whose input are rates, otherwise as rectified neurons."""
    (y, dy), (x, dx), (v, dv), (b, db) = y, x, voltage, rule
    for i in range(n):
        dt, height = memory[b + i * db], memory[b + i * db + ITEM]
        _fire_often(memory, y + i * dy, v + i * dv, dt * memory[x + i * dx], height)


@jit
def _fire_often(memory, output, voltage, rise, height):
    """Raise a voltage, of which each whole number is a spike and the rest stays."""
    integral = memory[voltage] + rise
    spikes = np.floor(integral)
    memory[output] = height * spikes
    memory[voltage] = integral - spikes


@jit
def loihi_spiking_rectified_linear(memory, n, y, x, voltage, rule):
    """Advance nengo-loihi's ``LoihiSpikingRectifiedLinear``, of the rule of rectified neurons."""
    (y, dy), (x, dx), (v, dv), (b, db) = y, x, voltage, rule
    for i in range(n):
        dt, height = memory[b + i * db], memory[b + i * db + ITEM]
        integral = memory[v + i * dv] + memory[x + i * dx] * dt
        fires = integral > 1
        memory[y + i * dy] = fires * height
        memory[v + i * dv] = 0.0 if fires else positive(integral)


@jit
def sigmoid(memory, n, y, x, rule):
    """Advance Nengo's ``Sigmoid``; the rule is the highest rate."""
    (y, dy), (x, dx), (b, db) = y, x, rule
    argument, result, _ = scratch(memory, n)
    for i in range(n):
        memory[argument + i] = -memory[x + i * dx]
    exp(memory, n, argument, result)
    for i in range(n):
        memory[y + i * dy] = memory[b + i * db] / (1 + memory[result + i])


@jit
def hyperbolic_tangent(memory, n, y, x, rule):
    """Advance Nengo's ``Tanh``; the rule is the highest rate."""
    (y, dy), (x, dx), (b, db) = y, x, rule
    argument, result, _ = scratch(memory, n)
    for i in range(n):
        memory[argument + i] = memory[x + i * dx]
    tanh(memory, n, argument, result)
    for i in range(n):
        memory[y + i * dy] = memory[b + i * db] * memory[result + i]


@jit
def izhikevich(memory, n, y, x, voltage, recovery, rule):
    """Advance Nengo's ``Izhikevich``.

    The rule is the time step, a spike's height, ``tau_recovery``, ``coupling``, ``reset_voltage``
    and ``reset_recovery``.
    """
    (y, dy), (x, dx), (v, dv), (r, dr), (b, db) = y, x, voltage, recovery, rule
    for i in range(n):
        dt, height, rate = three_items(memory, b + i * db)
        coupling, reset, jump = three_items(memory, b + i * db + np.uintp(3))
        J, V, U = memory[x + i * dx], memory[v + i * dv], memory[r + i * dr]
        J = -30.0 if J < -30 else J
        V += (0.04 * (V * V) + 5 * V + 140 - U + J) * 1000 * dt
        fires = V >= 30
        V = reset if fires else V
        U += rate * (coupling * V - U) * 1000 * dt
        memory[y + i * dy] = height if fires else 0.0
        memory[v + i * dv] = V
        memory[r + i * dr] = U + jump if fires else U
