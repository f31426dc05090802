"""Work in a process of its own, for tests whose work loads TensorFlow.

TensorFlow and the Mesa that MuJoCo's renderer loads crash in one process, whichever comes first;
other tests render, and a fork has what they loaded.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a new process, and return its result.

    Args:
        work: Function of a module, by its name there.
        *arguments: Arguments, which JSON can hold, as it can the result.

    Raises:
        AssertionError: It failed; with what it printed.
    """
    call = [work.__code__.co_filename, work.__name__, json.dumps(arguments)]
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, *call],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]
    return json.loads(ran.stdout.splitlines()[-1])


def _call(path: str, name: str, arguments: str) -> None:
    """Load a module of tests, call one of its functions and print the result."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests/oracles")]
    spec = importlib.util.spec_from_file_location("apart_from_tests", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    print(json.dumps(getattr(module, name)(*json.loads(arguments))))


if __name__ == "__main__":
    _call(*sys.argv[1:])
