"""Border of the chip: what events of cameras ask of the way in."""

from dataclasses import dataclass

from spikearm.experiments.eye_on_chip.chip_eyes import ChipEyes
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.mapping.traffic import sensor_traffic
from spikearm.loihi_deploy.pipeline import Deployment


@dataclass(frozen=True)
class Border:
    """Events that enter the chip, of all cameras together.

    Attributes:
        n_cameras: Number of cameras.
        mean: Events in a step in which a frame enters, on average.
        most: Most events in a step.
        messages: Groups of synapses that the events of a frame go to, on average.
        link: Spikes in a step that nengo-loihi's link from the host takes unless it is told.
        largest_link: Largest number that its documentation shows.
    """

    n_cameras: int
    mean: float
    most: int
    messages: float
    link: int
    largest_link: int

    def __str__(self) -> str:
        return (
            f"The border: in a step in which frames enter, the {self.n_cameras} cameras send "
            f"{self.mean:,.0f} events on average and {self.most:,} at most, to "
            f"{self.messages:,.0f} groups of synapses. nengo-loihi's link from the host takes "
            f"{self.link} spikes in a step, {self.largest_link} in the largest setting that is "
            "documented. So these cameras are taken to be on the chip's own bus."
        )


def border_of(deployment: Deployment, activity: Activity, eyes: ChipEyes) -> Border:
    """Count the events of a run."""
    traffic = sensor_traffic(deployment.stored, deployment.placement, activity, eyes.sensors)
    entering = traffic.spikes > 0
    n_frames = max(1, int(entering.sum()))
    return Border(
        len(eyes.sensors), float(traffic.spikes.sum()) / n_frames, int(traffic.spikes.max()),
        float(traffic.messages.sum()) / n_frames, int(limits.HOST_SPIKES.most),
        limits.LARGEST_LINK,
    )  # fmt: skip
