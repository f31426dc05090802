"""Compiles the snips that nengo-loihi generates, and what they need of NxSDK, into one library."""

import ctypes
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OPTIONS = ("-fPIC", "-O0", "-pthread", f"-I{HERE}")
FUNCTIONS = ("nengo_io", "guard_io", "nengo_learn", "guard_learn")
OWN = (*FUNCTIONS, "is_shutdown", "shutdown", "min")  # names of the same in each chip's snips


class RunState(ctypes.Structure):
    """What a snip is told of the run."""

    _fields_ = [
        ("time_step", ctypes.c_int),
        ("total_steps", ctypes.c_int),
        ("userData", ctypes.c_int32 * 2048),
    ]


class NeuronCore(ctypes.Structure):
    """The registers of a core that snips read and write."""

    _fields_ = [
        ("cx_state", ctypes.c_int32 * 2 * 1024),
        ("stdp_post_state", ctypes.c_int32 * 9 * 1024),
    ]


def compile_snips(snips: list[dict[str, Any]], chips: list[int]) -> ctypes.CDLL:
    """Compile and load.

    Args:
        snips: Options that each was created with: ``cFilePath`` and ``chipId`` of one for a
            chip's embedded processor, ``cppFile`` of the host's.
        chips: Identities of the chips.
    """
    with tempfile.TemporaryDirectory() as folder:
        parts = [
            _compile_embedded(snip, chips.index(snip["chipId"]), Path(folder))
            for snip in snips
            if "cFilePath" in snip
        ]
        (host,) = (snip["cppFile"] for snip in snips if "cppFile" in snip)
        runtime, library = Path(folder) / "runtime.o", Path(folder) / "snips.so"
        runtime.write_bytes(_compiled_runtime())
        _run("g++", "-shared", *OPTIONS, host, runtime, *parts, "-o", library)
        loaded = ctypes.CDLL(str(library))
    loaded.neuron_core.restype = ctypes.POINTER(NeuronCore)
    return loaded


def _compile_embedded(snip: dict[str, Any], chip: int, folder: Path) -> Path:
    """Compile a snip for a chip, whose number goes behind every name that each chip's have."""
    source = Path(snip["cFilePath"])
    names = [f"-D{name}={name}_{chip}" for name in OWN]
    identity = f"-DCHIP={snip['chipId']}"
    compiled = folder / f"{source.stem}.o"
    _run("gcc", "-c", "-fgnu89-inline", *OPTIONS, f"-I{snip['includeDir']}", *names, identity,
         source, "-o", compiled)  # fmt: skip
    return compiled


@cache
def _compiled_runtime() -> bytes:
    """Compile what snips call, once."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = Path(folder) / "runtime.o"
        _run("g++", "-c", *OPTIONS, HERE / "runtime.cpp", "-o", compiled)
        return compiled.read_bytes()


def _run(*words: Any) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
