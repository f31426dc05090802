"""Operations of the analytic controller in a step."""

from typing import Any, cast

import numpy as np

from spikearm.arm_models import ArmState, Dynamics, RigidBodyModel
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.reference import Reference
from spikearm.experiments.studies.energy.recursive_dynamics import (
    Link,
    bias_force,
    chain_dynamics,
    move,
)
from spikearm.loihi_deploy.energy.operations import Operations, Tally

COMMAND = Operations(multiplications=35, additions=36, others=10)
"""Operations of :func:`spikearm.controller.classical.command.task_command`, on plain numbers.

Six components ``k e + kv (dx_ref - dx) + ddx_ref`` (12 multiplications, 18 additions), a
difference of positions (3 additions), a quotient of quaternions (16, 12) and its logarithm (7, 3;
a root, an arc tangent, a division, and a sign that is copied). Six divisions by ``kv`` give
the wanted velocity for friction. Errors that are led take none more, with ``k lead + kv`` for
``kv``.
"""


def analytic_operations(
    model: RigidBodyModel, state: ArmState, reference: Reference, feedforward: Feedforward
) -> dict[str, Operations]:
    """Count the operations of a step: the dynamics, the law and the command.

    The law runs on arrays that count. The dynamics are those of a chain of as many links, in
    recursions, because the arm's own come from MuJoCo, which computes more than a controller needs.
    Pose and velocity of the end effector are sensed, as they are for the spiking controller.

    Args:
        model: Model of the arm.
        state: Any state of the arm.
        reference: Any reference.
        feedforward: Quantities that the law feeds forward.
    """
    return {
        "dynamics": dynamics_operations(model.chain.n_joints),
        "law": law_operations(model, state, reference, feedforward),
        "command": COMMAND,
    }


def dynamics_operations(n_joints: int) -> Operations:
    """Count the operations of Jacobian, its drift, mass matrix and bias force of a chain."""
    tally = Tally()
    links, moving, gravity = _chain(tally, n_joints)
    chain_dynamics(links, tally.array([0.0, 0.0, 0.1]), gravity, moving, moving)
    return tally.operations


def bias_operations(n_joints: int) -> Operations:
    """Count the operations of the bias force of a chain alone."""
    tally = Tally()
    links, moving, gravity = _chain(tally, n_joints)
    bias_force(links, move(links, moving, moving), gravity)
    return tally.operations


def _chain(tally: Tally, n_joints: int) -> tuple[list[Link], list[Any], Any]:
    """Make links, joint positions or velocities, and gravity, that count."""
    link = Link(
        offset=tally.array([0.1, 0.0, 0.2]), rotation=tally.array(np.eye(3)),
        mass=tally.array(1.0), center=tally.array([0.0, 0.1, 0.1]),
        inertia=tally.array(np.eye(3)), armature=tally.array(0.1),
    )  # fmt: skip
    moving = [tally.array(0.3) for _ in range(n_joints)]
    return [link] * n_joints, moving, tally.array([0.0, 0.0, -9.8])


def law_operations(
    model: RigidBodyModel, state: ArmState, reference: Reference, feedforward: Feedforward
) -> Operations:
    """Count the operations of the control law, less those of its dynamics and its command."""
    tally = Tally()
    counting = cast(RigidBodyModel, _CountingModel(model, tally))
    law = OperationalSpaceController(counting, Gains(), feedforward)
    moving = state._replace(
        q=tally.array(state.q), dq=tally.array(state.dq),
        hand_velocity=tally.array(state.hand_velocity),
    )  # fmt: skip
    law.torque(moving, reference)
    return tally.operations


class _CountingModel:
    """Model whose dynamics are arrays that count."""

    def __init__(self, model: RigidBodyModel, tally: Tally) -> None:
        self._model, self._tally = model, tally
        self.chain = model.chain
        self.damping, self.friction = model.damping, model.friction

    def dynamics(self, q: np.ndarray, dq: np.ndarray) -> Dynamics:
        known = self._model.dynamics(np.asarray(q), np.asarray(dq))
        return Dynamics(
            known.hand,
            *map(
                self._tally.array,
                (known.jacobian, known.bias_acceleration, known.mass_matrix, known.bias_force),
            ),
        )
