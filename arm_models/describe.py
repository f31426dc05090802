"""Words for the parts of a MuJoCo model, in messages."""

import mujoco

Obj = mujoco.mjtObj
KINDS = {
    mujoco.mjtEq.mjEQ_CONNECT: "connection",
    mujoco.mjtEq.mjEQ_WELD: "weld",
    mujoco.mjtEq.mjEQ_JOINT: "coupling",
    mujoco.mjtEq.mjEQ_TENDON: "coupling of tendons",
}


def describe(model: mujoco.MjModel, kind: mujoco.mjtObj, number: int) -> str:
    """Return the quoted name of a part, or its number where it has no name."""
    name = mujoco.mj_id2name(model, kind, number)
    return f"'{name}'" if name else f"number {number}"


def describe_equality(model: mujoco.MjModel, equality: int) -> str:
    """Return the kind of an equality constraint, its name, and what it ties together."""
    kind = KINDS.get(mujoco.mjtEq(int(model.eq_type[equality])), "equality constraint")
    name = mujoco.mj_id2name(model, Obj.mjOBJ_EQUALITY, equality)
    parts = [int(model.eq_obj1id[equality]), int(model.eq_obj2id[equality])]
    of = mujoco.mjtObj(int(model.eq_objtype[equality]))
    ties = " and ".join(describe(model, of, part) for part in parts if part >= 0)
    return f"{kind} '{name}' of {ties}" if name else f"{kind} of {ties}"


def equality_bodies(model: mujoco.MjModel, equality: int) -> list[int]:
    """Return the bodies that a weld or a connection ties together; none for other kinds."""
    parts = [int(model.eq_obj1id[equality]), int(model.eq_obj2id[equality])]
    of = mujoco.mjtObj(int(model.eq_objtype[equality]))
    if of == Obj.mjOBJ_SITE:
        return [int(model.site_bodyid[part]) for part in parts]
    return parts if of == Obj.mjOBJ_BODY else []


def describe_contact(model: mujoco.MjModel, contact: mujoco.MjContact) -> str:
    """Return the bodies that touch."""
    geoms = [int(geom) for geom in contact.geom if geom >= 0]
    if len(geoms) < 2:
        return "contact with a flexible body"
    one, other = (describe(model, Obj.mjOBJ_BODY, model.geom_bodyid[geom]) for geom in geoms)
    return f"contact of {one} and {other}"
