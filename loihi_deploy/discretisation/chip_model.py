"""Models that nengo-loihi builds networks into, by the stages of the pipeline."""

from typing import Any

from spikearm.loihi_deploy.discretisation.blocks import FloatBlocks, IntegerBlocks
from spikearm.loihi_deploy.discretisation.rectified_inputs import RectifiedNeurons, is_rectified
from spikearm.loihi_deploy.discretisation.rescaling import rescale_in_place
from spikearm.loihi_deploy.discretisation.zeros import drop_zeros_in_place
from spikearm.loihi_deploy.nengo_loihi_compat import (
    Model,
    UnvalidatedModel,
    ValidationLevel,
    discretize_model,
    validate_model,
)


class ChipModel(Model):
    """Model whose blocks are stored without zeros once they are discretised.

    For ``nengo_loihi.Simulator`` and for :class:`spikearm.loihi_deploy.simulator.Simulator`, whose
    default it is.

    Attributes:
        n_weights: Number of weights as built, zeros among them.
    """

    n_weights: int

    def build(self, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Build an object; a whole network goes on to the chip's integers.

        Raises:
            BuildError: The network does not fit the chip.
        """
        if "discretize" not in kwargs:  # a part of the network
            return self._build_part(obj, *args, **kwargs)
        level, self.validation_level = self.validation_level, ValidationLevel.NONE
        built = super().build(obj, *args, **{**kwargs, "discretize": False})
        self.n_weights = sum(one.size() for block in self.blocks for one in block.synapses)
        if kwargs["discretize"]:
            self.discretise()
        self.validation_level = level
        validate_model(self)
        return built

    def _build_part(self, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Build an object; inputs that are rectified are coded so at the chip's border."""
        usual = self.node_neurons
        if is_rectified(obj):
            self.node_neurons = RectifiedNeurons(self.dt)
        built = super().build(obj, *args, **kwargs)
        self.node_neurons = usual
        return built

    def discretise(self) -> None:
        """Convert the blocks to the chip's integers."""
        discretize_model(self)
        drop_zeros_in_place(IntegerBlocks.of_model(self))


class RescaledModel(ChipModel):
    """Model whose blocks are rescaled before they are discretised."""

    def discretise(self) -> None:
        """Rescale the blocks, then convert them to the chip's integers."""
        rescale_in_place(FloatBlocks.of_model(self))
        super().discretise()


class UnvalidatedChipModel(ChipModel, UnvalidatedModel):
    """Model whose blocks may be larger than the chip."""


class UnvalidatedRescaledModel(RescaledModel, UnvalidatedModel):
    """Model of the same kind that is rescaled."""
