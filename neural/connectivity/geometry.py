"""Geometry of a convolution."""

from dataclasses import dataclass
from typing import Literal

from spikearm.arm_models import SpikearmError

Padding = Literal["valid", "same"]


@dataclass(frozen=True)
class Axis:
    """Geometry of a convolution along one axis.

    Attributes:
        n_in: Size of the input.
        n_kernel: Size of the kernel.
        stride: Distance between two outputs, in inputs.
        padding: ``valid`` for outputs that see inputs alone; ``same`` for an output per stride,
            with zeros on both sides, one more behind than before where their number is odd, as
            TensorFlow and Nengo have it.

    Raises:
        SpikearmError: A size or stride is less than 1, or the padding has another name.
    """

    n_in: int
    n_kernel: int
    stride: int
    padding: Padding

    def __post_init__(self) -> None:
        if min(self.n_in, self.n_kernel, self.stride) < 1:
            raise SpikearmError(
                f"A convolution of {self.n_in} inputs by a kernel of {self.n_kernel} with a "
                f"stride of {self.stride}: give 1 or more of each."
            )
        if self.padding not in ("valid", "same"):
            raise SpikearmError(f"A padding '{self.padding}': give 'valid' or 'same'.")

    @property
    def n_out(self) -> int:
        """Size of the output; 0 where the kernel is larger than the input."""
        if self.padding == "same":
            return -(-self.n_in // self.stride)
        return max(0, (self.n_in - self.n_kernel) // self.stride + 1)

    @property
    def before(self) -> int:
        """Number of zeros in front of the input."""
        if self.padding == "valid":
            return 0
        return max(0, (self.n_out - 1) * self.stride + self.n_kernel - self.n_in) // 2

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """Size of the input, size of the output, stride and padding before."""
        return self.n_in, self.n_out, self.stride, self.before

    def fan_out(self, position: int) -> int:
        """Return the number of outputs that see an input."""
        place = position + self.before
        seen = (place - y * self.stride for y in range(self.n_out))
        return sum(0 <= offset < self.n_kernel for offset in seen)
