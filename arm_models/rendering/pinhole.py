"""Pinhole camera: from points of the world to pixels, and back to rays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True)
class PinholeCamera:
    """Camera without distortion.

    Pixel coordinates are (column, row) from the upper left corner of the picture, so that the
    centre of the first pixel is (0.5, 0.5).

    Attributes:
        position: Centre of projection, shape (3,) [m].
        axes: Directions to the right, upwards and backwards in the world, one per column,
            shape (3, 3).
        field_of_view: Vertical angle of view [rad].
        width, height: Size of the picture [pixels].
    """

    position: np.ndarray
    axes: np.ndarray
    field_of_view: float
    width: int
    height: int

    @classmethod
    def looking_at(
        cls, point: Sequence[float] | np.ndarray, azimuth: float, elevation: float, distance: float,
        field_of_view: float, width: int, height: int,
    ) -> Self:  # fmt: skip
        """Place a camera around a point, upright.

        Args:
            point: Point in the middle of the picture, shape (3,) [m].
            azimuth: Direction from the point to the camera, about the vertical from the x axis
                [rad].
            elevation: The same over the horizontal, less than a right angle [rad].
            distance: Distance of the camera from the point [m].
            field_of_view: Vertical angle of view [rad].
            width: Width of the picture [pixels].
            height: Height of the picture [pixels].
        """
        flat = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
        backwards = np.cos(elevation) * flat + [0.0, 0.0, np.sin(elevation)]
        right = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
        axes = np.column_stack([right, np.cross(backwards, right), backwards])
        position = np.asarray(point, dtype=float) + distance * backwards
        return cls(position, axes, field_of_view, width, height)

    @property
    def focal_length(self) -> float:
        """Distance of the picture from the centre of projection [pixels]."""
        return 0.5 * self.height / np.tan(0.5 * self.field_of_view)

    def turned(self, right: float, up: float) -> "PinholeCamera":
        """Turn the camera, as an eye turns.

        Args:
            right: Angle to the right [rad].
            up: Angle upwards [rad].
        """
        turn = _rotation(1, -right) @ _rotation(0, up)
        return PinholeCamera(
            self.position, self.axes @ turn, self.field_of_view, self.width, self.height
        )

    def project(self, points: np.ndarray) -> np.ndarray:
        """Project points into the picture.

        Args:
            points: Points of the world, shape (..., 3) [m].

        Returns:
            Pixel coordinates, shape (..., 2); NaN for points that are not in front of the camera.
        """
        right, up, back = np.moveaxis((points - self.position) @ self.axes, -1, 0)
        depth = np.where(back < 0, -back, np.nan)
        columns = 0.5 * self.width + self.focal_length * right / depth
        rows = 0.5 * self.height - self.focal_length * up / depth
        return np.stack([columns, rows], axis=-1)

    def rays(self, pixels: np.ndarray) -> np.ndarray:
        """Compute the directions that pixels look in.

        Args:
            pixels: Pixel coordinates, shape (..., 2).

        Returns:
            Unit vectors in the world, shape (..., 3).
        """
        right = pixels[..., 0] - 0.5 * self.width
        up = 0.5 * self.height - pixels[..., 1]
        inside = np.stack([right, up, np.full_like(right, -self.focal_length)], axis=-1)
        return inside @ self.axes.T / np.linalg.norm(inside, axis=-1, keepdims=True)


def _rotation(axis: int, angle: float) -> np.ndarray:
    """Compute the matrix of a rotation about one of the camera's axes."""
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[[first, second], [first, second]] = np.cos(angle)
    matrix[first, second], matrix[second, first] = -np.sin(angle), np.sin(angle)
    return matrix
