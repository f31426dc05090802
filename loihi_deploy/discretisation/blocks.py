"""A network's blocks, as nengo-loihi builds them for the chip."""

from dataclasses import dataclass, replace
from typing import Any, Self

import nengo

from spikearm.loihi_deploy.nengo_loihi_compat import (
    UnvalidatedModel,
    nengo_loihi,
    without_known_warnings,
)


@dataclass(frozen=True)
class Blocks:
    """Part of a network that runs on the chip, with its inputs and outputs.

    Each is an object of nengo-loihi's; all refer to one another.

    Attributes:
        blocks: Groups of neurons, each to lie on one core.
        inputs: Spike inputs, through which spikes from the host enter.
        probes: Probes, which the host reads.
    """

    blocks: tuple[Any, ...]
    inputs: tuple[Any, ...]
    probes: tuple[Any, ...]

    @classmethod
    def of_model(cls, model: Any) -> Self:
        """Take the blocks out of a model that nengo-loihi has built."""
        return cls(tuple(model.blocks), tuple(model.inputs), tuple(model.probes))


@dataclass(frozen=True)
class FloatBlocks(Blocks):
    """Blocks in floating point, before they are discretised.

    Attributes:
        rates: Name of each ensemble that asks for a firing rate, with its highest rate over the
            highest that its refractory delay allows [1].
        ensembles: Index of each block's ensemble among the network's ``all_ensembles``; None for
            the neurons of a connection.
    """

    rates: tuple[tuple[str, float], ...] = ()
    ensembles: tuple[int | None, ...] = ()


class IntegerBlocks(Blocks):
    """Blocks in the chip's integers."""


def build(network: nengo.Network, seed: int | None = None) -> FloatBlocks:
    """Build the chip's part of a network in floating point, whether or not the chip holds it.

    Args:
        network: Network to build.
        seed: Seed of a network that has none. Default: drawn.

    Raises:
        BuildError, ValidationError, NotImplementedError: nengo-loihi cannot build it.
    """
    model = UnvalidatedModel()
    if seed is not None:
        model.seeds[network] = seed
    with (
        without_known_warnings(),
        nengo_loihi.Simulator(network, target="simreal", model=model),
    ):
        return replace(
            FloatBlocks.of_model(model),
            rates=_requested_rates(model),
            ensembles=_ensembles(model, network),
        )


def block_name(block: Any) -> str:
    """Return the name of a block, or of another of nengo-loihi's objects, for a report."""
    return block.label or str(block)


def _ensembles(model: Any, network: nengo.Network) -> tuple[int | None, ...]:
    """Return the index of each block's ensemble; None for the neurons of a connection."""
    index = {
        block: k
        for k, ensemble in enumerate(network.all_ensembles)
        for block in _blocks(model, ensemble)
    }
    return tuple(index.get(block) for block in model.blocks)


def _blocks(model: Any, ensemble: nengo.Ensemble) -> list[Any]:
    """Return the blocks of an ensemble, none where it runs on the host."""
    built = model.objs[ensemble].get("in", [])
    return built if isinstance(built, list) else [built]


def _requested_rates(model: Any) -> tuple[tuple[str, float], ...]:
    """Compute the share of its highest possible rate that each ensemble asks for.

    Ensembles whose gains or biases are set ask for no rate.
    """
    return tuple(
        (str(ensemble), float(built.max_rates.max()) * _shortest_interval(model, ensemble))
        for ensemble, built in model.params.items()
        if isinstance(ensemble, nengo.Ensemble) and ensemble.gain is None and ensemble.bias is None
    )


def _shortest_interval(model: Any, ensemble: nengo.Ensemble) -> float:
    """Return the shortest time between two spikes of a neuron [s]."""
    block = _blocks(model, ensemble)[0]
    return model.dt * int(block.compartment.refract_delay.max())
