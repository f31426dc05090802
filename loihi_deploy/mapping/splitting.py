"""Ensembles split into more blocks than they need, each of which takes a core."""

from collections.abc import Iterator, Sequence

import nengo

from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi

Split = tuple[int, ...]
"""Number of blocks of each ensemble, in the order of ``all_ensembles``; 0 for one on the host."""


def split_ensembles(network: nengo.Network, blocks: Sequence[int]) -> nengo.Network:
    """Ask nengo-loihi to split ensembles into blocks.

    An ensemble computes the same when it is split, up to the rounding of its weights, which each
    block has a scale of its own for.

    Args:
        network: Network whose configuration is changed: block shapes of its ensembles are replaced.
        blocks: Number of blocks of each ensemble, in the order of ``all_ensembles``: of n neurons,
            each of b blocks but the last gets ceil(n / b), so that there can be fewer of them.

    Returns:
        The same network.
    """
    for part in (network, *network.all_networks):
        nengo_loihi.add_params(part)
    for (part, ensemble), n_blocks in zip(_ensembles(network), blocks, strict=True):
        n = ensemble.n_neurons
        shape = nengo_loihi.BlockShape((-(-n // max(1, n_blocks)),), (n,))
        part.config[ensemble].block_shape = shape
    return network


def _ensembles(network: nengo.Network) -> Iterator[tuple[nengo.Network, nengo.Ensemble]]:
    """List ensembles as ``all_ensembles`` does, each with the network that it is part of."""
    for ensemble in network.ensembles:
        yield network, ensemble
    for part in network.networks:
        yield from _ensembles(part)
