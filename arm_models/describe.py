"""Words for the parts of a MuJoCo model, in messages."""

import mujoco

Obj = mujoco.mjtObj
EQUALITIES = {
    mujoco.mjtEq.mjEQ_CONNECT: "connection",
    mujoco.mjtEq.mjEQ_WELD: "weld",
    mujoco.mjtEq.mjEQ_JOINT: "coupling of joints",
    mujoco.mjtEq.mjEQ_TENDON: "coupling of tendons",
}
TIED = {mujoco.mjtEq.mjEQ_JOINT: Obj.mjOBJ_JOINT, mujoco.mjtEq.mjEQ_TENDON: Obj.mjOBJ_TENDON}


def describe(model: mujoco.MjModel, kind: mujoco.mjtObj, number: int) -> str:
    """Return the quoted name of a part, or its number where it has no name."""
    name = mujoco.mj_id2name(model, kind, number)
    return f"'{name}'" if name else f"number {number}"


def describe_equality(model: mujoco.MjModel, equality: int) -> str:
    """Return the kind of an equality constraint, its name, and what it ties together."""
    kind = mujoco.mjtEq(int(model.eq_type[equality]))
    name = mujoco.mj_id2name(model, Obj.mjOBJ_EQUALITY, equality)
    tied = TIED.get(kind, mujoco.mjtObj(int(model.eq_objtype[equality])))
    parts = (int(model.eq_obj1id[equality]), int(model.eq_obj2id[equality]))
    title = EQUALITIES.get(kind, "equality constraint") + (f" '{name}'" if name else "")
    return f"{title} of {' and '.join(describe(model, tied, part) for part in parts if part >= 0)}"


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
