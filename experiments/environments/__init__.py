"""Environments of Gymnasium, which are registered when this package is imported."""

from spikearm.arm_models import SpikearmError

try:
    from gymnasium.envs.registration import register, registry
except ImportError as error:
    raise SpikearmError("Environments take Gymnasium: pip install 'spikearm[gym]'.") from error

CENTRE_OUT = "spikearm/CentreOut-v0"

if CENTRE_OUT not in registry:
    register(CENTRE_OUT, "spikearm.experiments.environments.centre_out_env:CentreOutEnv")
