"""Packed weights: neurons that share no input are stored as one."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.neural.sparsity.event_weights import EventWeights
from spikearm.neural.sparsity.kernels import multiply_packed, multiply_packed_selected
from spikearm.neural.sparsity.product import Product, checked_activations

NOBODY = -1


@dataclass(frozen=True, eq=False)
class PackedWeights(EventWeights):
    """Weights of a sparse layer, in groups of neurons that share no input.

    A group is stored as the weights of one dense neuron, each with the number of the neuron that
    it belongs to. An input has one weight per group: as many products, at the same places, for
    every input. Sums are kept in slots, a block of ``width`` for each group. Weights that no
    neuron owns go to the last slot of their group, which is nobody's.

    Source: Hunter, Spracklen and Ahmad 2022 (Combine, Multiply, Route, Sum).

    Attributes:
        values: Weights, shape (n_in, n_groups), of 32 or 64 bits.
        kernel_ids: Slot within the group that each weight belongs to, shape (n_in, n_groups).
        width: Number of slots of a group.
        slots: Slot of each neuron, shape (n_out,).

    Raises:
        SpikearmError: Arrays are of other shapes or types, or slots are beyond the groups.
    """

    values: np.ndarray
    kernel_ids: np.ndarray
    width: int
    slots: np.ndarray

    def __post_init__(self) -> None:
        values = np.array(self.values, order="C")
        kernel_ids, slots = np.array(self.kernel_ids, order="C"), np.array(self.slots)
        if values.ndim != 2 or values.shape != kernel_ids.shape or slots.ndim != 1:
            raise SpikearmError(
                f"Packed weights of shape {values.shape} with kernel ids of shape "
                f"{kernel_ids.shape} are not possible: give both as (n_in, n_groups)."
            )
        if values.dtype not in (np.float32, np.float64) or kernel_ids.dtype != np.uint8:
            raise SpikearmError(
                f"Packed weights of type {values.dtype} with kernel ids of type "
                f"{kernel_ids.dtype} are not possible: give float32 or float64, and uint8."
            )
        if not isinstance(self.width, int | np.integer) or (
            slots.size and not np.issubdtype(slots.dtype, np.integer)
        ):
            raise SpikearmError(
                f"A width of {self.width!r} with slots of type {slots.dtype} is not possible: give "
                "integers."
            )
        n_slots = values.shape[1] * self.width
        if kernel_ids.max(initial=0) >= self.width or not (
            slots.min(initial=0) >= 0 and slots.max(initial=0) < max(n_slots, 1)
        ):
            raise SpikearmError(
                f"Kernel ids to {kernel_ids.max(initial=0)} and slots to {slots.max(initial=0)} "
                f"are not possible in groups of {self.width} slots, {n_slots} in all."
            )
        for name, array in {"values": values, "kernel_ids": kernel_ids, "slots": slots}.items():
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def n_in(self) -> int:
        """Number of inputs."""
        return self.values.shape[0]

    @property
    def n_out(self) -> int:
        """Number of neurons."""
        return self.slots.size

    @property
    def n_groups(self) -> int:
        """Number of groups of neurons that share no input."""
        return self.values.shape[1]

    @property
    def n_weights(self) -> int:
        """Number of stored weights that belong to a neuron."""
        return int((self._owners != NOBODY).sum())

    @property
    def efficiency(self) -> float:
        """Share of what is stored that belongs to a neuron."""
        return self.n_weights / self.values.size

    @property
    def nbytes(self) -> int:
        """Bytes of weights, kernel ids and, unless neurons are in order, their slots."""
        slots = 0 if self._in_order else self.slots.nbytes
        return self.values.nbytes + self.kernel_ids.nbytes + slots

    def multiply(self, activations: np.ndarray) -> Product:
        """Compute the product with all activations: sparse weights, dense activations.

        Args:
            activations: Activation of each input, shape (n_in,).

        Raises:
            SpikearmError: Activations have another shape.
        """
        activations = checked_activations(activations, self.values.dtype, (self.n_in,))
        slots = self._empty_slots()
        macs = multiply_packed(self.values, self.kernel_ids, self.width, activations, slots)
        return Product(self._neurons(slots), macs)

    def unpack(self) -> np.ndarray:
        """Return the weights with their zeros, shape (n_out, n_in)."""
        weights = np.zeros((self.n_out, self.n_in), self.values.dtype)
        inputs, groups = np.nonzero(self._owners != NOBODY)
        weights[self._owners[inputs, groups], inputs] = self.values[inputs, groups]
        return weights

    @cached_property
    def _owners(self) -> np.ndarray:
        """Neuron that each stored weight belongs to, shape (n_in, n_groups)."""
        neurons = np.full(self._n_slots, NOBODY)
        neurons[self.slots] = np.arange(self.n_out)
        return neurons[np.arange(self.n_groups) * self.width + self.kernel_ids]

    @cached_property
    def _in_order(self) -> bool:
        return np.array_equal(self.slots, np.arange(self.n_out))

    @cached_property
    def _n_slots(self) -> int:
        return self.n_groups * self.width

    def _empty_slots(self) -> np.ndarray:
        return np.zeros(self._n_slots, self.values.dtype)

    def _neurons(self, slots: np.ndarray) -> np.ndarray:
        return slots[: self.slots.size] if self._in_order else slots[self.slots]

    def _add_selected(self, indices: np.ndarray, activations: np.ndarray) -> tuple[np.ndarray, int]:
        slots = self._empty_slots()
        macs = multiply_packed_selected(
            self.values, self.kernel_ids, self.width, indices, activations, slots
        )
        return self._neurons(slots), macs
