"""From a model file to an arm's profile: found, changed, posed, weighed and tried."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spikearm.arm_models import Arm
from spikearm.arm_models.loading.profile import ArmProfile, file_hash
from spikearm.experiments.onboarding.armature import ArmatureProposal, propose_armature
from spikearm.experiments.onboarding.home_candidate import HomeCandidate, measure_home
from spikearm.experiments.onboarding.home_search import search_home
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.training.training_config import TrainingConfig


@dataclass(frozen=True)
class PosedArm:
    """Arm at its home pose, and the poses that were looked at.

    Attributes:
        plant: Description of the arm, with the pose.
        arm: The arm.
        candidates: Poses, the best first.
    """

    plant: ArmConfig
    arm: Arm
    candidates: Sequence[HomeCandidate]


def pose_arm(
    plant: ArmConfig, arm: Arm, seed: int, advance: Callable[[], object] = lambda: None
) -> PosedArm:
    """Load an arm at the home pose that reaches farthest; one that is given stays.

    Args:
        plant: Description of the arm.
        arm: The arm as it was loaded from it.
        seed: Seed of the search.
        advance: Function that is called for every pose that is followed.

    Raises:
        SpikearmError: No pose will do.
    """
    if plant.home is not None:
        return PosedArm(plant, arm, [measure_home(arm.model, arm.chain.home)])
    found = search_home(arm.model, seed, advance)
    home = tuple(np.round(found[0].joints, 6).tolist())
    if found[0].is_files:
        return PosedArm(replace(plant, home=home), arm, found)
    plant = replace(plant, home=home)
    return PosedArm(plant, plant.load(), found)


def weigh_arm(posed: PosedArm, training: TrainingConfig) -> tuple[PosedArm, ArmatureProposal]:
    """Propose rotor inertia for joints that are too light, and load the arm with it.

    Rotor inertia that is given stays.

    Args:
        posed: The arm at its home pose.
        training: Size of the network that is to control it.
    """
    plant = posed.plant

    def load(armature: tuple[float, ...]) -> Arm:
        return replace(plant, armature=armature).load()

    proposal = propose_armature(posed.arm, training, load if plant.armature is None else None)
    if not proposal.is_change:
        return posed, proposal
    plant = replace(plant, armature=proposal.armature)
    return replace(posed, plant=plant, arm=plant.load()), proposal


def profile_of(plant: ArmConfig, arm: Arm, name: str, file: Path) -> ArmProfile:
    """Return the profile with which an arm is loaded as it is.

    Args:
        plant: Description of the arm.
        arm: The arm.
        name: Name of the arm.
        file: Its model file.
    """
    chain = arm.chain
    model, _ = arm.scene
    return ArmProfile(
        name=name,
        file=str(file.resolve()),
        sha256=file_hash(file),
        joints=chain.joints,
        end_effector=plant.end_effector or model.site(chain.site).name,
        home=tuple(chain.home.tolist()),
        torque_limits=tuple(chain.torque_limits.tolist()),
        velocity_limits=tuple(chain.velocity_limits.tolist()),
        armature=tuple(arm.model.armature.tolist()),
        end_effector_offset=plant.end_effector_offset,
    )
