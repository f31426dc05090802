"""The locked versions of packages, against what the project asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)([^\n]*\n(?: +--hash=[^\n]+\n?)*)", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = [one for extra in PROJECT["optional-dependencies"].values() for one in extra]
RESULTS = ("mujoco", "nengo", "nengo-loihi", "numba", "numpy", "scipy")


def locked(name: str) -> dict[str, tuple[str, str]]:
    """Return version and hashes of each package of a lock file."""
    text = (ROOT / "locks" / f"{name}.txt").read_text()
    return {
        package.lower().replace("_", "-"): (version, hashes)
        for package, version, hashes in ENTRY.findall(text)
    }


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("run", PROJECT["dependencies"]),
        ("docs", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["docs"]),
        ("test", PROJECT["dependencies"] + EXTRAS),
    ],
)
def test_every_requirement_has_a_version_that_it_allows(lock, requirements):
    versions = locked(lock)
    for requirement in map(Requirement, requirements):
        version, _ = versions[requirement.name.lower()]
        assert requirement.specifier.contains(version), requirement


@pytest.mark.parametrize("lock", ["run", "docs", "test"])
def test_every_version_has_hashes(lock):
    packages = locked(lock)
    assert len(packages) > 20
    assert all("--hash=sha256:" in hashes for _, hashes in packages.values())


@pytest.mark.parametrize("lock", ["run", "docs"])
def test_what_is_locked_for_running_and_for_docs_is_locked_alike_for_tests(lock):
    part, test = locked(lock), locked("test")
    assert {name: version for name, (version, _) in part.items()} == {
        name: test[name][0] for name in part
    }


@pytest.mark.parametrize("name", RESULTS)
def test_what_changes_results_has_an_upper_bound(name):
    (requirement,) = (one for one in map(Requirement, PROJECT["dependencies"]) if one.name == name)
    assert any(one.operator == "<" for one in requirement.specifier)
