"""Controllers with eyes in their network."""

from dataclasses import replace
from typing import NamedTuple

from spikearm.arm_models import SpikearmError
from spikearm.controller.controller import Controller
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.eye_on_chip.chip_eyes import ChipEyes
from spikearm.perception.eye.eye_weights import EyeWeights

STAGE, BACKEND = "loihi", "engine"


class SeeingController(NamedTuple):
    """Controller, and eyes that may be in its network.

    Attributes:
        controller: Controller.
        eyes: Eyes in its network; None if there are none.
    """

    controller: Controller
    eyes: ChipEyes | None = None


def check_takes_eyes(chosen: ChosenController) -> None:
    """Refuse a controller that cannot have eyes in its network.

    Raises:
        SpikearmError: It is of another stage, or on another backend.
    """
    stage, backend = chosen.spec.stage, chosen.backends[-1]
    if (stage, backend) == (STAGE, BACKEND):
        return
    kind = "has no neurons" if stage is None else f"is of stage {stage} on backend {backend}"
    raise SpikearmError(
        f"Controller '{chosen.label}' {kind}: eyes on the chip run in the network of a controller "
        f"of stage {STAGE} on backend {BACKEND}. Choose such a controller, or eyes that are not on "
        "the chip."
    )


def make_seeing(
    chosen: ChosenController, setup: ControllerSetup, weights: EyeWeights
) -> SeeingController:
    """Make a controller with an eye for each camera in its network.

    Args:
        chosen: Controller of stage loihi.
        setup: Its parameters.
        weights: Weights of the eyes.

    Raises:
        SpikearmError: It cannot have eyes in its network.
    """
    check_takes_eyes(chosen)
    eyes = ChipEyes(weights)
    subnetworks = (*setup.subnetworks, eyes)
    made = chosen.make(replace(setup, subnetworks=subnetworks))
    return SeeingController(made, eyes)
