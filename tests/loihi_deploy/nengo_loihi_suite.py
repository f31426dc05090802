"""Runs nengo-loihi's own tests with nengo-loihi's simulator and with this project's.

``python tests/loihi_deploy/nengo_loihi_suite.py`` takes the tests of the installed nengo-loihi,
and those of the installed Nengo that use a simulator, runs them once with each, and compares
test by test. The exit status is 1 if a test passes with nengo-loihi's simulator, fails with
this project's, and has no reason in ``REASONS``.

Arguments are packages or files to take instead, with pytest's options:
``... nengo_loihi_suite.py nengo_loihi.tests.test_conv -k split``.

The settings are those of nengo-loihi's repository, whose ``conftest.py`` is not installed with
it. Figures are not drawn, and the fixtures of pytest-rng and pytest-allclose are written out
here, so that no more than the extras [test] and [dev] are needed.
"""

import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatch
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import nengo
import numpy as np
import pytest

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.loihi_deploy.simulator import Simulator as CompiledSimulator

PACKAGES = ("nengo_loihi", "nengo")
THEIRS, OURS = "nengo-loihi", "spikearm"
INI = """
[pytest]
filterwarnings = ignore::DeprecationWarning
nengo_simloader = nengo_loihi.tests.make_test_sim
nengo_neurons =
    nengo.LIF
    nengo.SpikingRectifiedLinear
    nengo_loihi.LoihiLIF
    nengo_loihi.LoihiSpikingRectifiedLinear
markers =
    slow: takes long
    target_sim: runs on the emulator only
    target_loihi: runs on the chip only
    hang: hangs on the chip
    requires_multichip_snips: needs a large board
"""
REASONS = {
    "nengo_loihi/emulator/tests/test_interface.py::test_strict_mode*": (
        "calls a method of the emulator's state; strictness is tested in test_engine_blocks.py"
    ),
    "nengo_loihi/tests/test_simulator.py::TestRunSteps::*": (
        "asks for the name of the private function that runs host and chip by turns; here it is "
        "that of loihi_deploy.engine.exchange"
    ),
}
"""Why a test that passes with nengo-loihi's simulator need not pass here, by pattern."""


class Gabor:
    """Draws kernels like those of ``nengo_extras.vision.Gabor``, for the convolution tests."""

    def __init__(self, freq: Any, **_: Any) -> None:
        self.freq = freq

    def generate(
        self, n: int, shape: tuple[int, int], rng: np.random.RandomState, norm: float = 1.0
    ) -> np.ndarray:
        """Draw waves under a bell, shape (n, *shape), of the same norm."""
        y, x = (np.linspace(-1, 1, size) for size in shape)
        angle, phase = rng.uniform(0, 2 * np.pi, size=(2, n, 1, 1))
        along = np.cos(angle) * x + np.sin(angle) * y[:, None]
        wave = np.cos(2 * np.pi * self.freq.sample(n, rng=rng)[:, None, None] * along + phase)
        kernels = wave * np.exp(-(x**2 + y[:, None] ** 2))
        return norm * kernels / np.linalg.norm(kernels, axis=(1, 2), keepdims=True)


def draw_digits(path: Path) -> None:
    """Write the file of digits that is not installed with nengo-loihi: ten rings."""
    y, x = np.mgrid[-1:1:28j, -1:1:28j]
    rings = [np.exp(-60 * (np.hypot(x, (1 + 0.1 * k) * y) - 0.5) ** 2) for k in range(10)]
    pixels = np.array(rings, dtype=np.float32).reshape(10, -1)
    path.write_bytes(pickle.dumps((pixels, np.arange(10))))


class Outcomes:
    """Sets tests up as nengo-loihi's repository does, and keeps what came of each."""

    def __init__(self) -> None:
        self.by_test: dict[str, tuple[str, str]] = {}  # passed, failed or skipped, and why
        self.pictures = tempfile.TemporaryDirectory()

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        parser.addoption("--target", default="sim")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        convolution = sys.modules.get("nengo_loihi.tests.test_conv")
        if convolution is not None:
            convolution.test_dir = self.pictures.name  # type: ignore[attr-defined]
            draw_digits(Path(self.pictures.name) / "mnist10.pkl")
        for item in items:
            if "target_loihi" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="needs a chip"))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._keep(report.nodeid, report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self._keep(report.nodeid, report)

    def _keep(self, test: str, report: Any) -> None:
        lines = str(report.longrepr or "").splitlines()
        errors = [line[1:].strip() for line in lines if line.startswith("E ")]
        self.by_test[test] = (report.outcome, (errors or lines[-1:] or [""])[0])

    @pytest.fixture(scope="session", name="Simulator")
    def simulator(self, request: pytest.FixtureRequest) -> Callable:
        from nengo_loihi.tests import make_test_sim  # type: ignore[import-not-found]

        return make_test_sim(request)

    @pytest.fixture
    def seed(self, request: pytest.FixtureRequest) -> int:
        return int(hashlib.sha1(request.node.nodeid.encode()).hexdigest()[:8], 16)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.RandomState:
        digest = hashlib.sha1(f"{request.node.nodeid}rng".encode()).hexdigest()
        return np.random.RandomState(int(digest[:8], 16))

    @pytest.fixture
    def plt(self) -> MagicMock:
        figures = MagicMock()
        figures.subplots.return_value = (MagicMock(), MagicMock())
        return figures

    @pytest.fixture
    def allclose(self) -> Callable:
        return is_close


def is_close(
    a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, xtol: int = 0, **_: Any
) -> bool:
    """Compare two signals that may be shifted against each other by up to ``xtol`` samples."""
    a, b = np.broadcast_arrays(np.atleast_1d(a), np.atleast_1d(b))
    close = np.isclose(a, b, rtol=rtol, atol=atol)
    for shift in range(1, xtol + 1):
        close[shift:] |= np.isclose(a[shift:], b[:-shift], rtol=rtol, atol=atol)
        close[:-shift] |= np.isclose(a[:-shift], b[shift:], rtol=rtol, atol=atol)
        close[[shift - 1, -shift]] = True
    return bool(close.all())


def run(simulator: str, arguments: list[str]) -> dict[str, tuple[str, str]]:
    """Run the tests with one of the two simulators; changes nengo-loihi in this process."""
    import nengo_loihi.builder.builder as builder  # type: ignore[import-not-found]
    import nengo_loihi.emulator as emulator  # type: ignore[import-not-found]

    nengo_loihi.set_defaults()
    builder.Model.default_validation_level = builder.ValidationLevel.FULL
    emulator.EmulatorInterface.strict = True
    if simulator == OURS:
        Engine.strict = True
        nengo_loihi.Simulator = CompiledSimulator
        emulator.EmulatorInterface = Engine
    os.environ["MPLBACKEND"] = "Agg"
    sys.modules["nengo_extras"] = MagicMock()
    sys.modules["nengo_extras.matplotlib"] = MagicMock()
    stand_in("nengo_extras.vision", Gabor=Gabor)
    # Nengo 4.1 has moved it.
    nengo._vendor.npconv2d = stand_in("nengo._vendor.npconv2d", conv2d=nengo.builder.transforms)
    sys.modules["nengo._vendor.npconv2d.conv2d"] = nengo.builder.transforms

    outcomes = Outcomes()
    with tempfile.TemporaryDirectory() as folder:
        ini = Path(folder) / "pytest.ini"
        ini.write_text(INI)
        root = str(Path(str(nengo.__file__)).parents[1])
        options = [
            "-q",
            "--no-header",
            "--tb=short",
            "-p",
            "no:cacheprovider",
            "--continue-on-collection-errors",
        ]
        pytest.main(
            ["-c", str(ini), "--rootdir", root, *options, "--pyargs", *arguments],
            plugins=[outcomes],
        )
    return outcomes.by_test


def stand_in(name: str, **contents: Any) -> ModuleType:
    """Put a module in the place of one that is not installed."""
    module = sys.modules[name] = ModuleType(name)
    vars(module).update(contents)
    return module


def compare(
    theirs: dict[str, tuple[str, str]], ours: dict[str, tuple[str, str]]
) -> dict[str, list[str]]:
    """Sort tests by how they went."""
    sorted_tests: dict[str, list[str]] = {
        name: [] for name in ("both", "only here", "neither", "skipped", "explained", "unexplained")
    }
    for test in sorted(theirs | ours):
        before, _ = theirs.get(test, ("missing", ""))
        now, error = ours.get(test, ("missing", ""))
        if before == now == "passed":
            sorted_tests["both"].append(test)
        elif before == "skipped" and now == "skipped":
            sorted_tests["skipped"].append(test)
        elif before != "passed":
            sorted_tests["only here" if now == "passed" else "neither"].append(test)
        else:
            reason = reason_for(test)
            kind = "explained" if reason else "unexplained"
            sorted_tests[kind].append(f"{test}: {reason or f'{now}: {error}'}")
    return sorted_tests


def reason_for(test: str) -> str | None:
    """Look a test up among the reasons."""
    found = (reason for pattern, reason in REASONS.items() if fnmatch(test, pattern))
    return next(found, None)


def report(sorted_tests: dict[str, list[str]], theirs: dict[str, tuple[str, str]]) -> None:
    """Print what came of the comparison."""
    print(f"\n{len(sorted_tests['both'])} tests pass with both simulators.")
    print(f"{len(sorted_tests['skipped'])} are skipped with both.")
    print(f"{len(sorted_tests['only here'])} pass with this project's only.")
    print(f"{len(sorted_tests['neither'])} fail with nengo-loihi's simulator too:")
    show(f"{test}: {theirs.get(test, ('', 'missing'))[1]}" for test in sorted_tests["neither"])
    print(f"{len(sorted_tests['explained'])} EXCEPTIONS with a reason:")
    show(sorted_tests["explained"])
    print(f"{len(sorted_tests['unexplained'])} EXCEPTIONS without a reason:")
    show(sorted_tests["unexplained"])


def show(lines: Iterable[str]) -> None:
    """Print indented lines."""
    for line in lines:
        print(f"  {line}")


def main() -> int:
    """Run both and compare."""
    arguments = sys.argv[1:] or list(PACKAGES)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        theirs, ours = pool.map(run, (THEIRS, OURS), (arguments, arguments))
    sorted_tests = compare(theirs, ours)
    report(sorted_tests, theirs)
    return 1 if sorted_tests["unexplained"] or not sorted_tests["both"] else 0


if __name__ == "__main__":
    sys.exit(main())
