"""Registry of the controllers that can be measured.

``CONTROLLERS["mine"] = ControllerSpec(make)`` adds one, before the command line is called.
"""

from spikearm.arm_models import SpikearmError
from spikearm.controller.adaptation.adaptive_load import AdaptiveLoadController
from spikearm.controller.adaptation.kept_integral import KeptIntegralController
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import Controller
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.weights.membrane import NeuralStage
from spikearm.experiments.controllers.comparisons import COMPARISONS
from spikearm.experiments.controllers.spec import ControllerSetup, ControllerSpec

BASELINE = "analytic"
"""Controller that all others are compared with."""

TRAINED_GAINS = ("posture_kp", "posture_kv", "limit_kp", "limit_margin")
"""Gains that are part of the trained weights."""


def _analytic(setup: ControllerSetup) -> OperationalSpaceController:
    return OperationalSpaceController(setup.model, setup.gains, setup.feedforward)


def _kept_integral(setup: ControllerSetup) -> Controller:
    return KeptIntegralController(_analytic(setup))


def _adaptive_load(setup: ControllerSetup) -> Controller:
    return AdaptiveLoadController(_analytic(setup))


def _pd(setup: ControllerSetup) -> Controller:
    return JointPIDController(setup.model, setup.gains)


def _pid(setup: ControllerSetup) -> Controller:
    return JointPIDController(setup.model, setup.gains, ki=setup.ki)


def _spiking(stage: NeuralStage, *backends: str) -> ControllerSpec:
    def make(setup: ControllerSetup) -> Controller:
        if setup.trained is None:
            raise SpikearmError(
                f"Controller '{stage}' needs trained weights: give the setup trained=shipped(arm)."
            )
        _check_trained_gains(stage, setup.gains)
        backup = SaturationBackup.of_arm(setup.model, setup.trained.weights, stage, setup.filters)
        return SpikingController(
            setup.trained.weights, setup.simulation, stage, gains=setup.gains,
            feedforward=setup.feedforward, filters=setup.filters, seed=setup.seed,
            subnetworks=setup.subnetworks, lead=setup.lead, backup=backup,
        )  # fmt: skip

    return ControllerSpec(make, stage, needs_training=True, backends=backends)


def _check_trained_gains(stage: NeuralStage, gains: Gains) -> None:
    """Refuse gains of posture and joint limits that differ from those of the training."""
    changed = [name for name in TRAINED_GAINS if getattr(gains, name) != getattr(Gains, name)]
    if changed:
        raise SpikearmError(
            f"Controller '{stage}' has {', '.join(changed)} in its trained weights: leave them "
            "as they are, and change kp, ko or kv alone."
        )


CONTROLLERS: dict[str, ControllerSpec] = {
    BASELINE: ControllerSpec(_analytic),
    "rate": _spiking("rate", "nengo"),
    "spiking": _spiking("spiking", "nengo"),
    "loihi": _spiking("loihi", "engine", "emulator", "board"),
    **COMPARISONS,
    "pd": ControllerSpec(_pd),
    "pid": ControllerSpec(_pid),
    "kept-integral": ControllerSpec(_kept_integral, learns=True, base=BASELINE),
    "adaptive-load": ControllerSpec(_adaptive_load, learns=True, base=BASELINE),
}
"""Controllers by name; add your own before the command line is called."""
