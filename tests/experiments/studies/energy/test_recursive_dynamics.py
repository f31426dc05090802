"""The recursions against MuJoCo, on chains drawn at random."""

import mujoco
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.experiments.studies.energy.recursive_dynamics import Link, chain_dynamics

GRAVITY = np.array([0.4, -0.9, -9.6])
TOOL = np.array([0.07, -0.04, 0.12])


def draw_links(n: int, rng: np.random.Generator) -> list[Link]:
    links = []
    for _ in range(n):
        turn = Rotation.random(rng=rng).as_matrix()
        links.append(
            Link(
                offset=rng.uniform(-0.3, 0.3, 3),
                rotation=Rotation.random(rng=rng).as_matrix(),
                mass=rng.uniform(0.3, 3.0),
                center=rng.uniform(-0.1, 0.1, 3),
                inertia=turn @ np.diag(rng.uniform(0.02, 0.03, 3)) @ turn.T,
                armature=rng.uniform(0.01, 0.05),
            )
        )
    return links


def in_mujoco(links: list[Link]) -> mujoco.MjModel:
    spec = mujoco.MjSpec()
    spec.option.gravity = GRAVITY
    body = spec.worldbody
    for link in links:
        quaternion = Rotation.from_matrix(link.rotation).as_quat(scalar_first=True)
        body = body.add_body(pos=link.offset, quat=quaternion, mass=link.mass, ipos=link.center)
        body.explicitinertial = True
        body.fullinertia = link.inertia[[0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]
        body.add_joint(type=mujoco.mjtJoint.mjJNT_HINGE, axis=[0, 0, 1], armature=link.armature)
    body.add_site(name="hand", pos=TOOL)
    return spec.compile()


@pytest.mark.parametrize("n", [1, 4, 7])
def test_the_recursions_give_what_mujoco_gives(n):
    rng = np.random.default_rng(n)
    links = draw_links(n, rng)
    q, dq = rng.uniform(-2, 2, n), rng.uniform(-3, 3, n)
    ours = chain_dynamics(links, TOOL, GRAVITY, q, dq)
    model = in_mujoco(links)
    data = mujoco.MjData(model)
    data.qpos[:], data.qvel[:] = q, dq
    mujoco.mj_fwdPosition(model, data)
    mujoco.mj_fwdVelocity(model, data)
    jacobian, change, mass_matrix = np.zeros((6, n)), np.zeros((6, n)), np.zeros((n, n))
    mujoco.mj_jacSite(model, data, jacobian[:3], jacobian[3:], 0)
    mujoco.mj_jacDot(model, data, change[:3], change[3:], data.site_xpos[0], n)
    mujoco.mj_fullM(model, data, mass_matrix)
    np.testing.assert_allclose(ours.jacobian, jacobian, atol=1e-12)
    np.testing.assert_allclose(ours.bias_acceleration, change @ dq, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours.mass_matrix, mass_matrix, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(ours.bias_force, data.qfrc_bias, rtol=1e-9, atol=1e-9)
