"""Initialisation of deep networks, layer by layer, with the rates that they see."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.neural.initialisation.afferent import Afferent
from spikearm.neural.initialisation.initialisation import Initialisation
from spikearm.neural.initialisation.lif import Lif

RECURRENT_DRAWS = 3  # of layers whose rate depends on weights that depend on their rate


class WritableLayer(Protocol):
    """Layer of spiking neurons that can be run, and whose weights can be written."""

    @property
    def lif(self) -> Lif:
        """Neurons of the layer."""
        ...

    @property
    def afferents(self) -> Sequence[Afferent]:
        """Connections into the layer."""
        ...

    def write(self, weights: Sequence[np.ndarray]) -> None:
        """Write the weights of all connections."""
        ...

    def run(self, spikes: np.ndarray) -> np.ndarray:
        """Compute the layer's spikes, shape (n_steps, n_trials, ...), from those it receives."""
        ...


def initialise(
    network: Sequence[WritableLayer], initialisation: Initialisation, rng: np.random.Generator
) -> None:
    """Draw the weights of all layers, with one rate for all connections: the rule's."""
    for layer in network:
        layer.write(initialisation.draw(layer.afferents, layer.lif, rng))


def initialise_layerwise(
    network: Sequence[WritableLayer],
    batch: np.ndarray,
    initialisation: Initialisation,
    rng: np.random.Generator,
) -> list[float]:
    """Draw the weights of layers one after the other, with the rates measured on the way.

    Each connection has the rate of the neurons that it comes from. A recurrent one first has the
    rule's, and is then drawn again a few times, with the rate that its layer has got.

    Args:
        network: Layers in a row, the first one next to the inputs.
        batch: Spikes of the inputs, shape (n_steps, n_trials, ...).
        initialisation: Rule that draws the weights.
        rng: Random numbers.

    Returns:
        Rate of the neurons that each layer receives from [Hz].

    Raises:
        SpikearmError: The inputs or a layer do not fire: no rate can be measured.
    """
    rates: list[float] = []
    spikes = batch
    for layer in network:
        rates.append(_rate(spikes, layer.lif, len(rates)))
        spikes = _initialise_layer(layer, spikes, rates[-1], initialisation, rng)
    return rates


def _initialise_layer(
    layer: WritableLayer,
    spikes: np.ndarray,
    rate: float,
    initialisation: Initialisation,
    rng: np.random.Generator,
) -> np.ndarray:
    """Write a layer's weights, and return its spikes."""
    known = [one if one.recurrent else replace(one, rate=rate) for one in layer.afferents]
    fired = _draw_and_run(layer, known, spikes, initialisation, rng)
    if any(one.recurrent for one in known):
        for _ in range(RECURRENT_DRAWS):
            own = float(np.mean(fired)) / layer.lif.timestep
            known = [replace(one, rate=own or None) if one.recurrent else one for one in known]
            fired = _draw_and_run(layer, known, spikes, initialisation, rng)
    return fired


def _draw_and_run(
    layer: WritableLayer,
    afferents: Sequence[Afferent],
    spikes: np.ndarray,
    initialisation: Initialisation,
    rng: np.random.Generator,
) -> np.ndarray:
    layer.write(initialisation.draw(afferents, layer.lif, rng))
    return layer.run(spikes)


def _rate(spikes: np.ndarray, lif: Lif, n_before: int) -> float:
    """Measure a mean rate [Hz]."""
    rate = float(np.mean(spikes)) / lif.timestep
    if rate == 0:
        source = f"layer {n_before}" if n_before else "the batch"
        raise SpikearmError(
            f"{source} has no spikes, so that no weights of the layer behind it can be chosen. "
            "Give a batch with more spikes, or a larger sigma_u."
        )
    return rate
