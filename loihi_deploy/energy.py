"""Energy of a control step, from its counts and published constants: an estimate."""

from dataclasses import dataclass

from controller.controller import StepCounts


@dataclass(frozen=True)
class Device:
    """What one operation costs on a device.

    Attributes:
        synaptic_event: Energy per synaptic event [J].
        neuron_update: Energy per neuron update [J].
        source: Where the figures are published.
    """

    synaptic_event: float
    neuron_update: float
    source: str


DEVICES = {
    "loihi": Device(23.6e-12, 81e-12, "Davies et al. 2018, table 2; pre-silicon simulation"),
    "spinnaker2": Device(450e-12, 2.19e-9, "Hoeppner et al. 2019"),
    "cpu": Device(8.6e-9, 8.6e-9, "Degnan et al. 2015"),
    "gpu": Device(0.3e-9, 0.3e-9, "Degnan et al. 2015; large batches"),
    "arm": Device(0.9e-9, 0.9e-9, "Degnan et al. 2015"),
}


def energy_per_step(counts: StepCounts) -> dict[str, float]:
    """Estimate the dynamic energy of a step on each device [J].

    Every neuron update is taken as an active one, the dearer case. Static power, the
    host and its link are not in it.
    """
    return {
        name: counts.synaptic_events * device.synaptic_event
        + counts.neuron_updates * device.neuron_update
        for name, device in DEVICES.items()
    }
