"""Points in space from pixels of several cameras."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.rendering.pinhole import PinholeCamera

PARALLEL = 1e9  # condition number of rays that tell no depth


class StereoPoint(NamedTuple):
    """Point that several cameras see.

    Attributes:
        position: Position, shape (3,) [m].
        gap: Root mean square distance of the rays from it [m]: large where the cameras looked at
            different things.
    """

    position: np.ndarray
    gap: float


def intersect_rays(cameras: Sequence[PinholeCamera], pixels: np.ndarray) -> StereoPoint:
    """Compute the point that is nearest to the rays of pixels, one per camera.

    The sum of squared distances from rays ``c + t d`` is least where
    ``sum(I - d d^T) x = sum(I - d d^T) c``.

    Args:
        cameras: Cameras, two or more.
        pixels: Pixel coordinates in each camera's picture, shape (n_cameras, 2).

    Raises:
        SpikearmError: There are fewer than two rays, or they are parallel.
    """
    if len(cameras) < 2 or np.shape(pixels) != (len(cameras), 2):
        raise SpikearmError(
            f"Pixels of shape {np.shape(pixels)} do not fit {len(cameras)} cameras: depth takes "
            "two cameras or more, and a pixel (column, row) in the picture of each."
        )
    rays = np.array([camera.rays(pixel) for camera, pixel in zip(cameras, pixels, strict=True)])
    across = np.eye(3) - rays[:, :, None] * rays[:, None, :]  # (n_cameras, 3, 3)
    centres = np.array([camera.position for camera in cameras])
    matrix = across.sum(axis=0)
    if np.linalg.cond(matrix) > PARALLEL:
        raise SpikearmError("The cameras look along parallel rays, which tell no depth: part them.")
    point = np.linalg.solve(matrix, np.einsum("nij,nj->i", across, centres))
    offsets = np.einsum("nij,nj->ni", across, point - centres)
    return StereoPoint(point, float(np.sqrt(np.mean(np.sum(offsets**2, axis=1)))))
