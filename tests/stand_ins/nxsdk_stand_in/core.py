"""A neuron core that computes with nothing but what its registers say.

The arithmetic is that of Davies et al. 2018 in whole numbers, as `docs/export.md` puts it.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from nxsdk_stand_in.registers import Register


class Address(NamedTuple):
    """Where a spike goes."""

    chip: int
    core: int
    axon: int
    atom: int = 0


class Core(Register):
    """A core's registers, and axons that lead out of it.

    Args:
        chip: What it is on.
        number: Its identity, which is not its place in lists of cores.

    Attributes:
        confuses: Whether a voltage may be shown that looks like a spike, as on the chip.
    """

    confuses = True

    def __init__(self, chip: Any, number: int) -> None:
        super().__init__(id=number, parent=chip)
        self.axons: list[tuple[int, Address]] = []

    def createDiscreteAxon(  # noqa: N802  as NxSDK has it
        self, srcCxId: int, dstChipId: int, dstCoreId: int, dstSynMapId: int
    ) -> None:
        """Lead a compartment's spikes to an axon's synapses."""
        self.axons.append((int(srcCxId), Address(dstChipId, dstCoreId, dstSynMapId)))

    def createPop32Axon(  # noqa: N802
        self, popId: int, srcCxId: int, srcRelCxId: int, dstChipId: int, dstCoreId: int,
        dstSynMapId: int,
    ) -> None:  # fmt: skip
        """Lead a compartment's spikes to those synapses that its place in a population has."""
        to = Address(dstChipId, dstCoreId, dstSynMapId, srcRelCxId)
        self.axons.append((int(srcCxId), to))

    @property
    def n_compartments(self) -> int:
        """Compartments in use."""
        return len(self.cxCfg.entries)


class RunningCore:
    """What a core does with its registers.

    Attributes:
        bias: Added to the current of each compartment.
        u, v: Current and voltage.
        shown: What a snip sees of the voltage.
        fired: Who fired in the last step.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        settings = [core.cxCfg[i] for i in range(core.n_compartments)]
        profiles = [core.cxProfileCfg[one.cxProfile] for one in settings]
        self._decay_u = np.array([one.decayU for one in profiles], dtype=np.int64)
        self._decay_v = np.array([one.decayV for one in profiles], dtype=np.int64)
        self._refractory = np.array([one.refractDelay for one in profiles], dtype=np.int64)
        self.bias = np.array([int(one.bias) << int(one.biasExp) for one in settings])
        self._threshold = np.array(
            [int(core.vthProfileCfg[one.vthProfile].staticCfg.vth) << 6 for one in settings]
        )
        shared = core.dendriteSharedCfg
        self._range = 1 - (1 << shared.negVmLimit), (1 << (9 + 2 * shared.posVmLimit)) - 1
        self.u, self.v, self._resting, self._arriving = np.zeros((4, len(settings)), dtype=np.int64)
        self._rows = {}

    def receive(self, address: Address) -> None:
        """Add the weights that a spike reaches, in the step to come."""
        key = address.axon, address.atom
        if key not in self._rows:
            self._rows[key] = self._row(*key)
        compartments, weights = self._rows[key]
        np.add.at(self._arriving, compartments, weights)

    def step(self) -> Iterable[Address]:
        """Advance by one step, and give where its spikes go."""
        self.u = _decayed(self.u, 4095 - self._decay_u) + self._arriving
        assert np.abs(self._arriving).max(initial=0) < 1 << 21
        assert np.abs(self.u).max(initial=0) < 1 << 23
        self._arriving[:] = 0
        v = _decayed(self.v, 4096 - self._decay_v) * (self._resting == 0) + self.u + self.bias
        v = np.where(self._resting > 0, 0, np.clip(v, *self._range))
        fired = v > self._threshold
        self._resting = np.where(fired, self._refractory, self._resting)
        self._resting = np.maximum(self._resting - 1, 0)
        self.v = np.where(fired, 0, v)
        # The chip counts a rest in the voltage register: nengo-loihi's snip looks for its start.
        rest = 128 * self._refractory
        self.shown = np.where(fired, rest, self.v - (self.v == rest) * (not self._core.confuses))
        self.fired = fired
        return [to for compartment, to in self._core.axons if fired[compartment]]

    def _row(self, axon: int, atom: int) -> tuple[np.ndarray, np.ndarray]:
        """Look up which compartments an axon reaches, and with which weights."""
        entry = self._core.synapseMap[axon]
        population = "population32MapEntry" in vars(entry)
        base = (entry.population32MapEntry if population else entry.discreteMapEntry).cxBase
        first = entry.synapsePtr + atom * entry.synapseLen
        synapses = [self._core.synapses[first + i] for i in range(entry.synapseLen)]
        assert not any(one.LrnEn for one in synapses), "the stand-in does not learn"
        formats = [self._core.synapseFmt[one.synFmtId] for one in synapses]
        return (
            np.array([base + one.CIdx for one in synapses], dtype=int),
            np.array(
                [int(s.Wgt) * (1 << (6 + f.wgtExp)) for s, f in zip(synapses, formats, strict=True)]
            ),
        )


def _decayed(x: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return np.sign(x) * ((np.abs(x) * factor) >> 12)
