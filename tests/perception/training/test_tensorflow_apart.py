"""Tests that need TensorFlow, in another process: see tests/stand_ins/apart.py.

They are in the files tensorflow_*.py beside this one, and can be run by themselves too:
python -m pytest tests/perception/training/tensorflow_rate_band.py
"""

from importlib.util import find_spec
from pathlib import Path

import pytest
from apart import apart

FILES = sorted(Path(__file__).parent.glob("tensorflow_*.py"))


def run_files(files: list[str]) -> int:
    # Other work of the process may have loaded Nengo, whose plugin pytest would like to load first.
    late = "ignore::pytest.PytestAssertRewriteWarning"
    return pytest.main(["-q", "-m", "not slow", "-W", late, *files])


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs the extra [train]")
def test_all_tests_that_need_tensorflow_pass():
    assert FILES
    assert apart(run_files, [str(file) for file in FILES]) == pytest.ExitCode.OK
