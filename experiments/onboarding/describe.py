"""Tables of what a file holds and of the home poses that were tried."""

from collections.abc import Sequence

import numpy as np
from rich.table import Table

from spikearm.arm_models import Arm
from spikearm.experiments.onboarding.home_candidate import HomeCandidate
from spikearm.experiments.tables import make_table

N_SHOWN = 5  # candidates
HOME_TERMS = (
    ("mm", "radius of the largest circle of targets that is reached"),
    ("turns mm", "the same, with turns of the hand by 30 degrees"),
    ("cond.", "smallest singular value of the hand's Jacobian on the circle; 0: stuck"),
    ("load %", "share of a joint's torque limit that holding the arm takes, at most"),
)


def joint_table(arm: Arm) -> Table:
    """Return a table of an arm's joints; a star marks an estimate."""
    chain, model = arm.chain, arm.model
    inertia = np.diag(model.dynamics(chain.home).mass_matrix)
    table = make_table(
        f"{arm.name}: {chain.n_joints} joints, {model.mass:.2f} kg",
        ("joint", "from", "to", "N m", "rad/s", "friction N m", "kg m^2"),
        left=("joint",), no_wrap=("joint",),
    )  # fmt: skip
    for i, name in enumerate(chain.joints):
        star = "*" if name in chain.estimated_velocities else ""
        numbers = (chain.lower[i], chain.upper[i], chain.torque_limits[i])
        speed = f"{chain.velocity_limits[i]:.3g}{star}"
        more = (model.friction[i], inertia[i])
        table.add_row(
            name, *(f"{n:.3g}" for n in numbers), speed, *(f"{n:.2g}" for n in more)
        )  # fmt: skip
    return table


def home_table(candidates: Sequence[HomeCandidate]) -> Table:
    """Return a table of home poses, the best first, and the file's own."""
    table = make_table(
        "Home poses: the first is taken, * is the file's",
        ("mm", "turns mm", "cond.", "load %", "joints"), left=("joints",), no_wrap=("joints",),
    )  # fmt: skip
    for number, one in enumerate(candidates):
        if number < N_SHOWN or one.is_files:
            radii = (f"{1e3 * one.circle:.0f}", f"{1e3 * one.pose:.0f}")
            share, star = f"{100 * one.load:.0f}", "*" if one.is_files else ""
            table.add_row(*radii, f"{one.conditioning:.2f}", share, _numbers(one.joints) + star)
    return table


def _numbers(values: np.ndarray) -> str:
    return " ".join(f"{value:.2f}".rstrip("0").rstrip(".") for value in values + 0.0)
