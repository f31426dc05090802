"""The point and frame of an arm that the controller moves."""

from collections.abc import Sequence

import mujoco

from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.names import free_name, without_prefix

USUAL_NAMES = (
    "hand", "end_effector", "ee", "ee_site", "attachment_site", "pinch", "pinch_site",
    "grasp_site", "grip_site", "tcp", "TCP", "tool0", "tool",
)  # fmt: skip


def ancestors(body: mujoco.MjsBody) -> list[mujoco.MjsBody]:
    """List a body and the bodies that carry it, up to the world."""
    chain = [body]
    while chain[-1].parent is not None and chain[-1].name != "world":
        chain.append(chain[-1].parent)
    return chain


def find_hand_site(
    spec: mujoco.MjSpec, name: str | None, offset: Sequence[float]
) -> mujoco.MjsSite:
    """Find the end effector's site, or add one where a body or an offset is given.

    Args:
        spec: The model under construction; a site may be added to it.
        name: A site or a body; left out, one of the usual names of a site.
        offset: Position of the hand in that frame, shape (3,) [m].

    Raises:
        SpikearmError: No such site or body.
    """
    if name is None:
        name = _usual_site(spec)
    if name is None:
        raise SpikearmError(
            "Which part of this arm is the hand? No site has one of the usual names, so name an "
            f"end effector. {_what_there_is(spec)}"
        )
    site = spec.site(name)
    if site is not None and not any(offset):
        return site
    if site is not None:
        return _add_site(spec, site.parent, offset, _frame_of(site))
    body = spec.body(name)
    if body is None or name == "world":
        raise SpikearmError(f"End effector '{name}' is not in this model. {_what_there_is(spec)}")
    return _add_site(spec, body, offset)


def _usual_site(spec: mujoco.MjSpec) -> str | None:
    """Find the site with a usual name; one in an attached model counts if it is alone."""
    for find in (lambda name: name, without_prefix):
        for usual in USUAL_NAMES:
            found = [site.name for site in spec.sites if find(site.name) == usual]
            if len(found) == 1:
                return found[0]
    return None


def _add_site(
    spec: mujoco.MjSpec,
    body: mujoco.MjsBody,
    offset: Sequence[float],
    frame: mujoco.MjsFrame | None = None,
) -> mujoco.MjsSite:
    site = body.add_site(name=free_name(spec.site, "spikearm_hand"), pos=list(offset))
    if frame is not None:
        site.set_frame(frame)
    return site


def _frame_of(site: mujoco.MjsSite) -> mujoco.MjsFrame:
    frame = site.parent.add_frame(pos=site.pos, quat=site.quat)
    frame.alt = site.alt  # Euler angles and the like count instead of the quaternion
    if site.frame is not None:
        frame.set_frame(site.frame)
    return frame


def _what_there_is(spec: mujoco.MjSpec) -> str:
    sites = [site.name for site in spec.sites if site.name]
    bodies = [body.name for body in spec.bodies if body.name and body.name != "world"]
    return f"Sites: {sites}. Bodies: {bodies}."
