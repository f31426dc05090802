"""Limits in the docs are those in the code, whose numbers are nengo-loihi's."""

from pathlib import Path

import pytest

from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.limits import Limit
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi

DOCS = Path(__file__).parents[2] / "docs" / "deployment.md"
LIMITS = {name: one for name, one in vars(limits).items() if isinstance(one, Limit)}


@pytest.mark.parametrize("name", sorted(LIMITS.keys() - {"REFUSED"}))
def test_each_limit_is_in_the_docs_with_its_source_and_says_what_to_change(name):
    limit = LIMITS[name]
    assert f"| {limit.resource} | {limit.most:,} | {limit.source} |" in DOCS.read_text()
    assert limit.remedy.endswith(".")


def test_limits_are_nengo_loihis():
    block, discretize = nengo_loihi.block, nengo_loihi.builder.discretize
    objects = nengo_loihi.hardware.nxsdk_objects
    for limit, most in (
        (limits.COMPARTMENTS, block.MAX_COMPARTMENTS),
        (limits.INPUT_AXONS, block.MAX_IN_AXONS),
        (limits.OUTPUT_AXONS, block.MAX_OUT_AXONS),
        (limits.SYNAPSE_BITS, block.MAX_SYNAPSE_BITS),
        (limits.COMPARTMENT_CONFIGS, objects.MAX_COMPARTMENT_CFGS - 1),
        (limits.THRESHOLD_CONFIGS, objects.MAX_VTH_CFGS - 1),
        (limits.THRESHOLD, discretize.VTH_MAN_MAX),
        (limits.BIAS, discretize.BIAS_MAN_MAX),
        (limits.DECAY, objects.CompartmentConfig.DECAY_U_MAX),
        (limits.REFRACTORY, objects.CompartmentConfig.REFRACT_DELAY_MAX),
        (limits.INPUT, 2**discretize.Q_BITS - 1),
        (limits.CURRENT, 2**discretize.U_BITS - 1),
        (limits.MEMBRANE, 2**discretize.U_BITS - 1),
    ):
        assert limit.most == most, limit.resource
