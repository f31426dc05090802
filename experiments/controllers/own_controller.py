"""Controllers from outside the package, as the closed loop takes them."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, get_args

import nengo
import numpy as np

from spikearm.arm_models import ArmState, RigidBodyModel, SpikearmError
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.controller import Controller, FeedbackController, WrappedController
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.network_controller import NetworkController
from spikearm.experiments.controllers.factory import SEPARATOR, Factory, load_factory
from spikearm.experiments.controllers.spec import ControllerSetup, ControllerSpec
from spikearm.loihi_deploy.checks.report import REFUSALS, reason

OwnStage = Literal["spiking", "loihi"]
"""Stages of a network from outside: Nengo's simulation, and the chip's arithmetic."""
STAGE_BACKENDS: dict[str, tuple[str, ...]] = {
    "spiking": ("nengo",),
    "loihi": ("engine", "emulator", "board"),
}
AT = "@"


class OwnController(WrappedController, FeedbackController):
    """Controller around any object with ``torque(state, reference)``.

    ``start(state)`` and ``close()`` are called where the object has them. An adaptive network
    learns from the object's ``feedback``, or from the errors of hand and posture.

    Args:
        name: Name of the factory.
        inner: The object.
        setup: Arm, gains and feedforward.
    """

    def __init__(self, name: str, inner: Any, setup: ControllerSetup) -> None:
        super().__init__(inner)
        self._name, self._setup = name, setup
        self._inertia: HomeInertia | None = None
        self._step: ControlStep | None = None

    def start(self, state: ArmState) -> None:
        """Prepare the object for this state, if it has a method for it."""
        if hasattr(self.inner, "start"):
            self.inner.start(state)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m].

        Raises:
            SpikearmError: The object returned something else.
        """
        self._step = ControlStep(state, reference, self._setup.gains, self._setup.feedforward)
        returned = self.inner.torque(state, reference)
        try:
            torque = np.asarray(returned, dtype=float)
        except (TypeError, ValueError) as error:
            raise SpikearmError(
                f"'{self._name}' returned torques that are no numbers: {returned!r:.60}."
            ) from error
        self._check(torque, state.time)
        return torque

    @property
    def feedback(self) -> np.ndarray:
        """Joint torques that errors alone asked for, shape (n_joints,) [N m]."""
        if hasattr(self.inner, "feedback"):
            return self.inner.feedback
        if self._step is None:
            return np.zeros(self._setup.model.chain.n_joints)
        if self._inertia is None:
            self._inertia = HomeInertia.of_arm(self._setup.model)
        return self._inertia.feedback(self._step)

    def close(self) -> None:
        """Close the object, if it has a method for it."""
        if hasattr(self.inner, "close"):
            self.inner.close()

    def _check(self, torque: np.ndarray, time: float) -> None:
        joints = self._setup.model.chain.joints
        if torque.shape != (len(joints),):
            raise SpikearmError(
                f"'{self._name}' returned torques of shape {torque.shape}, but this arm takes "
                f"({len(joints)},): a torque for each of {', '.join(joints)}."
            )
        if not np.isfinite(torque).all():
            bad = [joint for joint, one in zip(joints, torque, strict=True) if not np.isfinite(one)]
            raise SpikearmError(
                f"'{self._name}' returned a torque that is not finite at {time:.3f} s, for "
                f"{', '.join(bad)}. The arm was not moved."
            )


def is_own(name: str) -> bool:
    """Return whether a name is that of a factory from outside the package."""
    return SEPARATOR in name


def own_factory(name: str) -> Factory:
    """Load the factory of a name, with or without a stage after it.

    Raises:
        SpikearmError: There is none.
    """
    return load_factory(name.partition(AT)[0])


def try_factory(name: str, model: RigidBodyModel) -> tuple[list[str], bool]:
    """Call a factory, to see what it returns.

    Args:
        name: Name of a factory, with or without a stage after it.
        model: Nominal dynamics of the arm.

    Returns:
        The controllers that the name stands for, which are both stages of a network; and True if a
        motion changes what was returned: a rule learns in the network, or the object says that it
        ``learns``.

    Raises:
        SpikearmError: There is no such factory, it fails, or it returns nothing of use.
    """
    made = own_factory(name).make(model, seed=0)
    if not isinstance(made, nengo.Network):
        return [name], bool(getattr(made, "learns", False))
    learns = any(one.learning_rule_type is not None for one in made.all_connections)
    if AT in name:
        return [name], learns
    return [f"{name}{AT}{stage}" for stage in get_args(OwnStage)], learns


def own_sources(names: Iterable[str]) -> dict[str, dict[str, str | None]]:
    """Return the file of each factory among the names of controllers, and its hash, by factory."""
    factories = [own_factory(name) for name in names if is_own(name)]
    return {factory.name: factory.source for factory in factories}


def own_spec(name: str) -> ControllerSpec:
    """Return the entry of a controller from outside the package.

    Args:
        name: ``package.module:factory``, and for a network ``@spiking`` or ``@loihi`` after it.

    Raises:
        SpikearmError: There is no such factory or stage.
    """
    factory = own_factory(name)
    stage = name.partition(AT)[2]
    if not stage:
        return ControllerSpec(lambda setup: _plain(factory, setup))
    if stage not in STAGE_BACKENDS:
        raise SpikearmError(
            f"There is no stage '{stage}' of a network. Stages: {', '.join(STAGE_BACKENDS)}."
        )
    return ControllerSpec(
        lambda setup: _network(name, factory, setup),
        stage,  # pyright: ignore[reportArgumentType]  checked above
        backends=STAGE_BACKENDS[stage],
    )


def _plain(factory: Factory, setup: ControllerSetup) -> Controller:
    made = factory.make(setup.model, setup.seed)
    if isinstance(made, nengo.Network):
        raise SpikearmError(
            f"'{factory.name}' returns a network: name a stage, {factory.name}{AT}spiking or "
            f"{factory.name}{AT}loihi."
        )
    return OwnController(factory.name, made, setup)


def _network(name: str, factory: Factory, setup: ControllerSetup) -> Controller:
    made = factory.make(setup.model, setup.seed)
    if not isinstance(made, nengo.Network):
        raise SpikearmError(
            f"'{factory.name}' returns {type(made).__name__}, which has no stages: leave out "
            f"what follows {AT}."
        )
    try:
        with _known_start():
            return NetworkController(
                made, setup.simulation, setup.model, setup.gains, setup.feedforward, setup.seed,
                setup.subnetworks,
            )  # fmt: skip
    except SpikearmError as error:
        raise SpikearmError(f"'{name}': {error}") from error
    except REFUSALS as error:
        raise SpikearmError(f"'{name}' cannot be built: {reason(error)}") from error


@contextmanager
def _known_start() -> Iterator[None]:
    """Silence the warning that membranes start at zero on a chip, at random voltages in Nengo.

    A network settles before the arm moves, so that its start does not matter.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*initial values for 'voltage' being non-zero")
        yield
