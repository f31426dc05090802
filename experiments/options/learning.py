"""Learning beside a controller."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.experiments.controllers import Adaptation
from spikearm.experiments.needs import Need
from spikearm.experiments.options.new_paths import check_new_file
from spikearm.experiments.unset import Unset


@dataclass(frozen=True)
class Learning:
    """Learning beside a controller, and files of learned weights.

    Attributes:
        adaptive: Repeat the reaches with an adaptive network that learns beside the controller.
        learned: File of weights that were learned before, to start from.
        keep_learned: New file for the weights that are learned.
        freeze: Keep the weights as they are.
    """

    NEEDS: ClassVar = (
        Need(("learned", "keep_learned", "freeze"), lambda one: one.adaptive, "with --adaptive"),
    )

    adaptive: bool = False
    learned: Unset[Path] = None
    keep_learned: Unset[Path] = None
    freeze: bool = False

    def adaptation(self, config: AdaptationConfig) -> Adaptation:
        """Read what was learned before, and check that what will be learned can be written.

        Args:
            config: Settings of the adaptive network.

        Raises:
            SpikearmError: A file is none, holds something else, or is there already.
        """
        if self.keep_learned is not None:
            check_new_file(self.keep_learned, ".npz")
        learned = None if self.learned is None else LearnedWeights.load(self.learned)
        return Adaptation(config, learned, self.freeze)
