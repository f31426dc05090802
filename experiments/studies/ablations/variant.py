"""Variants of a controller, each with one part removed or changed."""

from dataclasses import dataclass, replace

from spikearm.controller.training.compression import CompressionConfig
from spikearm.experiments.studies.ablations.simulations import NeuronToNeuron
from spikearm.experiments.training.training_config import TrainingConfig
from spikearm.loihi_deploy.backends.engine import EngineSimulation, FloatSimulation

PER_PAIR = 30  # product neurons per pair of latent number and command
COMMANDS = 6  # numbers of the command
LENGTHS = (2, 4, 6, 8, 10, 14)  # of the latent code
LATENT = 10
LENGTH_NAME = "latent code of"
SEED = 0


@dataclass(frozen=True)
class Variant:
    """Controller with one part removed or changed.

    Attributes:
        name: Name of the change.
        config: Configuration of the training.
        chip: Simulation of stage ``loihi``.
        recorded: True if the readout is learned from recorded activity, False if from steady
            rates in closed form.
    """

    name: str
    config: TrainingConfig
    chip: type[EngineSimulation] = EngineSimulation
    recorded: bool = True


def list_variants(reaches: int, recordings: int, epochs: int) -> list[Variant]:
    """List the variants, the whole controller first.

    Args:
        reaches: Number of reaches that samples are taken beside.
        recordings: Number of states in which the activity of the chip's neurons is recorded.
        epochs: Epochs of the deep network.
    """

    def config(n_latent: int = LATENT, per_pair: int = PER_PAIR) -> TrainingConfig:
        return TrainingConfig(
            reaches, recordings, products=COMMANDS * n_latent * per_pair,
            compression=CompressionConfig(n_latent=n_latent, epochs=epochs), seed=SEED,
        )  # fmt: skip

    whole = config()
    raw = replace(whole, compression=replace(whole.compression, epochs=0))
    return [
        Variant("nothing", whole),
        Variant("deep network as the NEF makes it, not trained", raw),
        Variant("readout from steady rates, without recordings", whole, recorded=False),
        Variant("latent code by weights from neuron to neuron", whole, NeuronToNeuron),
        Variant("weights and membranes in floating point", whole, FloatSimulation),
        Variant("10 neurons per product", config(per_pair=10)),
        Variant("60 neurons per product", config(per_pair=60)),
        *(Variant(f"{LENGTH_NAME} {k}", config(k)) for k in LENGTHS if k != LATENT),
    ]
