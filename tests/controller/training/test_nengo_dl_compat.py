"""nengo-dl on the current stack: still broken without the module; with it, training works.

Training runs in another process: one that has loaded TensorFlow crashes when MuJoCo's renderer
loads Mesa, and other tests render.
"""

import sys
import warnings
from contextlib import closing
from importlib.util import find_spec
from typing import Any, NamedTuple

import nengo
import numpy as np
import pytest
from apart import apart
from nengo.builder.ensemble import get_activities

from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation

NEEDED = ("tensorflow", "tf_keras", "nengo_dl")
pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in NEEDED), reason="needs the extra [train]"
)

DELETE = "nengo-dl no longer needs it: delete controller/training/nengo_dl_compat.py and this test"
N_NEURONS = 50
EPOCHS = 150
LOSS_FACTOR = 100.0  # by which training has to lower the loss, at least
SYNAPSE = 0.02  # s
SETTLING, MEASURED = 60, 90  # steps


class Approximator(NamedTuple):
    """A population to which a number goes in, and what is decoded from it."""

    network: nengo.Network
    given: nengo.Node
    decoded: nengo.Connection
    probe: nengo.Probe
    received: list[float]


class Trained(NamedTuple):
    """What training led to; errors are root mean squares over the points."""

    refusal: str
    losses: list[float]
    rate_error: float
    untrained_chip_error: float
    trained_chip_error: float
    left_behind: list[str]


def wanted(x: np.ndarray) -> np.ndarray:
    """Give the function to learn: neither odd, nor even, nor linear."""
    return 0.6 * x**2 - 0.5 * x - 0.2


def approximator() -> Approximator:
    """Make a network that decodes the number itself, before training."""
    received: list[float] = []
    resting = {"voltage": nengo.dists.Choice([0])}
    with nengo.Network(seed=5) as network:
        given = nengo.Node([0.0], label="given")
        population = nengo.Ensemble(
            N_NEURONS, 1, neuron_type=nengo.LIF(tau_ref=0.001, initial_state=resting),
            max_rates=nengo.dists.Uniform(100, 200), intercepts=nengo.dists.Uniform(-0.9, 0.9),
        )  # fmt: skip
        out = nengo.Node(size_in=1, label="out")
        sink = nengo.Node(lambda t, x: received.append(float(x[0])), size_in=1, label="sink")
        nengo.Connection(given, population, synapse=None)
        decoded = nengo.Connection(population, out, synapse=None)
        nengo.Connection(out, sink, synapse=None)
        probe = nengo.Probe(out, synapse=None)
    return Approximator(network, given, decoded, probe, received)


def on_chip(made: Approximator, points: np.ndarray) -> np.ndarray:
    """Run the network on the emulated chip at each of the points, and average what comes out."""
    outputs = []
    made.decoded.synapse = SYNAPSE  # spikes need a filter; rates are trained without one
    for point in points:
        made.given.output = [point]
        made.received.clear()
        with closing(EmulatorSimulation(made.network)) as emulation:
            for _ in range(SETTLING + MEASURED):
                emulation.step()
        outputs.append(np.mean(made.received[SETTLING:]))
    made.given.output = [0.0]
    made.decoded.synapse = None
    return np.array(outputs)


def error(actual: np.ndarray, points: np.ndarray) -> float:
    return float(np.sqrt(np.mean((actual - wanted(points)) ** 2)))


POINTS = np.linspace(-0.85, 0.85, 9)


def rate_decoded(made: Approximator) -> np.ndarray:
    """Decode from Nengo's rates what the network's weights yield at the points."""
    (population,) = made.network.all_ensembles
    with nengo.Simulator(made.network, progress_bar=False) as simulator:
        rates = get_activities(simulator.data[population], population, POINTS[:, None])
        return rates @ simulator.data[made.decoded].weights[0]


def stand_ins() -> list[str]:
    """List loaded modules of Keras that were not read from a file."""
    modules = [name for name in sys.modules if name.split(".")[0] == "keras"]
    return [name for name in modules if sys.modules[name].__spec__ is None]


def train(made: Approximator) -> list[float]:
    """Train the network's rate form, and put what was learned back into the network."""
    from spikearm.controller.training.nengo_dl_compat import nengo_dl, tf

    x = np.linspace(-1, 1, 64)[:, None, None]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="No GPU support detected")
        simulator = nengo_dl.Simulator(made.network, minibatch_size=16, seed=1, progress_bar=False)
    with simulator:
        simulator.compile(optimizer=tf.optimizers.Adam(3e-4), loss={made.probe: "mse"})
        fitted = simulator.fit({made.given: x}, {made.probe: wanted(x)}, epochs=EPOCHS, verbose=0)
        simulator.freeze_params(made.network)
    return fitted.history["loss"]


def refusal() -> str:
    """Import nengo-dl without the module; return why that fails, and leave all as it was."""
    kept = {name: one for name, one in sys.modules.items() if name.split(".")[0] == "nengo_dl"}
    said = ""
    for name in kept:
        del sys.modules[name]
    try:
        import nengo_dl  # noqa: F401
    except ImportError as error:
        said = str(error)
    for name in [name for name in sys.modules if name.split(".")[0] == "nengo_dl"]:
        del sys.modules[name]
    sys.modules.update(kept)
    return said


def learn() -> dict[str, Any]:
    refused = refusal()
    made = approximator()
    before = on_chip(made, POINTS)
    losses = train(made)
    result = Trained(
        refusal=refused,
        losses=losses,
        rate_error=error(rate_decoded(made), POINTS),
        untrained_chip_error=error(before, POINTS),
        trained_chip_error=error(on_chip(made, POINTS), POINTS),
        left_behind=stand_ins(),
    )
    return result._asdict()


@pytest.fixture(scope="module")
def trained() -> Trained:
    return Trained(**apart(learn))


def test_without_it_nengo_dl_still_fails_on_this_tensorflow(trained):
    assert "keras.engine" in trained.refusal, DELETE


def test_training_lowers_the_loss(trained):
    assert len(trained.losses) == EPOCHS
    assert trained.losses[-1] < trained.losses[0] / LOSS_FACTOR


def test_the_network_holds_what_was_learned(trained):
    # The loss is over all of [-1, 1] and of rates that are softened near their thresholds.
    assert trained.rate_error < 3 * np.sqrt(trained.losses[-1])


def test_the_trained_network_is_better_on_the_chip_than_the_untrained(trained):
    assert trained.untrained_chip_error > 0.3
    assert trained.trained_chip_error < trained.untrained_chip_error / 10


def test_no_stand_in_for_keras_stays_behind(trained):
    assert trained.left_behind == []
