"""The control law as it would be written for a small processor.

:class:`~spikearm.controller.classical.osc.OperationalSpaceController` decomposes two 6 by 6
matrices into eigenvectors, to stay finite in singular poses. Away from these, two Cholesky
factorisations compute the same torque with fewer operations: the fair price of the law.
"""

import numpy as np

from spikearm.arm_models import ArmState, Dynamics, RigidBodyModel
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import dry_friction_torque, posture_acceleration
from spikearm.loihi_deploy.energy.operations import Operations, Tally


def lean_torque(
    model: RigidBodyModel, dynamics: Dynamics, state: ArmState, command: np.ndarray, gains: Gains
) -> np.ndarray:
    """Compute the law's torque, shape (n_joints,) [N m]; the pose must not be singular.

    Args:
        model: The arm's nominal dynamics.
        dynamics: Dynamics of the model at the state.
        state: State of the arm.
        command: Commanded acceleration of the hand, shape (6,) [m/s^2, rad/s^2].
        gains: Gains of the law.
    """
    J = dynamics.jacobian
    root = cholesky(dynamics.mass_matrix)
    half = forward(root, J.T)  # (n_joints, 6)
    task = cholesky(gram(half))
    force = solve(task, command - dynamics.bias_acceleration)
    pull = posture_acceleration(model.chain, state.q, state.dq, gains)
    moved = solve(cholesky(gram(J.T)), J @ pull)
    torque = J.T @ force + dynamics.bias_force + dynamics.mass_matrix @ (pull - J.T @ moved)
    if model.damping.any():
        torque = torque + model.damping * state.dq
    if model.friction.any():
        wanted = state.hand_velocity + command / gains.kv
        speed = backward(root, (half @ solve(task, wanted))[:, None])[:, 0]
        torque = torque + dry_friction_torque(model.friction, speed)
    return torque


def lean_operations(
    model: RigidBodyModel, state: ArmState, command: np.ndarray, gains: Gains = Gains()
) -> Operations:
    """Count the operations of :func:`lean_torque`, less those of the dynamics and the command."""
    tally = Tally()
    known = model.dynamics(state.q, state.dq)
    counting = Dynamics(
        known.hand,
        *map(
            tally.array,
            (known.jacobian, known.bias_acceleration, known.mass_matrix, known.bias_force),
        ),
    )
    moving = state._replace(
        q=tally.array(state.q), dq=tally.array(state.dq),
        hand_velocity=tally.array(state.hand_velocity),
    )  # fmt: skip
    lean_torque(model, counting, moving, tally.array(command), gains)
    return tally.operations


def cholesky(matrix: np.ndarray) -> np.ndarray:
    """Factorise a symmetric matrix into ``L L^T``, from its lower triangle.

    Golub and Van Loan 2013, algorithm 4.2.1.
    """
    root = np.zeros_like(matrix)
    for j in range(len(matrix)):
        column = matrix[j:, j]
        if j:
            column = column - root[j:, :j] @ root[j, :j]
        root[j:, j] = column / np.sqrt(column[:1])
    return root


def forward(root: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve ``L x = right`` for the columns of a matrix."""
    x = np.zeros_like(right)
    for i in range(len(root)):
        row = right[i] - root[i, :i] @ x[:i] if i else right[i]
        x[i] = row / root[i, i]
    return x


def backward(root: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve ``L^T x = right`` for the columns of a matrix."""
    x = np.zeros_like(right)
    for i in reversed(range(len(root))):
        row = right[i]
        if i + 1 < len(root):
            row = row - root[i + 1 :, i] @ x[i + 1 :]
        x[i] = row / root[i, i]
    return x


def solve(root: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve ``L L^T x = right`` for a vector."""
    return backward(root, forward(root, right[:, None]))[:, 0]


def gram(columns: np.ndarray) -> np.ndarray:
    """Compute the lower triangle of ``X^T X``."""
    n = columns.shape[1]
    triangle = np.zeros_like(columns, shape=(n, n))
    for i in range(n):
        triangle[i, : i + 1] = columns[:, i] @ columns[:, : i + 1]
    return triangle
