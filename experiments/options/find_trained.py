"""The trained controller that a command takes."""

from collections.abc import Sequence
from pathlib import Path

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.weights.shipped_folder import shipped_file, shipped_name, shipped_names
from spikearm.controller.weights.trained import TrainedController, shipped
from spikearm.experiments.controllers import ChosenController


def find_trained(
    arm: Arm,
    path: Path | None,
    controllers: Sequence[str],
    gravity_known: bool = True,
    between: bool = False,
) -> TrainedController | None:
    """Load the trained weights that controllers need: these, or those that ship for the arm.

    Args:
        arm: The arm.
        path: File of the weights, or the name of a controller that ships; the one that ships for
            arm and task when left out.
        controllers: Names of the controllers that are to run.
        gravity_known: True if controllers are to bear the arm's weight, if it has any.
        between: True if motions go from pose to pose; without a controller for that, the one for
            reaches from home is taken.

    Returns:
        Trained weights; None where no controller needs them.

    Raises:
        SpikearmError: There is none, or it was trained for an arm of other joints, or to bear a
            weight that this one should not bear, or not to bear one that it should.
    """
    if not any(ChosenController(name).spec.needs_training for name in controllers):
        return None
    heavy = gravity_known and bool(arm.model.gravity.any())
    if path is None:
        between = between and shipped_name(arm.name, heavy, between) in shipped_names()
        trained = shipped(arm.name, heavy, between)
    else:
        trained = TrainedController.load(_named_or_file(path))
    _check_joints(trained, arm)
    _check_gravity(trained, heavy)
    return trained


def _named_or_file(path: Path) -> Path:
    """Return the file of a controller that ships where its name is given instead of a file."""
    name = str(path)
    return shipped_file(name) if not path.is_file() and name in shipped_names() else path


def _check_joints(trained: TrainedController, arm: Arm) -> None:
    joints = trained.about["joints"]
    if joints != list(arm.chain.joints):
        raise SpikearmError(
            f"The trained controller moves joints {', '.join(joints)}, but arm '{arm.name}' has "
            f"{', '.join(arm.chain.joints)}. Train one for it with `spikearm train`."
        )


def _check_gravity(trained: TrainedController, heavy: bool) -> None:
    if trained.knows_gravity and not heavy:
        raise SpikearmError(
            "The trained controller bears the arm's weight, where none is to be known. Train one "
            "with `spikearm train --weightless`."
        )
    if heavy and not trained.knows_gravity:
        raise SpikearmError(
            "The trained controller was trained for a weightless arm, and would let this one fall. "
            "Train one without --weightless, or let it learn gravity with `spikearm adapt`."
        )
