"""Puts the stand-in where nengo-loihi looks for NxSDK, as its own tests do with theirs."""

from types import SimpleNamespace
from typing import Any

import pytest

from nxsdk_stand_in.board import Board, Phase
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi

VERSION = "0.9.9"


class TraceConfigGenerator:
    """Writes what a trace is like into a register."""

    def genTraceCfg(self, **fields: int) -> Any:  # noqa: N802  as NxSDK has it
        """Give what writes the fields."""
        return SimpleNamespace(writeToRegister=lambda register: register.configure(**fields))


def rule_to_microcode(rules: list[str], doOptimize: bool) -> Any:
    """Leave learning rules as they are."""
    return SimpleNamespace(numUCodes=len(rules), uCodes=rules)


def install(patch: pytest.MonkeyPatch) -> None:
    """Let nengo-loihi find a board until the patch is undone."""
    hardware = nengo_loihi.hardware
    patch.setattr(nengo_loihi.simulator, "HAS_NXSDK", True)
    for name, value in {
        "nxsdk": SimpleNamespace(__version__=VERSION),
        "assert_nxsdk": lambda: None,
        "SnipPhase": Phase,
        "SpikeProbe": SimpleNamespace(probeDict={}),
    }.items():
        patch.setattr(hardware.interface, name, value)
    for name, value in {
        "NxsdkBoard": Board,
        "TraceConfigGenerator": TraceConfigGenerator,
        "micro_gen": SimpleNamespace(ruleToUCode=rule_to_microcode),
    }.items():
        patch.setattr(hardware.builder, name, value)
