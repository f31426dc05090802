"""Equality constraints that act on the arm: welds, connections, loops, couplings."""

import logging
from collections.abc import Sequence

import mujoco
import numpy as np

from spikearm.arm_models.describe import describe_equality, equality_bodies
from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.loading.probes import degrees_of_freedom, probe

logger = logging.getLogger(__name__)

TINY = 1e-9  # of a Jacobian's entries


def release_arm(spec: mujoco.MjSpec, model: mujoco.MjModel, names: Sequence[str]) -> None:
    """Switch off the constraints by which mocap bodies drive the arm, and refuse others.

    Args:
        spec: Specification of the model; its constraints are switched off.
        model: Model as compiled from it.
        names: Names of the controlled joints.

    Raises:
        SpikearmError: Another constraint acts on the controlled joints.
    """
    for equality in sorted(_acting(model, names)):
        title = describe_equality(model, equality)
        roots = [int(model.body_rootid[body]) for body in equality_bodies(model, equality)]
        if not any(model.body_mocapid[root] >= 0 for root in roots):
            raise SpikearmError(
                f"The {title} acts on the arm's joints, and no controller knows its force. Take it "
                "out of the file, or give it active='false'."
            )
        spec.equalities[equality].active = False
        logger.warning("The %s is switched off: torques drive the arm.", title)


def _acting(model: mujoco.MjModel, names: Sequence[str]) -> set[int]:
    """Find the active equality constraints that can push the joints."""
    dofs, rng, acting = degrees_of_freedom(model, names), np.random.default_rng(0), set()
    for data in probe(model, names):
        equal = data.efc_type == mujoco.mjtConstraint.mjCNSTR_EQUALITY
        for equality in set(data.efc_id[equal].tolist()) - acting:
            force, rows = np.zeros(model.nv), equal & (data.efc_id == equality)
            mujoco.mj_mulJacTVec(model, data, force, rows * rng.uniform(1.0, 2.0, data.nefc))
            if (np.abs(force[dofs]) > TINY).any():
                acting.add(equality)
    return acting
