"""The terms of the control law, sampled over the workspace: what the network learns."""

from dataclasses import dataclass

import numpy as np

from arm_models import Dynamics, RigidBodyModel
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
    home = model.dynamics(model.chain.home)
    inertia = np.diag(home.mass_matrix).copy()
    at_rest = [model.dynamics(q) for q in positions]
    task_maps = np.array([_task_map(dynamics) for dynamics in at_rest]) * command_scale
    null_inertia = _null_space_inertia(home)
    posture = gains.posture_kp * (model.chain.home - positions)
    gravity = np.array([dynamics.bias_force for dynamics in at_rest])
    centrifugal = _velocity_torques(model, home, velocities)
    damping = velocities @ (gains.posture_kv * null_inertia).T
    return ControlTerms(
        positions=positions,
        velocities=velocities,
        latent=compress(task_maps / inertia[:, None], n_latent),
        static=(gravity + posture @ null_inertia.T) / inertia,
        velocity=(centrifugal - damping) / inertia,
        inertia=inertia,
    )


def _task_map(dynamics: Dynamics) -> np.ndarray:
    return dynamics.jacobian.T @ task_inertia(dynamics)[0]


def _velocity_torques(model: RigidBodyModel, home: Dynamics, velocities: np.ndarray) -> np.ndarray:
    """Coriolis, centrifugal and viscous torque, less what moving the hand asks for, at home."""
    J = home.jacobian
    L, _ = task_inertia(home)
    torques = []
    for dq in velocities:
        moving = model.dynamics(model.chain.home, dq)
        coriolis = moving.bias_force - home.bias_force
        torques.append(coriolis - J.T @ (L @ moving.bias_acceleration))
    return np.array(torques) + model.damping * velocities


def _null_space_inertia(home: Dynamics) -> np.ndarray:
    """Null-space projector times mass matrix at home: a constant costs nothing visible."""
    J = home.jacobian
    _, Jbar = task_inertia(home)
    return (np.eye(J.shape[1]) - J.T @ Jbar.T) @ home.mass_matrix
