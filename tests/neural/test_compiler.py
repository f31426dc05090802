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

from spikearm.loihi_deploy.engine.jit import jit
from spikearm.neural import compiler

SOURCES = sorted(str(path.relative_to(jit.sources)) for path in jit.sources.rglob("*.py"))


@pytest.fixture
def engine(tmp_path, monkeypatch) -> Path:
    """Copy the engine's sources to a folder without compiled code; nothing else is chosen."""
    monkeypatch.setattr(config, "CACHE_DIR", "")
    folder = tmp_path / "engine"
    for name in SOURCES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(jit.sources / name, folder / name)
    return folder


def test_the_folder_lies_beside_the_sources(engine):
    folder = Path(compiler.cache_folder(engine))
    assert folder.parent == engine / "__pycache__"
    assert folder.name.startswith("kernels-")


def test_the_same_sources_elsewhere_have_a_folder_of_the_same_name(engine):
    assert Path(compiler.cache_folder(engine)).name == Path(jit.folder).name


@pytest.mark.parametrize("name", SOURCES)
def test_another_source_of_any_kernel_means_another_folder_and_the_first_one_again(engine, name):
    before, source = compiler.cache_folder(engine), (engine / name).read_bytes()
    (engine / name).write_bytes(source + b"# changed\n")
    changed = compiler.cache_folder(engine)
    (engine / name).write_bytes(source)
    assert changed != before == compiler.cache_folder(engine)


def test_these_sources_are_all_that_the_kernels_are_made_of():
    kernels = [path for path in jit.sources.rglob("*.py") if "@jit" in path.read_text()]
    compiled = {str(path.relative_to(jit.sources)) for path in kernels}
    assert (
        {"stepping.py", "host/kernels/program.py", "kernels/delivery.py"}
        <= compiled
        <= set(SOURCES)
    )


def test_another_compiler_means_another_folder(engine, monkeypatch, tmp_path):
    before = compiler.cache_folder(engine)
    changed = tmp_path / "compiler.py"
    changed.write_text(Path(str(compiler.__file__)).read_text() + "# changed\n")
    monkeypatch.setattr(compiler, "__file__", str(changed))
    assert compiler.cache_folder(engine) != before


def test_another_numba_means_another_folder(engine, monkeypatch):
    before = compiler.cache_folder(engine)
    monkeypatch.setattr(numba, "__version__", "0.0.1")
    assert compiler.cache_folder(engine) != before


def test_a_folder_that_numba_was_given_is_taken(engine, monkeypatch, tmp_path):
    name = Path(compiler.cache_folder(engine)).name
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "chosen"))
    assert Path(compiler.cache_folder(engine)) == tmp_path / "chosen" / name


def read_only(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Let folders and all below be such that one may not write there, which root may anywhere."""
    monkeypatch.setattr(
        compiler.os, "access",
        lambda path, mode: not any(Path(path).is_relative_to(folder) for folder in folders),
    )  # fmt: skip


@pytest.mark.parametrize("has_cache", [True, False])
def test_where_one_may_not_write_the_user_s_cache_is_taken(
    engine, has_cache, monkeypatch, tmp_path
):
    name = Path(compiler.cache_folder(engine)).name
    if has_cache:
        (engine / "__pycache__").mkdir()
    read_only(monkeypatch, engine)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert Path(compiler.cache_folder(engine)) == tmp_path / "home" / ".cache" / "spikearm" / name
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "chosen"))
    assert Path(compiler.cache_folder(engine)) == tmp_path / "chosen" / name


def no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")


@pytest.mark.parametrize("home", ["read-only", "none"])
def test_where_a_user_may_write_nowhere_a_temporary_folder_is_taken_with_a_line(
    engine, home, monkeypatch, tmp_path, caplog
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(compiler.tempfile, "gettempdir", lambda: str(temporary))
    read_only(monkeypatch, engine, tmp_path / "home")
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(Path, "home", no_home if home == "none" else lambda: tmp_path / "home")
    folder = Path(compiler.cache_folder(engine))
    assert folder.parent == temporary / f"spikearm-{os.geteuid()}"
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    (said,) = caplog.messages
    assert str(folder.parent) in said
    assert compiler.cache_folder(engine) == str(folder)


def own_by_another(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let a folder be another user's, which it takes root to do."""
    monkeypatch.setattr(
        compiler, "_owned", lambda path, owned=compiler._owned: path != folder and owned(path)
    )


def test_compiled_code_of_another_user_is_not_run(engine, monkeypatch, tmp_path, caplog):
    chosen, temporary = tmp_path / "chosen", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(config, "CACHE_DIR", str(chosen))
    monkeypatch.setattr(compiler.tempfile, "gettempdir", lambda: str(temporary))
    folder = Path(compiler.cache_folder(engine))
    assert folder.parent == chosen
    folder.mkdir(parents=True)
    assert Path(compiler.cache_folder(engine)) == folder
    own_by_another(monkeypatch, folder)
    assert Path(compiler.cache_folder(engine)).parent == temporary / f"spikearm-{os.geteuid()}"
    assert "another user's" in caplog.text


def test_nor_that_of_who_made_the_temporary_folder_first(engine, monkeypatch, tmp_path):
    taken = tmp_path / f"spikearm-{os.geteuid()}"
    taken.mkdir()
    monkeypatch.setattr(compiler.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(compiler.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(Path, "home", no_home)
    read_only(monkeypatch, engine)
    own_by_another(monkeypatch, taken)
    folder = Path(compiler.cache_folder(engine)).parent
    assert folder.parent == tmp_path
    assert folder != taken


def test_compiling_leaves_numba_s_own_setting_as_it_was(monkeypatch):
    monkeypatch.setattr(config, "CACHE_DIR", "as it was")

    def kernel(x):
        return x + 1

    jit(kernel)
    assert config.CACHE_DIR == "as it was"
    with pytest.raises(TypeError):
        jit("no function")  # type: ignore[arg-type]
    assert config.CACHE_DIR == "as it was"


TOY = {
    "jit.py": """
from pathlib import Path
from compiler import Compiler

jit = Compiler(Path(__file__).parent)
""",
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
from jit import jit

@jit
def ours(x):
    return inner.ours(x) + 1

@numba.njit(cache=True)
def plain(x):
    return inner.plain(x) + 1

hits = lambda kernel: sum(kernel.stats.cache_hits.values())
print(ours(2), hits(ours), plain(2), hits(plain), jit.folder, sep="|")
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


def a_toy(folder: Path) -> Path:
    toy = folder / "toy"
    toy.mkdir()
    shutil.copy(str(compiler.__file__), toy)
    for name, source in TOY.items():
        (toy / name).write_text(source)
    return toy


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_compiled_code_that_is_damaged_is_made_anew(tmp_path, suffix):
    toy, cache = a_toy(tmp_path), tmp_path / "cache"
    first = run_toy(toy, cache)
    damaged = list(first.folder.rglob(f"*ours*.{suffix}"))
    for path in damaged:
        path.write_bytes(path.read_bytes()[:40])
    second, third = run_toy(toy, cache), run_toy(toy, cache)
    assert damaged
    assert (second.ours, second.ours_kept, third.ours, third.ours_kept) == (7, False, 7, True)


def test_kernels_are_compiled_again_when_what_they_call_has_changed(tmp_path):
    toy, cache = a_toy(tmp_path), tmp_path / "cache"
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
