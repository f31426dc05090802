"""State of a whole model in the home pose of its arm."""

from dataclasses import dataclass

import mujoco
import numpy as np


@dataclass(frozen=True)
class HomeState:
    """State of everything in a model when the arm is at home, at rest.

    Attributes:
        qpos: Positions, shape (nq,).
        ctrl: Controls, shape (nu,): those of the arm's motors are zero, the others hold what the
            arm's file has them hold.
        act: Activations of actuators, shape (na,).
        mocap_pos: Positions of mocap bodies, shape (nmocap, 3) [m].
        mocap_quat: Their orientations, shape (nmocap, 4).
    """

    qpos: np.ndarray
    ctrl: np.ndarray
    act: np.ndarray
    mocap_pos: np.ndarray
    mocap_quat: np.ndarray

    def __post_init__(self) -> None:
        for value in vars(self).values():
            value.setflags(write=False)

    def write(self, data: mujoco.MjData) -> None:
        """Set positions, controls and mocap bodies of a model's data."""
        data.qpos[:] = self.qpos
        data.ctrl[:] = self.ctrl
        data.act[:] = self.act
        data.mocap_pos[:] = self.mocap_pos
        data.mocap_quat[:] = self.mocap_quat
