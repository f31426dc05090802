"""Every block of Python in the README and in docs/, run as a reader would type it."""

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nengo
import numpy as np
import pandas
import pytest
from documents import PAGES, ROOT, blocks, name

from spikearm.arm_models import ARMS
from spikearm.controller.weights.membrane import LEAKY
from spikearm.loihi_deploy.backends.engine import EngineSimulation

EXAMPLE = re.compile(r"(?:<!-- (slow|not run): (.*?) -->\n\n?)?^```python\n(.*?)^```", re.M | re.S)
RUN_ELSEWHERE = {
    "README.md": "tests/test_readme.py",
    "docs/extending.md": "tests/test_extending.py",
    "docs/first_loop.md": "tests/test_notebook.py",
    "docs/learning.md": "tests/experiments/test_environments.py",
    "docs/own_controller.md": "tests/experiments/test_own_controller.py",
}
"""Tests that run the examples of a page, and look at what comes out."""

WITH_EXAMPLES = [page for page in PAGES if blocks(page, "python")]
HERE = [page for page in WITH_EXAMPLES if name(page) not in RUN_ELSEWHERE]


def examples(page: Path) -> list[tuple[str, str, str]]:
    """List the mark, its reason and the code of each example of a page."""
    return EXAMPLE.findall(page.read_text())


def is_slow(page: Path) -> bool:
    """Return True if an example of the page is marked as slow."""
    return any(mark == "slow" for mark, _, _ in examples(page))


def a_network() -> nengo.Network:
    """Build a network that nengo-loihi splits between host and chip."""
    with nengo.Network(seed=0) as network:
        source, host = nengo.Node(np.sin), nengo.Node(lambda t, x: 0.1 * x, size_in=1)
        first, second = (
            nengo.Ensemble(50, 1, neuron_type=LEAKY.neuron_type("loihi")) for _ in range(2)
        )
        nengo.Connection(source, first)
        nengo.Connection(first, second)
        nengo.Connection(second, host)
        nengo.Connection(host, first)
        nengo.Probe(second)
    return network


def with_arm_file() -> None:
    """Write the model file that a page speaks of."""
    arm = ARMS["ur5e"].mjcf.read_text().replace('site name="hand"', 'site name="tool"')
    Path("arm.xml").write_text(arm)
    Path("scene.xml").write_text(ARMS["ur5e"].mjcf.with_name("scene.xml").read_text())


def with_results() -> None:
    """Write a folder of results, as a sweep leaves it."""
    folder = Path("runs/grid/results")
    folder.mkdir(parents=True)
    row = {"arm": ["gen3"], "controller": ["loihi"], "fidelity_rmse_m": [3e-4]}
    pandas.DataFrame(row).to_parquet(folder / "key.parquet")


FILES: dict[str, Callable[[], None]] = {
    "docs/own_arm.md": with_arm_file,
    "docs/sweep.md": with_results,
}
"""What a page takes to be in the reader's folder."""


WITH_NETWORK = {"docs/deployment.md", "docs/engine.md", "docs/robustness.md"}
"""Pages that take a network for granted, and a controller that has one."""


@contextmanager
def names_of(page: Path) -> Iterator[dict[str, Any]]:
    """Return the names that a page takes for granted."""
    if name(page) not in WITH_NETWORK:
        yield {}
        return
    network = a_network()
    with closing(EngineSimulation(network)) as simulation:
        yield {"network": network, "controller": SimpleNamespace(simulation=simulation)}


def run(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the examples of a page one after another, in an empty folder."""
    monkeypatch.chdir(folder)
    FILES.get(name(page), lambda: None)()
    with names_of(page) as scope:
        for mark, _, code in examples(page):
            if mark != "not run":
                exec(compile(code, name(page), "exec"), scope)


@pytest.mark.parametrize("page", [page for page in HERE if not is_slow(page)], ids=name)
def test_examples_run(page, tmp_path, monkeypatch):
    run(page, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in HERE if is_slow(page)], ids=name)
def test_slow_examples_run(page, tmp_path, monkeypatch):
    run(page, tmp_path, monkeypatch)


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=name)
def test_examples_parse_and_each_mark_has_its_reason(page):
    found = examples(page)
    assert [code for _, _, code in found] == blocks(page, "python")
    for mark, reason, code in found:
        ast.parse(code)
        assert len(reason.split()) > 1 or not mark, code


@pytest.mark.parametrize("page", RUN_ELSEWHERE)
def test_pages_that_another_test_runs_are_named_there(page):
    assert ROOT / page in WITH_EXAMPLES
    assert Path(page).stem in (ROOT / RUN_ELSEWHERE[page]).read_text()
