"""A low-dimensional code of the arm's state in which the control law is linear."""

from dataclasses import dataclass

import numpy as np

from arm_models import SpikearmError

COVERAGE = 99.5  # percentile of the samples that falls inside [-1, 1]
HEADROOM = 1.1  # and how far beyond it the code still reaches


@dataclass(frozen=True)
class LatentCode:
    """Principal components of the task map ``J(q)^T L(q)``.

    ``J^T L = A_0 + sum_k z_k(q) A_k``, so the task torque is bilinear in the code and the
    command: ``u = A_0 w + sum_k z_k A_k w``.

    Attributes:
        constant: ``A_0``, shape (n_joints, 6).
        components: ``A_k``, shape (n_latent, n_joints, 6).
        samples: Codes of the samples it was made from, shape (n_samples, n_latent),
            nearly all in [-1, 1].
        residual: Share of the samples' root mean square that the code leaves out [1].
    """

    constant: np.ndarray
    components: np.ndarray
    samples: np.ndarray
    residual: float

    def torque(self, code: np.ndarray, command: np.ndarray) -> np.ndarray:
        """Evaluate the bilinear law.

        Args:
            code: Shape (..., n_latent).
            command: Shape (..., 6).

        Returns:
            Shape (..., n_joints).
        """
        products = np.einsum("...k,knj,...j->...n", code, self.components, command)
        return command @ self.constant.T + products


def compress(task_maps: np.ndarray, n_latent: int) -> LatentCode:
    """Compress sampled task maps.

    Args:
        task_maps: Shape (n_samples, n_joints, 6), scaled so that every entry matters alike.
        n_latent: Size of the code.

    Raises:
        SpikearmError: There are not that many components.
    """
    flat = task_maps.reshape(len(task_maps), -1)
    if n_latent > min(flat.shape):
        raise SpikearmError(
            f"A latent code of {n_latent} numbers is too large: {len(flat)} samples of "
            f"{flat.shape[1]} numbers have {min(flat.shape)} components."
        )
    mean = flat.mean(axis=0)
    _, singular, directions = np.linalg.svd(flat - mean, full_matrices=False)
    codes = (flat - mean) @ directions[:n_latent].T
    scale = HEADROOM * np.percentile(np.abs(codes), COVERAGE, axis=0)
    return LatentCode(
        constant=mean.reshape(task_maps.shape[1:]),
        components=(directions[:n_latent] * scale[:, None]).reshape(-1, *task_maps.shape[1:]),
        samples=codes / scale,
        residual=float(np.sqrt(np.sum(singular[n_latent:] ** 2) / np.sum(flat**2))),
    )
