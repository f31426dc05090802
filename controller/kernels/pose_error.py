"""Error between two poses of the hand."""

import math

from spikearm.controller.kernels.jit import jit

TINY = 2.0**-1022  # the least normal double; added to a sine, so that no turn has an axis, too


@jit
def divide(a, b, c, d, w, x, y, z):
    """Divide two quaternions, scalar first: ``(a, b, c, d) (w, x, y, z)^-1``."""
    return (
        a * w + b * x + c * y + d * z,  # the cosine of half the angle
        b * w - a * x + d * y - c * z,
        c * w - a * y + b * z - d * x,
        d * w - a * z + c * x - b * y,
    )


@jit
def write_pose_error(wanted_position, wanted_quaternion, position, quaternion, error):
    """Compute the way from a pose to a wanted one.

    Args:
        wanted_position, wanted_quaternion: Wanted pose, shapes (3,) [m] and (4,).
        position, quaternion: Actual pose.
        error: Position, then rotation vector, shape (6,) [m, rad]; written.
    """
    check_pose(wanted_position, wanted_quaternion)
    check_pose(position, quaternion)
    wanted, actual = wanted_quaternion, quaternion
    cosine, i, j, k = divide(
        wanted[0], wanted[1], wanted[2], wanted[3], actual[0], actual[1], actual[2], actual[3]
    )
    sine = math.sqrt(i * i + j * j + k * k) + TINY
    # Of q and -q, which turn alike, the sign takes the one with the smaller angle.
    stretch = math.copysign(2 * math.atan2(sine, abs(cosine)), cosine) / sine
    for axis in range(3):
        error[axis] = wanted_position[axis] - position[axis]
    error[3], error[4], error[5] = stretch * i, stretch * j, stretch * k


@jit
def check_pose(position, quaternion):
    """Check the shapes of a pose, which nothing else does in machine code."""
    if len(position) != 3 or len(quaternion) != 4:
        raise ValueError("A pose is a position, shape (3,), and a quaternion, shape (4,).")
