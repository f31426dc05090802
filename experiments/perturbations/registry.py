"""The perturbations by name."""

from spikearm.experiments.lookup import find_entry
from spikearm.experiments.perturbations.cogging import COGGING
from spikearm.experiments.perturbations.control_rate import CONTROL_RATE
from spikearm.experiments.perturbations.network import LOST_SPIKES, SILENCED, SILENCED_MIDWAY
from spikearm.experiments.perturbations.perturbation import Perturbation
from spikearm.experiments.perturbations.plant import (
    DRY_FRICTION,
    FORCE_FIELD,
    PAYLOAD,
    PAYLOAD_MIDWAY,
    PAYLOAD_OFF_CENTRE,
    UNKNOWN_GRAVITY,
    leave,
)
from spikearm.experiments.perturbations.sensor_failure import FROZEN, NO_NUMBERS
from spikearm.experiments.perturbations.sensor_noise import NOISE
from spikearm.experiments.perturbations.strength import NONE
from spikearm.experiments.perturbations.torque_delay import DELAY
from spikearm.experiments.perturbations.torque_saturation import SATURATION

PERTURBATIONS: dict[str, Perturbation] = {
    NONE: Perturbation(NONE, "", (), 0.0, leave, allowed=(0.0, 0.0)),
    "payload": PAYLOAD,
    "payload-off-centre": PAYLOAD_OFF_CENTRE,
    "payload-midway": PAYLOAD_MIDWAY,
    "friction": DRY_FRICTION,
    "cogging": COGGING,
    "force-field": FORCE_FIELD,
    "gravity": UNKNOWN_GRAVITY,
    "noise": NOISE,
    "no-numbers": NO_NUMBERS,
    "frozen": FROZEN,
    "delay": DELAY,
    "saturation": SATURATION,
    "rate": CONTROL_RATE,
    "silenced": SILENCED,
    "silenced-midway": SILENCED_MIDWAY,
    "lost-spikes": LOST_SPIKES,
}
"""Perturbations by name. Programs may add their own."""


def find_perturbation(name: str) -> Perturbation:
    """Return a perturbation.

    Raises:
        SpikearmError: There is none of that name.
    """
    return find_entry(PERTURBATIONS, name, "perturbation")
