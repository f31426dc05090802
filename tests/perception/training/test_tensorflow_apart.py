"""Tests that need TensorFlow, in a process of their own: see tests/stand_ins/apart.py.

They are in the files tensorflow_*.py beside this one, and can be run by themselves too:
python -m pytest tests/perception/training/tensorflow_rate_band.py
"""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("tensorflow_*.py"))


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs the extra [train]")
def test_all_tests_that_need_tensorflow_pass():
    assert FILES
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not slow", *map(str, FILES)],
        capture_output=True, text=True, cwd=HERE.parents[2],
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout
