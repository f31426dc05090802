"""The analytic controller's operations, against sums by hand."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.classical.gains import Gains
from spikearm.controller.kernels import command, pose_error
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.studies.energy.analytic_operations import (
    COMMAND,
    analytic_operations,
    dynamics_operations,
    law_operations,
)
from spikearm.loihi_deploy.energy.operations import Operations

LEAD = 0.016  # s


class Number:
    """A number that counts the products and sums it takes part in."""

    products = sums = 0

    def __init__(self, value: float) -> None:
        self.value = float(value)

    def __float__(self) -> float:
        return self.value

    def _combine(self, other: Any, value: float, kind: str) -> "Number":
        setattr(Number, kind, getattr(Number, kind) + 1)
        return Number(value)

    def __mul__(self, other: Any) -> "Number":
        return self._combine(other, self.value * float(other), "products")

    def __add__(self, other: Any) -> "Number":
        return self._combine(other, self.value + float(other), "sums")

    def __sub__(self, other: Any) -> "Number":
        return self._combine(other, self.value - float(other), "sums")

    def __rsub__(self, other: Any) -> "Number":
        return self._combine(other, float(other) - self.value, "sums")

    __rmul__, __radd__ = __mul__, __add__

    def __abs__(self) -> float:
        return abs(self.value)


def numbers(*values: float) -> np.ndarray:
    return np.array([Number(value) for value in values], dtype=object)


def write_command_in_python(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return the kernel that writes the command, as Python runs it, with those that it calls."""
    for name in ("divide", "check_pose", "write_pose_error"):
        monkeypatch.setattr(pose_error, name, getattr(pose_error, name).py_func)
    monkeypatch.setattr(command, "write_pose_error", pose_error.write_pose_error)
    return command.write_command.py_func


def test_the_command_takes_the_operations_that_its_source_says(monkeypatch):
    turned = numbers(math.cos(0.2), math.sin(0.2), 0.0, 0.0)
    gains, written = Gains(), numbers(*[0.0] * 6)
    Number.products = Number.sums = 0
    write_command_in_python(monkeypatch)(
        numbers(0.2, 0.1, 0.3), numbers(1.0, 0.0, 0.0, 0.0), numbers(*[0.2] * 6),
        numbers(*[0.5] * 6), numbers(0.1, 0.2, 0.3), turned, numbers(*[0.1] * 6),
        gains.kp, gains.ko, gains.kv, LEAD, written,
    )  # fmt: skip
    assert float(written[3]) == pytest.approx(0.5 + 200 * (-0.4 + LEAD * 0.1) + 30 * 0.1)
    # `2 * math.atan2` is one of plain numbers, and so is the sum of a root and `TINY`.
    # A program leads errors by the constant `k lead + kv`; the kernel takes six of both for it.
    assert Number.products == COMMAND.multiplications - 1 + 6
    assert Number.sums == COMMAND.additions - 1 + 6


def counts(name: str) -> tuple[int, Operations]:
    arm = load_arm(name)
    reference = MinimumJerk(arm.state.hand, arm.state.hand, 1.0).at(0.4)
    return arm.chain.n_joints, law_operations(arm.model, arm.state, reference, "velocity")


@pytest.mark.parametrize("name", ["gen3", "ur5e"])
def test_the_laws_products_are_those_of_its_matrices(name):
    n, operations = counts(name)
    equations = n * (n - 1) * (2 * n - 1) // 6 + 6 * n * (n - 1)  # M^-1 J^T
    large = 3 * 36 * n  # J M^-1 J^T, Jbar, J J^T
    small = 4 * 6 * n + n**2 + 5 * n  # products with a vector; gains and frictions
    task = 2 * 972 + 9 * 36 + 216  # what 6 by 6 matrices go through
    assert operations.multiplications == equations + large + small + task
    assert n == {"gen3": 7, "ur5e": 6}[name]


def test_the_parts_add_up_to_a_controller_with_every_part_of_the_law():
    arm = load_arm("gen3")
    reference = MinimumJerk(arm.state.hand, arm.state.hand, 1.0).at(0.4)
    parts = analytic_operations(arm.model, arm.state, reference, "acceleration")
    assert parts["command"] == COMMAND
    assert parts["law"] == law_operations(arm.model, arm.state, reference, "acceleration")
    assert parts["dynamics"] == dynamics_operations(7)


def test_dynamics_of_one_more_link_take_one_more_turn_of_each_recursion():
    # Links outwards and inwards cost alike; composite bodies also meet every joint further in,
    # with two products of three numbers each.
    one, two, three = (dynamics_operations(n) for n in (1, 2, 3))
    first, second = (
        Operations(*(getattr(b, kind) - getattr(a, kind) for kind in vars(a)))
        for a, b in ((one, two), (two, three))
    )
    assert second == replace(
        first, multiplications=first.multiplications + 6, additions=first.additions + 5
    )
    # Outwards: a turn of a frame takes 27 + 12 products, its inertia 54, four vectors 9 each,
    # a cross product 6; and more.
    assert first.multiplications > 27 + 12 + 54 + 36 + 6
