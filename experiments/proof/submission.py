"""Submission: one file with a benchmark's configuration, versions, table and motions."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import sentence
from spikearm.experiments.proof.motion import Motion, claim_motions, is_timed
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.records import Run
from spikearm.experiments.records.stack import stack
from spikearm.experiments.sweep.option_files import digests_of
from spikearm.neural.files.typed_json import read_json

SUBMISSION = "submission.json"


@dataclass(frozen=True)
class Submission:
    """Claims of a benchmark.

    Attributes:
        config: Resolved configuration, with options, versions and commit.
        stack: Versions, threads and rounding, on which the last bit depends.
        files: Hashes of the files that options name.
        rows: Rows of the table, without times of the clock.
        motions: Claims about every motion.
    """

    config: dict[str, Any]
    stack: dict[str, str]
    files: dict[str, str]
    rows: list[dict[str, Any]]
    motions: list[Motion]


def submit(run: Run, command: Any) -> Submission:
    """Collect the claims of a benchmark.

    Args:
        run: The benchmark.
        command: Command with its options.

    Raises:
        SpikearmError: It did not end, so that there is nothing to be claimed.
    """
    if run.status != "complete":
        raise SpikearmError(f"The benchmark is {run.status}: only a complete one can be submitted.")
    rows = [{name: one for name, one in row.items() if not is_timed(name)} for row in run.rows]
    motions = claim_motions(run.reaches, run.rows, run.config["velocity_limits"])
    return Submission(run.config, stack(), digests_of(command), rows, motions)


def write_submission(submission: Submission, path: Path) -> None:
    """Write a submission; a motion is a line.

    Raises:
        SpikearmError: The disk fails.
    """
    plain = asdict(submission)
    motions = ",\n    ".join(json.dumps(one, allow_nan=False) for one in plain.pop("motions"))
    head = json.dumps(plain, indent=2, allow_nan=False).removesuffix("\n}")
    with atomic_file(path) as draft:
        draft.write_text(f'{head},\n  "motions": [\n    {motions}\n  ]\n}}\n', "utf-8")


def read_submission(path: Path) -> Submission:
    """Read a submission back.

    Raises:
        SpikearmError: It cannot be read, or is none.
    """
    try:
        return msgspec.convert(read_json(path), Submission)
    except OSError as error:
        raise SpikearmError(f"Cannot read '{path}': {error.strerror or error}.") from error
    except ValueError as error:
        raise SpikearmError(
            f"'{path}' is no submission: {sentence(error)}. Give a file that 'spikearm bench "
            "--submit' wrote."
        ) from error
