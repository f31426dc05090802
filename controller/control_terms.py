"""The terms of the control law, sampled over the workspace: what the network learns."""

from dataclasses import dataclass

import numpy as np

from arm_models import RigidBodyModel
from controller.gains import Gains
from controller.latent import LatentCode, compress
from controller.osc import task_inertia
from controller.workspace import Workspace


@dataclass(frozen=True)
class ControlTerms:
    """Samples of the law ``u = J^T L w + u_static(q) + u_velocity(dq)``, in joint accelerations.

    Every torque is divided by the joint's inertia at home, so that an error of one counts
    alike on a shoulder and on a wrist.

    Attributes:
        positions: Sampled joint positions, shape (n_samples, n_joints) [rad].
        velocities: Sampled joint velocities, shape (n_samples, n_joints) [rad/s].
        latent: Code of the task map ``J^T L``, per unit of scaled command.
        static: Gravity and posture torque at the positions, shape (n_samples, n_joints).
        velocity: Coriolis, centrifugal and null-space damping torque at the velocities,
            with the arm at home, shape (n_samples, n_joints).
        inertia: Each joint's inertia at home, shape (n_joints,) [kg m^2].
    """

    positions: np.ndarray
    velocities: np.ndarray
    latent: LatentCode
    static: np.ndarray
    velocity: np.ndarray
    inertia: np.ndarray


def sample_terms(
    model: RigidBodyModel,
    workspace: Workspace,
    gains: Gains,
    command_scale: np.ndarray,
    n_samples: int,
    n_latent: int,
    rng: np.random.Generator,
) -> ControlTerms:
    """Sample the control law over the workspace, from the arm's model alone.

    Args:
        model: The arm's nominal dynamics.
        workspace: Region of the task.
        gains: Posture gains count here.
        command_scale: Command that the network represents as one, shape (6,).
        n_samples: Number of samples.
        n_latent: Size of the latent code.
        rng: Source of the samples.
    """
    positions = workspace.sample_positions(model, n_samples, rng)
    velocities = workspace.sample_velocities(model.chain.n_joints, n_samples, rng)
    inertia = np.diag(model.dynamics(model.chain.home).mass_matrix).copy()
    task_maps = np.array([_task_map(model, q) for q in positions]) * command_scale
    null_inertia = _null_space_inertia(model)
    posture = gains.posture_kp * (model.chain.home - positions)
    gravity = np.array([model.dynamics(q).bias_force for q in positions])
    centrifugal = np.array([_velocity_torque(model, dq) for dq in velocities])
    damping = velocities @ (gains.posture_kv * null_inertia).T
    return ControlTerms(
        positions=positions,
        velocities=velocities,
        latent=compress(task_maps / inertia[:, None], n_latent),
        static=(gravity + posture @ null_inertia.T) / inertia,
        velocity=(centrifugal - damping) / inertia,
        inertia=inertia,
    )


def _task_map(model: RigidBodyModel, q: np.ndarray) -> np.ndarray:
    dynamics = model.dynamics(q)
    return dynamics.jacobian.T @ task_inertia(dynamics)[0]


def _velocity_torque(model: RigidBodyModel, dq: np.ndarray) -> np.ndarray:
    """Coriolis, centrifugal and viscous torque, less what moving the hand asks for, at home."""
    home = model.chain.home
    dynamics = model.dynamics(home, dq)
    L, _ = task_inertia(dynamics)
    coriolis = dynamics.bias_force - model.dynamics(home).bias_force
    return coriolis - dynamics.jacobian.T @ (L @ dynamics.bias_acceleration) + model.damping * dq


def _null_space_inertia(model: RigidBodyModel) -> np.ndarray:
    """Null-space projector times mass matrix at home: a constant costs nothing visible."""
    dynamics = model.dynamics(model.chain.home)
    J = dynamics.jacobian
    _, Jbar = task_inertia(dynamics)
    return (np.eye(J.shape[1]) - J.T @ Jbar.T) @ dynamics.mass_matrix
