"""Compartments: noise, current, voltage, threshold, refractory period."""

import numba
import numpy as np
from numba.extending import overload

from spikearm.loihi_deploy.engine.jit import jit
from spikearm.loihi_deploy.engine.kernels.mersenne import (
    draw_doubles,
    draw_noise,
    skip_doubles,
    skip_noise,
)
from spikearm.loihi_deploy.engine.lanes import LANES
from spikearm.loihi_deploy.engine.layout.layout import (
    COUNTING,
    FLAGS,
    FLOATS,
    N_FIRED,
    OVER_CURRENT,
    OVER_INPUT,
    OVER_MEMBRANE,
    PER_DENDRITES,
    PER_SOMAS,
    SPIKES,
)
from spikearm.loihi_deploy.nengo_loihi_compat import Q_BITS, U_BITS

DECAY_BITS, DECAY_MASK = 12, 4095


@jit
def _wrap(x, bits):
    """Wrap an integer to a number of bits beside its sign."""
    top = np.int32(1 << bits)
    return np.int32(np.int32(np.int32(x + top) & np.int32((1 << (bits + 1)) - 1)) - top)


@jit
def _decay(x, keep):
    """Compute ``sign(x) floor(|x| keep / 4096)``, within 32 bits."""
    size = np.int32(-x if x < 0 else x)
    high, low = np.int32(size >> DECAY_BITS), np.int32(size & DECAY_MASK)
    kept = np.int32(np.int32(high * keep) + np.int32(np.int32(low * keep) >> DECAY_BITS))
    return np.int32(-kept if x < 0 else kept)


@jit
def update_integer(state, index, spiked, clock):
    """Advance all compartments in the chip's integer arithmetic."""
    over = np.int32(0)
    for start in range(0, len(index.dendrites), PER_DENDRITES):
        run = index.dendrites[start:]
        over |= _integrate(state.input, state.current, np.uintp(run[0]), np.uintp(run[1]), run[2])
    for start in range(0, len(index.somas), PER_SOMAS):
        run = index.somas[start:]
        over |= _fire(
            state.current, state.drive, state.voltage, state.threshold, index.waiting, spiked,
            np.uintp(run[0]), np.uintp(run[1]), np.uintp(run[2] - run[0]), run[3], run[4], run[5],
            run[6],
        )  # fmt: skip
    clock[FLAGS] |= over


@jit
def _integrate(arriving, current, first, end, keep):
    """Add synaptic inputs to currents that decay alike, and return the overflows.

    Numbers have 32 bits: a single wider one would halve the numbers per instruction.
    """
    over_input = over_current = np.int32(0)
    for i in range(first, end):
        x = arriving[i]
        wrapped = _wrap(x, Q_BITS)
        over_input = np.int32(over_input | np.int32(x ^ wrapped))
        arriving[i] = 0
        x = np.int32(_decay(current[i], keep) + wrapped)
        wrapped = _wrap(x, U_BITS)
        over_current = np.int32(over_current | np.int32(x ^ wrapped))
        current[i] = wrapped
    return np.int32((OVER_INPUT if over_input else 0) | (OVER_CURRENT if over_current else 0))


@jit
def _fire(
    current, drive, voltage, threshold, waiting, spiked, first, end, shift, keep, floor, ceiling,
    refractory,
):  # fmt: skip
    """Advance voltages with the same constants, and return the overflows."""
    over = np.int32(0)
    for i in range(first, end):
        x = np.int32(current[i + shift] + drive[i])
        membrane = _wrap(x, U_BITS)
        over = np.int32(over | np.int32(x ^ membrane))
        v = np.int32(_decay(voltage[i], keep) + membrane)
        v = min(max(v, floor), ceiling)
        rest = waiting[i]
        v = np.int32(0) if rest > 0 else v
        fires = v > threshold[i]
        voltage[i] = np.int32(0) if fires else v
        rest = refractory if fires else rest
        waiting[i] = max(np.int32(rest - 1), np.int32(0))
        spiked[i] = fires
    return np.int32(OVER_MEMBRANE if over else 0)


@jit
def update_float(state, index, real, spiked):
    """Advance all compartments in single precision, before discretisation."""
    for i in range(len(state.current)):
        q = state.input[i]
        state.input[i] = 0
        current = (
            np.float32(real.keep_current[i]) * state.current[i]
            + np.float32(real.gain_current[i]) * q
        )
        state.current[i] = current
        u = current + state.bias[i] + state.noise[i]
        voltage = (
            np.float32(real.keep_voltage[i]) * state.voltage[i]
            + np.float32(real.gain_voltage[i]) * u
        )
        voltage = min(max(voltage, state.floor[i]), state.ceiling[i])
        waiting = index.waiting[i]
        voltage = np.float32(0) if waiting > 0 else voltage
        fires = voltage > state.threshold[i]
        state.voltage[i] = np.float32(0) if fires else voltage
        waiting = index.refractory[i] if fires else waiting
        index.waiting[i] = max(waiting - 1, 0)
        spiked[i] = fires


@jit
def draw(state, index, real, clock, stream, words):
    """Draw the noise of a step.

    Noise of synaptic inputs is added to them, noise of membranes is stored.
    """
    n = len(state.voltage)
    if clock[FLOATS]:
        uniform = real.uniform[:n]
        draw_doubles(stream, words, uniform)
        for i in range(n):
            offset, scale = np.float32(real.noise_offset[i]), np.float32(real.noise_scale[i])
            state.noise[i] = (np.float32(-1.0 + 2.0 * uniform[i]) + offset) * scale
    else:
        drawn = words[:n].view(np.int32)
        draw_noise(stream, drawn)
        for i in range(n):
            state.noise[i] = np.int32((drawn[i] + real.noise_offset[i]) * real.noise_scale[i])
    for i in range(n):
        if not index.noise_at_membrane[i]:
            state.input[i] += state.noise[i]
            state.noise[i] = 0
        state.drive[i] = state.bias[i] + state.noise[i]


@jit
def skip_draw(state, clock, stream):
    """Pass over the noise of a step: the emulator draws it even where it is off."""
    if clock[FLOATS]:
        skip_doubles(stream, len(state.voltage))
    else:
        skip_noise(stream, len(state.voltage))


def update(state, index, real, spiked, clock):
    """Advance all compartments, by the type of their state."""


@overload(update)
def _choose_update(state, index, real, spiked, clock):
    if state.types[0].dtype == numba.int32:
        return lambda state, index, real, spiked, clock: update_integer(state, index, spiked, clock)
    return lambda state, index, real, spiked, clock: update_float(state, index, real, spiked)


@jit
def collect(index, spiked, spiked_words, clock):
    """List the compartments that fired, from whole words of spikes."""
    fired, count = index.fired, 0
    for word in range(len(spiked_words)):
        if spiked_words[word] != 0:
            for i in range(LANES * word, LANES * word + LANES):
                fired[count] = i
                count += spiked[i]
    clock[N_FIRED] = count
    if COUNTING:
        clock[SPIKES] += count
