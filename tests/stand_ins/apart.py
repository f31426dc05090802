"""Work in another process, for tests whose work loads TensorFlow.

TensorFlow and the Mesa that MuJoCo's renderer loads crash in one process, whichever comes first;
other tests render, and a fork has what they loaded. All such work of a test process is done in one
other, because TensorFlow takes longer to load than most of it takes.
"""

import atexit
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
SHOWN = 4000  # characters of what the other process printed


class Other:
    """The other process, which ends with this one."""

    def __init__(self) -> None:
        self._printed = tempfile.TemporaryFile("w+")  # noqa: SIM115  as long as this process
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", __file__], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._printed, text=True, cwd=ROOT,
        )  # fmt: skip
        atexit.register(self._close)

    def ask(self, call: list[Any]) -> dict[str, Any]:
        """Let it do some work; return what that returned or raised."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(call)}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        return json.loads(answer) if answer else {"raised": "The process ended."}

    @property
    def printed(self) -> str:
        """End of what it has printed."""
        self._printed.seek(0)
        return self._printed.read()[-SHOWN:]

    def _close(self) -> None:
        self._process.communicate()
        self._printed.close()


@cache
def _other() -> Other:
    return Other()


def apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in another process, and return its result.

    Args:
        work: Function of a module, by its name there.
        *arguments: Arguments, which JSON can hold, as it can the result.

    Raises:
        AssertionError: It failed; with what it printed.
    """
    answer = _other().ask([work.__code__.co_filename, work.__name__, arguments])
    assert "raised" not in answer, answer["raised"] + _other().printed
    return answer["returned"]


@cache
def _module(path: str) -> ModuleType:
    """Load a module of tests."""
    spec = importlib.util.spec_from_file_location(f"apart_{Path(path).stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def _serve() -> None:
    """Do the work that is asked for, line by line, until nobody asks any more."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests/oracles")]
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # what work prints is no answer
        for line in sys.stdin:
            path, name, arguments = json.loads(line)
            try:
                answer = {"returned": getattr(_module(path), name)(*arguments)}
            except BaseException:  # noqa: BLE001  the test raises it again
                answer = {"raised": traceback.format_exc()}
            print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    _serve()
