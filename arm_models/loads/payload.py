"""Payload in the hand."""

import mujoco
import numpy as np

from spikearm.arm_models.errors import SpikearmError

DENSITY = 7800.0  # kg/m^3, steel: the size of the ball that is drawn and felt


def fix_payload(
    spec: mujoco.MjSpec,
    model: mujoco.MjModel,
    name: str,
    site: int,
    mass: float,
    offset: tuple[float, float, float],
) -> None:
    """Fix a steel ball to a site, in place of an earlier one.

    Args:
        spec: Specification that the model is compiled from; it is changed.
        model: Model as last compiled from it.
        name: Name of the ball.
        site: Id of the site.
        mass: Mass of the ball [kg]; 0 removes the payload.
        offset: Centre of the ball in the site's frame, shape (3,) [m].

    Raises:
        SpikearmError: The mass is negative or not finite.
    """
    if not 0 <= mass < np.inf:
        raise SpikearmError(f"A payload cannot weigh {mass} kg: give a mass of 0 kg or more.")
    if (old := spec.body(name)) is not None:
        spec.delete(old)
    if mass == 0:
        return
    holder = spec.sites[site].parent
    # The compiled site, because the file may turn or nest it in many ways.
    frame = holder.add_frame(pos=model.site_pos[site], quat=model.site_quat[site])
    body = holder.add_body(name=name, pos=offset)
    body.set_frame(frame)
    radius = (mass / DENSITY * 3 / (4 * np.pi)) ** (1 / 3)
    body.add_geom(
        type=mujoco.mjtGeom.mjGEOM_SPHERE, size=[radius, 0, 0], mass=mass,
        contype=0, conaffinity=0, rgba=[0.75, 0.15, 0.15, 1],
    )  # fmt: skip
