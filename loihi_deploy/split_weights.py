"""Weights of a group of synapses whose block is split: those that lead to a part of the block.

nengo-loihi finds the part of each axon anew, compartment by compartment. Where all axons lead to
the same compartments, as those of dense connections do, it is found once here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Axons = Mapping[int, tuple[int, int | None, np.ndarray, set[int]]]
"""Row of weights, base, compartments and the set of these, by the number of an axon."""


def split_weights(
    usual: Callable[..., None], group: Any, axons: Axons, part: Any, compartments: Any,
    overlaps: Mapping[int, set[int]], numbers: Sequence[int], **options: Any,
) -> None:  # fmt: skip
    """Set the weights of a part of a group of synapses, as nengo-loihi's own function does.

    Args:
        usual: That function, for groups whose axons lead to different compartments.
        group: Group of synapses that is split.
        axons: Its axons.
        part: New group, of the synapses that lead to a part of the block; it gets the weights.
        compartments: Old numbers of the compartments in that part, in their new order.
        overlaps: Compartments of the part that each axon leads to.
        numbers: Numbers of the axons that lead to any.
        options: Level at which nengo-loihi checks what it builds.
    """
    reached = axons[numbers[0]][2]
    alike = all(np.array_equal(axons[number][2], reached) for number in numbers)
    if group.axon_to_weight_map is not None or not alike:
        usual(group, axons, part, compartments, overlaps, numbers, **options)
        return
    place = {compartment: index for index, compartment in enumerate(compartments)}
    columns = np.array([one in place for one in reached.tolist()])
    indices = np.array([place[one] for one in reached[columns].tolist()])
    rows: dict[bytes, int] = {}
    weights: list[np.ndarray] = []
    row_of_axon: list[int] = []
    for number in numbers:
        some = group.weights[axons[number][0]][:, columns]
        row = rows.setdefault(some.tobytes(), len(weights))
        if row == len(weights):
            weights.append(some)
        row_of_axon.append(row)
    part._set_weights_indices(
        weights, [np.tile(indices, (len(one), 1)) for one in weights],
        weight_dtype=weights[0].dtype, compression=group.synapse_cfg.compression,
    )  # fmt: skip
    part.axon_to_weight_map = np.array(row_of_axon)
    part.axon_compartment_bases = np.zeros(len(numbers), dtype=int)
    part.pop_type = group.pop_type
