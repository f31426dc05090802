"""The example of learning, docs/residual_policy.py: it trains, is saved, and is benched."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from spikearm.experiments import cli

ROOT = Path(__file__).parents[1]


@pytest.fixture
def example(tmp_path, monkeypatch):
    """The example as a module, in an empty folder."""
    pytest.importorskip("cma", reason="the library cma is not installed")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path, str(ROOT / "docs")])
    return pytest.importorskip("residual_policy")


@pytest.mark.slow
def test_a_policy_is_trained_and_benched(example):
    environment = example.make()
    weights, n_episodes = example.train(environment, 1.0, 0)
    environment.close()
    assert weights.shape == (7, 6) and weights.any()
    assert n_episodes >= example.TRIED
    np.save("residual.npy", 0.1 * weights)  # so little trained, it must not move far
    words = ["--controllers", "residual_policy:residual", "--targets", "1", "--radius", "0.1"]
    assert cli.main(["bench", *words, "--no-report", "--out", "out"]) == 0
    rows = json.loads(Path("out/summary.json").read_text())["rows"]
    assert [row["controller"] for row in rows] == ["analytic", "residual_policy:residual"]


@pytest.mark.slow
def test_a_linear_policy_reads_the_error_from_the_observation(example):
    """A hand that is 0.1 m off in y asks for the second column of the weights."""
    weights = np.arange(42.0).reshape(7, 6)
    observation = np.random.default_rng(0).normal(size=39)
    observation[21:27] = [0.0, 0.1, 0.0, 0.0, 0.0, 0.0]
    assert example.LinearPolicy(weights)(observation) == pytest.approx(weights[:, 1])
