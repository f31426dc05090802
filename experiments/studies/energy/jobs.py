"""Jobs that energy is accounted for, and devices: by key in two lists, by title otherwise."""

from spikearm.loihi_deploy.energy.devices import DEVICES
from spikearm.loihi_deploy.energy.devices import LOIHI as LOIHI_LISTS

SPIKES, DENSE = "network, spikes alone", "network, all weights"
LAW, HOST = "analytic controller", "host of the network"
LEAN, POLYNOMIAL = "analytic controller, lean", "polynomial-1"
STANDARD = ("cpu", "gpu", "arm")
SOFTWARE = ("spinnaker", "spinnaker2", *STANDARD)
LOIHI, CALIBRATED, CPU, GPU, ARM = (
    DEVICES[name].title for name in (*LOIHI_LISTS, "cpu", "gpu", "arm")
)
