"""Registration of environments with Gymnasium, which calls it wherever it is imported."""

from spikearm.arm_models import SpikearmError

CENTRE_OUT = "spikearm/CentreOut-v0"


def register_environments() -> None:
    """Register the environments of this package, once.

    Raises:
        SpikearmError: Gymnasium is not installed.
    """
    try:
        from gymnasium.envs.registration import register, registry
    except ImportError as error:
        raise SpikearmError("Environments take Gymnasium: pip install 'spikearm[gym]'.") from error
    if CENTRE_OUT not in registry:
        register(CENTRE_OUT, "spikearm.experiments.environments.centre_out_env:CentreOutEnv")
