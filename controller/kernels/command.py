"""Task-space command: the desired acceleration of the hand."""

from spikearm.controller.kernels.jit import jit
from spikearm.controller.kernels.pose_error import write_pose_error


@jit
def write_command(
    wanted_position, wanted_quaternion, wanted_velocity, acceleration,
    position, quaternion, velocity, kp, ko, kv, lead, command,
):  # fmt: skip
    """Compute ``w = ddx_ref + Kp (e + lead de) + Kv de`` with ``de = dx_ref - dx``.

    Args:
        wanted_position, wanted_quaternion: Pose of the reference, shapes (3,) [m] and (4,).
        wanted_velocity: Velocity of the reference, shape (6,) [m/s, rad/s].
        acceleration: Acceleration that is fed forward, shape (6,) [m/s^2, rad/s^2], or empty.
        position, quaternion, velocity: Sensed pose and velocity of the hand.
        kp, ko: Stiffness of position and of orientation [1/s^2].
        kv: Velocity gain [1/s].
        lead: Time by which the error of the pose is led [s].
        command: Desired acceleration, linear then angular, shape (6,); written.
    """
    if len(wanted_velocity) != 6 or len(velocity) != 6 or len(acceleration) not in (0, 6):
        raise ValueError("Velocities and accelerations of a hand have the shape (6,).")
    write_pose_error(wanted_position, wanted_quaternion, position, quaternion, command)
    for i in range(6):
        stiffness = kp if i < 3 else ko
        slip = wanted_velocity[i] - velocity[i]
        command[i] = stiffness * (command[i] + lead * slip) + kv * slip
    for i in range(len(acceleration)):
        command[i] += acceleration[i]
