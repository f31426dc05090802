"""Cores of images: convolutions split into blocks that leave few compartments unused."""

from collections import Counter
from collections.abc import Collection, Iterator

import nengo
import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi

Shape = tuple[int, int, int]
"""Rows, columns and channels."""


def block_images(network: nengo.Network, on_host: Collection[nengo.Ensemble] = ()) -> None:
    """Configure a network for the chip: a block shape for each image that a convolution makes.

    Args:
        network: Network whose configuration is changed; convolutions are its own, not those of
            networks within it.
        on_host: Ensembles that stay off the chip.

    Raises:
        SpikearmError: No block of an image fits a core.
    """
    nengo_loihi.add_params(network)
    for ensemble in on_host:
        network.config[ensemble].on_chip = False
    read = {one.pre_obj for one in network.connections if isinstance(one.post_obj, nengo.Node)}
    n_behind: Counter[object] = Counter()  # blocks that see an image, chosen before it
    for connection in reversed(network.connections):
        if isinstance(connection.transform, nengo.Convolution):
            neurons, whole = connection.post_obj, connection.transform.output_shape.shape
            shape = image_block(connection.transform, neurons in read, n_behind[neurons])
            block = nengo_loihi.BlockShape(shape, whole)
            network.config[neurons.ensemble].block_shape = block
            n_behind[connection.pre_obj] += _n_blocks(shape, whole)


def image_block(transform: nengo.Convolution, in_order: bool = False, n_behind: int = 0) -> Shape:
    """Choose the shape of an image's blocks: fewest cores, then fewest spikes to several of them.

    Args:
        transform: Convolution that makes the image, channels last.
        in_order: Keep the order of the image's neurons through all blocks, as what the host reads
            without delay must.
        n_behind: Number of blocks that see the image, to each of which each pixel takes an axon.

    Raises:
        SpikearmError: No block fits a core.
    """
    whole = transform.output_shape.shape
    fitting = [
        shape for shape in _shapes(whole)
        if np.prod(shape) <= limits.COMPARTMENTS.most
        and _n_axons(transform, shape) <= limits.INPUT_AXONS.most
        and shape[0] * shape[1] * n_behind <= limits.OUTPUT_AXONS.most
        and (not in_order or _is_in_order(shape, whole))
    ]  # fmt: skip
    if not fitting:
        raise SpikearmError(
            f"No part of an image of {whole} fits a core with a kernel of {transform.kernel_size}: "
            "give the convolution a smaller kernel or smaller strides."
        )
    return min(fitting, key=lambda shape: _cost(transform, shape))


def _shapes(whole: Shape) -> Iterator[Shape]:
    """List block shapes, of those that make equally many blocks along an axis the smallest."""
    rows, columns, channels = (sorted({-(-n // k) for k in range(1, n + 1)}) for n in whole)
    yield from ((r, c, k) for r in rows for c in columns for k in channels)


def _cost(transform: nengo.Convolution, shape: Shape) -> tuple[int, int]:
    """Count blocks, and the input axons of all of them."""
    whole = transform.output_shape.shape
    n_blocks = _n_blocks(shape, whole)
    return n_blocks, n_blocks * _n_axons(transform, shape)


def _n_blocks(shape: Shape, whole: Shape) -> int:
    """Count the blocks of an image."""
    return int(np.prod([-(-n // part) for n, part in zip(whole, shape, strict=True)]))


def _n_axons(transform: nengo.Convolution, shape: Shape) -> int:
    """Count the pixels of the input that a block sees, each of which takes an axon."""
    sizes = zip(
        shape[:2], transform.strides, transform.kernel_size, transform.input_shape.spatial_shape,
        strict=True,
    )  # fmt: skip
    return int(np.prod([min((n - 1) * stride + kernel, seen) for n, stride, kernel, seen in sizes]))


def _is_in_order(shape: Shape, whole: Shape) -> bool:
    """Return whether each block is a run of the image's neurons."""
    split = [axis for axis in range(3) if shape[axis] < whole[axis]]
    return not split or all(shape[axis] == 1 for axis in range(split[-1]))
