"""The host's operations against a sum by hand."""

from spikearm.experiments.studies.energy.analytic_operations import COMMAND
from spikearm.experiments.studies.energy.host_operations import host_operations
from spikearm.loihi_deploy.energy.operations import Operations


def test_the_host_commands_scales_codes_and_decodes():
    # Two joints: 12 inputs. 5 neurons code them; 7 spikes come back on average.
    operations = host_operations(n_joints=2, n_coders=5, spikes=7.5)
    command = Operations(COMMAND.multiplications, COMMAND.additions, COMMAND.others - 6)
    angles = Operations(0, 2, 4)
    scaling = Operations(0, 12, 36)
    coding = Operations(10, 10, 10)
    decoding = Operations(6, 15 + 2, 0)
    assert operations == command + angles + scaling + coding + decoding
