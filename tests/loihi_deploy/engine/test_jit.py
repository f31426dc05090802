"""Where compiled kernels are kept: in a folder of their sources, where one may write."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numba
import pytest
from numba.core import config

from spikearm.loihi_deploy.engine import jit

SOURCES = sorted(str(path.relative_to(jit.HERE)) for path in jit.HERE.rglob("*.py"))


@pytest.fixture
def engine(tmp_path, monkeypatch) -> Path:
    """Copy the engine's sources to a folder without compiled code; nothing else is chosen."""
    monkeypatch.setattr(config, "CACHE_DIR", "")
    folder = tmp_path / "engine"
    for name in SOURCES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(jit.HERE / name, folder / name)
    return folder


def test_the_folder_lies_beside_the_sources(engine):
    folder = Path(jit.cache_folder(engine))
    assert folder.parent == engine / "__pycache__"
    assert folder.name.startswith("kernels-")


def test_the_same_sources_elsewhere_have_a_folder_of_the_same_name(engine):
    assert Path(jit.cache_folder(engine)).name == Path(jit.CACHE_FOLDER).name


@pytest.mark.parametrize("name", SOURCES)
def test_another_source_of_any_kernel_means_another_folder_and_the_first_one_again(engine, name):
    before, source = jit.cache_folder(engine), (engine / name).read_bytes()
    (engine / name).write_bytes(source + b"# changed\n")
    changed = jit.cache_folder(engine)
    (engine / name).write_bytes(source)
    assert changed != before == jit.cache_folder(engine)


def test_these_sources_are_all_that_the_kernels_are_made_of():
    kernels = [path for path in jit.HERE.rglob("*.py") if "@jit" in path.read_text()]
    compiled = {str(path.relative_to(jit.HERE)) for path in kernels}
    assert {"stepping.py", "host/kernels.py", "kernels/delivery.py"} <= compiled <= set(SOURCES)


def test_another_numba_means_another_folder(engine, monkeypatch):
    before = jit.cache_folder(engine)
    monkeypatch.setattr(numba, "__version__", "0.0.1")
    assert jit.cache_folder(engine) != before


def test_a_folder_that_numba_was_given_is_taken(engine, monkeypatch, tmp_path):
    name = Path(jit.cache_folder(engine)).name
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "chosen"))
    assert Path(jit.cache_folder(engine)) == tmp_path / "chosen" / name


@pytest.mark.parametrize("has_cache", [True, False])
def test_where_one_may_not_write_the_user_s_cache_is_taken(
    engine, has_cache, monkeypatch, tmp_path
):
    name = Path(jit.cache_folder(engine)).name
    asked = []

    def access(path: Path, mode: int) -> bool:
        asked.append((path, mode))
        return False

    if has_cache:
        (engine / "__pycache__").mkdir()
    monkeypatch.setattr(jit.os, "access", access)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert Path(jit.cache_folder(engine)) == tmp_path / "home" / ".cache" / "spikearm" / name
    assert asked == [(engine / "__pycache__" if has_cache else engine, os.W_OK)]
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "chosen"))
    assert Path(jit.cache_folder(engine)) == tmp_path / "chosen" / name


def test_compiling_leaves_numba_s_own_setting_as_it_was(monkeypatch):
    monkeypatch.setattr(config, "CACHE_DIR", "as it was")

    def kernel(x):
        return x + 1

    jit.jit(kernel)
    assert config.CACHE_DIR == "as it was"
    with pytest.raises(TypeError):
        jit.jit("no function")  # type: ignore[arg-type]
    assert config.CACHE_DIR == "as it was"


TOY = {
    "inner.py": """
import numba
from jit import jit

@jit
def ours(x):
    return 3 * x

@numba.njit(cache=True)
def plain(x):
    return 3 * x
""",
    "outer.py": """
import numba
import inner
from jit import CACHE_FOLDER, jit

@jit
def ours(x):
    return inner.ours(x) + 1

@numba.njit(cache=True)
def plain(x):
    return inner.plain(x) + 1

hits = lambda kernel: sum(kernel.stats.cache_hits.values())
print(ours(2), hits(ours), plain(2), hits(plain), CACHE_FOLDER, sep="|")
""",
}


class Ran(NamedTuple):
    """What the outer kernels gave, and whether they came from the disk."""

    ours: int
    ours_kept: bool
    plain: int
    plain_kept: bool
    folder: Path


def run_toy(folder: Path, cache: Path) -> Ran:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(folder / "outer.py")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert ran.returncode == 0, ran.stderr
    ours, ours_kept, plain, plain_kept, where = ran.stdout.strip().split("|")
    return Ran(int(ours), ours_kept == "1", int(plain), plain_kept == "1", Path(where))


def test_kernels_are_compiled_again_when_what_they_call_has_changed(tmp_path):
    toy, cache = tmp_path / "toy", tmp_path / "cache"
    toy.mkdir()
    shutil.copy(jit.HERE / "jit.py", toy)
    for name, source in TOY.items():
        (toy / name).write_text(source)
    first, second = run_toy(toy, cache), run_toy(toy, cache)
    assert (first.ours, first.ours_kept, second.ours, second.ours_kept) == (7, False, 7, True)
    assert second.folder == first.folder
    (toy / "inner.py").write_text(TOY["inner.py"].replace("3 * x", "5 * x"))
    changed = run_toy(toy, cache)
    assert (changed.plain, changed.plain_kept) == (7, True)  # numba does not notice
    assert (changed.ours, changed.ours_kept) == (11, False)
    for ran in (first, changed):
        assert ran.folder.parent == cache
        assert list(ran.folder.rglob("*.nbc"))
    assert changed.folder != first.folder
    assert not (toy / "__pycache__").exists()
