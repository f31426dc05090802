"""The disturbances that a controller can be put under, by name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from spikearm.experiments.perturbations.control_rate import HeldRate
from spikearm.experiments.perturbations.loop_setup import Event, Rig
from spikearm.experiments.perturbations.sensor_failure import FailingSensors
from spikearm.experiments.perturbations.sensor_noise import NoisySensors
from spikearm.experiments.perturbations.torque_delay import DelayedTorque
from spikearm.experiments.perturbations.torque_saturation import SaturatedTorque

DisturbanceName = Literal[
    "noise", "delay", "rate", "saturation", "payload", "no-numbers", "frozen",
    "silenced", "silenced-midway", "lost-spikes",
]  # fmt: skip
Needs = Literal["nothing", "neurons", "chip"]
Disturb = Callable[[Rig, float, int], Rig]
SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
OUTAGES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)  # s


@dataclass(frozen=True)
class Disturbance:
    """One way to make it hard, in growing strength.

    Attributes:
        title: What it is.
        unit: Unit in which strengths are shown.
        factor: From a strength's SI unit to that one.
        strengths: The weakest first [SI].
        disturb: Does it to a rig, given a strength and a seed.
        needs: What a controller must have for it.
        drawn: Whether it differs from seed to seed.
    """

    title: str
    unit: str
    factor: float
    strengths: tuple[float, ...]
    disturb: Disturb
    needs: Needs = "nothing"
    drawn: bool = False

    def label(self, strength: float) -> str:
        """Give a strength as it is shown, without its unit."""
        return f"{self.factor * strength:g}"


def _noise(rig: Rig, deviation: float, seed: int) -> Rig:
    noisy = NoisySensors(rig.arm.model, deviation, np.random.default_rng(seed))
    return replace(rig, sensors=lambda state: noisy(rig.sensors(state)))


def _delay(rig: Rig, time: float, seed: int) -> Rig:
    return replace(rig, controller=DelayedTorque(rig.controller, round(time / rig.arm.timestep)))


def _rate(rig: Rig, rate: float, seed: int) -> Rig:
    return replace(rig, controller=HeldRate(rig.controller, round(1 / (rate * rig.arm.timestep))))


def _saturation(rig: Rig, share: float, seed: int) -> Rig:
    limits = share * rig.arm.chain.torque_limits
    return replace(rig, controller=SaturatedTorque(rig.controller, limits))


def _payload(rig: Rig, mass: float, seed: int) -> Rig:
    attach, detach = (partial(rig.arm.attach_payload, m) for m in (mass, 0.0))
    appears, goes = rig.halfway
    return rig.happening(Event(0.0, detach), Event(appears, attach), Event(goes, detach)).undone_by(
        detach
    )


def _outage(rig: Rig, time: float, seed: int, freeze: bool) -> Rig:
    failing = FailingSensors(rig.halfway, time, rig.arm.timestep, freeze)
    return replace(rig, sensors=lambda state: failing(rig.sensors(state)))


def _silenced(rig: Rig, share: float, seed: int) -> Rig:
    simulation = rig.simulation
    simulation.silence(simulation.draw_neurons(share, seed))
    return rig.undone_by(partial(simulation.silence, []))


def _silenced_midway(rig: Rig, share: float, seed: int) -> Rig:
    simulation = rig.simulation
    heal = partial(simulation.silence, [])
    kill = partial(simulation.silence, simulation.draw_neurons(share, seed))
    return rig.happening(Event(0.0, heal), Event(rig.halfway[0], kill)).undone_by(heal)


def _lost_spikes(rig: Rig, share: float, seed: int) -> Rig:
    simulation = rig.simulation
    simulation.drop_host_spikes(share, seed)
    return rig.undone_by(partial(simulation.drop_host_spikes, 0.0, seed))


DISTURBANCES: dict[str, Disturbance] = {
    "noise": Disturbance(
        "noise of the encoders", "mrad", 1e3, (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3), _noise,
        drawn=True,
    ),
    "delay": Disturbance(
        "delay of the torque", "ms", 1e3, (0.001, 0.002, 0.005, 0.01, 0.02, 0.03), _delay
    ),
    "rate": Disturbance("control rate", "Hz", 1.0, (500.0, 250.0, 100.0, 50.0, 25.0), _rate),
    "saturation": Disturbance(
        "torque limits left", "%", 1e2, (0.8, 0.6, 0.5, 0.4, 0.3, 0.2), _saturation
    ),
    "payload": Disturbance("payload for a while", "kg", 1.0, (0.25, 0.5, 1.0, 2.0), _payload),
    "no-numbers": Disturbance(
        "sensors without numbers", "ms", 1e3, OUTAGES, partial(_outage, freeze=False)
    ),
    "frozen": Disturbance("sensors frozen", "ms", 1e3, OUTAGES, partial(_outage, freeze=True)),
    "silenced": Disturbance(
        "neurons silent from the start", "%", 1e2, SHARES, _silenced, "neurons", drawn=True
    ),
    "silenced-midway": Disturbance(
        "neurons silenced on the way", "%", 1e2, SHARES, _silenced_midway, "neurons", drawn=True
    ),
    "lost-spikes": Disturbance(
        "spikes lost between host and chip", "%", 1e2, (0.001, 0.01, 0.05, 0.1, 0.2, 0.5),
        _lost_spikes, "chip", drawn=True,
    ),
}  # fmt: skip
