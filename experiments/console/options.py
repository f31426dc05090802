"""Options and checks that several commands share."""

import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.spiking.shipped_folder import BETWEEN, shipped_file, shipped_names
from spikearm.controller.spiking.trained import TrainedController, shipped
from spikearm.experiments.controllers import Adaptation, ChosenController
from spikearm.experiments.needs import Need
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.records.records import check_new_folder
from spikearm.experiments.tasks.centre_out import forward_axis
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


def default_folder(name: str) -> Path:
    """Name a new run folder after what runs and when."""
    return Path("runs") / f"{name}-{datetime.now():%Y%m%d-%H%M%S}"


def new_folder(out: Path | None, name: str) -> Path:
    """Return the folder of the results, which is new.

    Args:
        out: Folder that was asked for; a dated one in ``runs`` when left out.
        name: Beginning of the dated one's name.

    Raises:
        SpikearmError: It is taken, or cannot be written.
    """
    folder = out or default_folder(name)
    try:
        check_new_folder(folder)
    except SpikearmError as error:
        raise SpikearmError(f"{error} The option is --out.") from error
    return folder


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
            the arm when left out.
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
        trained = shipped(arm.name, heavy, between and f"{arm.name}{BETWEEN}" in shipped_names())
    else:
        trained = TrainedController.load(_named_or_file(path))
    _check_joints(trained, arm)
    _check_gravity(trained, heavy)
    return trained


def _named_or_file(path: Path) -> Path:
    """Return the file of a controller that ships where its name is given instead of a file."""
    name = str(path)
    return shipped_file(name) if not path.exists() and name in shipped_names() else path


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


def check_new_file(path: Path, suffix: str) -> None:
    """Refuse a file that cannot be made, before any work is done.

    Raises:
        SpikearmError: It has another suffix, exists, is too long a name, or its folder cannot be
            written to.
    """
    if path.suffix != suffix:
        raise SpikearmError(f"'{path}' is of another kind: name a file that ends in {suffix}.")
    if os.path.lexists(path):
        raise SpikearmError(f"'{path}' exists. Name another file, or move it away.")
    with atomic_file(path):
        pass


def resolved_config(command: Any, name: str, arm: Arm, folder: Path) -> dict[str, Any]:
    """Collect the configuration of a run, as it is written beside the results.

    Raises:
        SpikearmError: An option is no finite number.
    """
    return {
        "command": name,
        "name": folder.name,
        "arm": arm.name,
        "joints": list(arm.chain.joints),
        "torque_limits": arm.chain.torque_limits.tolist(),
        "velocity_limits": arm.chain.velocity_limits.tolist(),
        "estimated_velocities": list(arm.chain.estimated_velocities),
        "gravity": arm.model.gravity.tolist(),
        "forward_axis": forward_axis(arm.model).tolist(),
        "options": plain_options(command),
        **provenance(),
    }


def plain_options(command: Any) -> dict[str, Any]:
    """Return the options of a command as JSON has them.

    Raises:
        SpikearmError: An option is no finite number.
    """
    return _plain(asdict(command))


def _plain(value: Any, name: str = "") -> Any:
    """Return an option's value as JSON has it.

    Raises:
        SpikearmError: It is a number that JSON has not.
    """
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, name) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise SpikearmError(f"{name} is {value}: give a finite number.")
    return str(value) if isinstance(value, Path) else value
