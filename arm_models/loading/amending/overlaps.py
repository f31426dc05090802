"""Links whose shapes overlap however the arm's joints are turned."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence

import mujoco

from spikearm.arm_models.describe import Obj, describe
from spikearm.arm_models.loading.probes import degrees_of_freedom, probe
from spikearm.arm_models.names import free_name

logger = logging.getLogger(__name__)

N_POSES = 16
ALWAYS = 0.9  # of the poses


def part_links(spec: mujoco.MjSpec, model: mujoco.MjModel, names: Sequence[str]) -> None:
    """Switch off the contact of bodies that touch however the joints are turned.

    Shapes for collisions are often coarse: then a link presses on the next but one for good.

    Args:
        spec: Specification of the model; pairs of bodies are excluded from contact.
        model: Model as compiled from it.
        names: Names of the controlled joints.
    """
    dofs = set(degrees_of_freedom(model, names).tolist())
    counts = Counter(
        pair for data in probe(model, names, N_POSES) for pair in set(_pressing(model, data, dofs))
    )
    for pair, count in counts.items():
        if count >= ALWAYS * N_POSES:
            one, other = (describe(model, Obj.mjOBJ_BODY, body) for body in pair)
            logger.warning("Contact of %s and %s is off: they overlap in any pose.", one, other)
            _exclude(spec, pair)


def _pressing(
    model: mujoco.MjModel, data: mujoco.MjData, dofs: set[int]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of bodies that touch and that the joints move against each other."""
    for contact in data.contact:
        geoms = contact.geom
        if (geoms >= 0).all() and contact.dist < 0:
            one, other = sorted(int(model.geom_bodyid[geom]) for geom in geoms)
            if _moving(model, one) & dofs != _moving(model, other) & dofs:
                yield one, other


def _moving(model: mujoco.MjModel, body: int) -> set[int]:
    """Return the degrees of freedom that move a body."""
    dofs: set[int] = set()
    while body:
        first = int(model.body_dofadr[body])
        dofs.update(range(first, first + int(model.body_dofnum[body])))
        body = int(model.body_parentid[body])
    return dofs


def _exclude(spec: mujoco.MjSpec, pair: tuple[int, int]) -> None:
    bodies = [next(body for body in spec.bodies if body.id == number) for number in pair]
    for body in bodies:
        body.name = body.name or free_name(spec.body, "unnamed")
    one, other = (body.name for body in bodies)
    spec.add_exclude(name=free_name(spec.exclude, "overlap"), bodyname1=one, bodyname2=other)
