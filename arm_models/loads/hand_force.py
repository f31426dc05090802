"""External forces at the hand."""

from dataclasses import dataclass, field
from functools import cached_property

import mujoco
import numpy as np

from spikearm.arm_models.dynamics import LINEAR_FIRST, SITE
from spikearm.arm_models.errors import SpikearmError


@dataclass(frozen=True)
class HandForce:
    """Constant wrench, and a force that depends on the hand's velocity: ``f = f_0 + B v``.

    All in the world frame, at the hand.

    Attributes:
        wrench: Force, then torque, shape (6,) [N, N m].
        viscous: ``B``, force per linear velocity of the hand, shape (3, 3) [N s/m].
    """

    wrench: np.ndarray = field(default_factory=lambda: np.zeros(6))
    viscous: np.ndarray = field(default_factory=lambda: np.zeros((3, 3)))

    def __post_init__(self) -> None:
        self._check("wrench", (6,), "Wrench", "a force and a torque, 6 finite numbers")
        self._check("viscous", (3, 3), "Force field", "3 rows of 3 finite numbers")

    @cached_property
    def acts(self) -> bool:
        """True if there is any force."""
        return bool(self.wrench.any() or self.viscous.any())

    def apply(self, model: mujoco.MjModel, data: mujoco.MjData, site: int) -> None:
        """Set the joint forces of the next step.

        Args:
            model: Compiled model.
            data: Data of the model, whose velocity stage must be current.
            site: Id of the hand's site.
        """
        twist = np.zeros(6)
        mujoco.mj_objectVelocity(model, data, SITE, site, twist, 0)
        force = self.wrench[:3] + self.viscous @ twist[LINEAR_FIRST][:3]
        data.qfrc_applied[:] = 0.0
        mujoco.mj_applyFT(
            model, data, force, self.wrench[3:], data.site_xpos[site],
            model.site_bodyid[site], data.qfrc_applied,
        )  # fmt: skip

    def _check(self, name: str, shape: tuple[int, ...], what: str, wanted: str) -> None:
        values = np.array(getattr(self, name), dtype=float)
        if values.shape != shape or not np.isfinite(values).all():
            raise SpikearmError(f"{what} {values.tolist()} does not fit: give {wanted}.")
        values.setflags(write=False)
        object.__setattr__(self, name, values)
