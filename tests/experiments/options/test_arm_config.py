"""An arm as the command line describes it."""

import shlex
from pathlib import Path

import numpy as np
import pytest
import tyro

from spikearm.experiments.options.arm_config import ArmConfig

ARMS = [
    ArmConfig(),
    ArmConfig("ur5e", weightless=True),
    ArmConfig(mjcf=Path("an arm.xml"), joints=("a", "b"), home=(0.5, -1.0), armature=(0.02,)),
]


@pytest.mark.parametrize("arm", ARMS)
def test_its_options_describe_it(arm):
    assert tyro.cli(ArmConfig, args=shlex.split(arm.options)) == arm


def test_a_weightless_arm_has_no_gravity_and_another_has():
    gravity = [ArmConfig("gen3", weightless=w).load().model.gravity for w in (True, False)]
    np.testing.assert_array_equal(gravity, [[0, 0, 0], [0, 0, -9.81]])
