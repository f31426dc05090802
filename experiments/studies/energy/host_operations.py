"""Operations of the host in a step beside a chip."""

from dataclasses import replace

from spikearm.experiments.studies.energy.analytic_operations import COMMAND
from spikearm.loihi_deploy.energy.operations import Operations


def host_operations(n_joints: int, n_coders: int, spikes: float) -> Operations:
    """Count the operations of the spiking controller that are not on the chip.

    Args:
        n_joints: Number of joints.
        n_coders: Number of neurons on the host that code the inputs as spikes.
        spikes: Spikes per step that the torque is decoded from, on average.
    """
    n_inputs = 3 * n_joints + 6
    command = replace(COMMAND, others=COMMAND.others - 6)  # friction is in neurons
    angles = Operations(additions=n_joints, others=2 * n_joints)  # to sines and cosines
    scaling = Operations(additions=n_inputs, others=3 * n_inputs)  # a quotient, two comparisons
    # v += dt max(gain x + bias, 0), and a comparison with the threshold
    coding = Operations(2 * n_coders, 2 * n_coders, 2 * n_coders)
    # Each spike adds its decoders; a filter, and the torque's scale.
    decoding = Operations(3 * n_joints, n_joints * (spikes + 1))
    return command + angles + scaling + coding + decoding
