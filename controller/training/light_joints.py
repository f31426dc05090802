"""Joints that are too light to be held by spikes."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.classical.gains import Gains
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.spiking.spiking_network import Filters
from spikearm.controller.training.samples import join, sample_reach
from spikearm.controller.training.targets import fit_scaling

N_REACHES = 16
# Mean of all neurons of gen3's shipped controller in motion: 82 spikes per ms of 3,152.
FIRING_RATE = 26.0  # Hz
TOLERANCE = float(np.radians(2.0))  # rad; the benchmark's, of the hand


@dataclass(frozen=True)
class JointHold:
    """Accuracy with which a spiking controller can hold a joint.

    A torque that is decoded from spikes is noise as well. ``N`` neurons that fire at the rate
    ``r`` share the range ``T`` of a joint's torque, each with a quantum of about ``2 T / (N r)``,
    a spike's contribution to it in N m s. Shot noise filtered with ``tau`` (Campbell's theorem)
    then has the standard deviation ``T sqrt(2 / (N r tau))``. It accelerates a joint of inertia
    ``I`` by ``1 / I`` of that, which the law's stiffness ``ko`` holds at the angle
    ``T sqrt(2 / (N r tau)) / (I ko)``.

    Attributes:
        joint: Name of the joint.
        inertia: Its inertia at home, where the other joints are free to move [kg m^2].
        torque_range: Range of its torque in the workspace [N m].
        error: Angle to which spikes hold it [rad].
    """

    joint: str
    inertia: float
    torque_range: float
    error: float

    @property
    def is_too_light(self) -> bool:
        """True if the angle is beyond the benchmark's tolerance."""
        return self.error > TOLERANCE


def estimate_holds(
    model: RigidBodyModel, workspace: Workspace, n_neurons: int, gains: Gains = Gains()
) -> list[JointHold]:
    """Estimate the accuracy with which spikes hold each joint, from a few reaches.

    Args:
        model: The arm's nominal dynamics.
        workspace: Region that a controller is to be trained for.
        n_neurons: Number of the network's neurons.
        gains: Gains of the law.
    """
    samples = join(
        [
            sample_reach(model, workspace, np.random.default_rng([number]), gains)
            for number in range(N_REACHES)
        ]
    )
    torque = fit_scaling(samples).torque
    mass_matrix = model.dynamics(model.chain.home).mass_matrix
    inertia = 1 / np.diag(np.linalg.inv(mass_matrix))
    noise = np.sqrt(2 / (n_neurons * FIRING_RATE * Filters().torque_tau))
    errors = noise * torque / (inertia * gains.ko)
    return [
        JointHold(*values)
        for values in zip(
            model.chain.joints, inertia.tolist(), torque.tolist(), errors.tolist(), strict=True
        )
    ]
