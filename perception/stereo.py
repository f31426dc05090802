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
    positions, gaps = intersect_all_rays(cameras, np.asarray(pixels)[None])
    return StereoPoint(positions[0], float(gaps[0]))


def intersect_all_rays(
    cameras: Sequence[PinholeCamera], pixels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Compute the points that are nearest to many sets of rays, as :func:`intersect_rays` does.

    Args:
        cameras: Cameras, two or more.
        pixels: Pixel coordinates of each set in each camera's picture, shape (n_sets, n_cameras,
            2).

    Returns:
        Positions, shape (n_sets, 3) [m], and root mean square distances of the rays from them,
        shape (n_sets,) [m].

    Raises:
        SpikearmError: The rays of a set are parallel.
    """
    looks = zip(cameras, np.moveaxis(pixels, 1, 0), strict=True)
    rays = np.stack([camera.rays(mine) for camera, mine in looks], axis=1)
    across = np.eye(3) - rays[..., :, None] * rays[..., None, :]  # (n_sets, n_cameras, 3, 3)
    centres = np.array([camera.position for camera in cameras])
    matrices = across.sum(axis=1)
    if (np.linalg.cond(matrices) > PARALLEL).any():
        raise SpikearmError("The cameras look along parallel rays, which tell no depth: part them.")
    ends = np.einsum("snij,nj->si", across, centres)
    positions = np.linalg.solve(matrices, ends[..., None])[..., 0]
    offsets = np.einsum("snij,snj->sni", across, positions[:, None] - centres)
    return positions, np.sqrt(np.mean(np.sum(offsets**2, axis=-1), axis=-1))
