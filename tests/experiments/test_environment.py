"""Environments with little in them: no UTF-8, nowhere to write, no name for the user."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHORT = ["--targets", "1", "--radius", "0.03", "--duration", "0.1", "--hold", "0.01"]
PLAIN = [sys.executable, "-X", "utf8=0", "-m", "spikearm.experiments.cli"]
READ_ALL = [
    "setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups", "--inh-caps",
    "+dac_read_search", "--ambient-caps", "+dac_read_search",
]  # fmt: skip


def poor(folder: Path, **others: str) -> dict[str, str]:
    """Make an environment of plain letters, and without a home."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return kept | {"LC_ALL": "C", "TMPDIR": str(folder)} | others


def check_complete(folder: Path) -> None:
    assert json.loads((folder / "summary.json").read_text())["status"] == "complete"
    assert (folder / "report.html").read_text("utf-8").rstrip().endswith("</html>")


def test_without_utf_8_and_with_a_home_that_cannot_be_written_an_arm_runs(tmp_path):
    command = [*PLAIN, "run", "--controller", "analytic", *SHORT, "--out", str(tmp_path / "new")]
    ran = subprocess.run(
        command, env=poor(tmp_path, HOME="/proc/nowhere"), capture_output=True, timeout=120,
        cwd=tmp_path, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.isascii()
    check_complete(tmp_path / "new")


def can_be_another() -> bool:
    """Return whether this process may run others as a user that has no name."""
    if shutil.which("setpriv") is None or not hasattr(os, "geteuid") or os.geteuid():
        return False
    return subprocess.run([*READ_ALL, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.slow  # it compiles all kernels
@pytest.mark.skipif(not can_be_another(), reason="needs root and setpriv")
def test_a_user_without_a_name_and_a_home_who_may_write_nowhere_else_runs_the_chip(tmp_path):
    tmp_path.chmod(0o777)
    for folder in tmp_path.parents[:2]:
        folder.chmod(folder.stat().st_mode | 0o011)
    command = [*READ_ALL, *PLAIN, "run", "--controller", "loihi", "--targets", "1", "--out",
               str(tmp_path / "new")]  # fmt: skip
    ran = subprocess.run(
        command, env=poor(tmp_path), capture_output=True, timeout=600, cwd=tmp_path, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.count(b"compiled kernels are in") == 1
    check_complete(tmp_path / "new")
    assert (tmp_path / "spikearm-54321").stat().st_uid == 54321
