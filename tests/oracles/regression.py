"""Reference trajectories: what a controller did once, kept so that nothing changes unseen."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spikearm.arm_models import load_arm
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.controllers import Backend, ChosenController, ControllerSetup
from spikearm.experiments.records.stack import stack
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.episode import run_episode

SEED = 0
TARGET = 1  # of the circle's eight: to the side and up, so that every joint moves
EVERY = 10  # control steps between two rows
STACK = b"spikearm_stack"


@dataclass(frozen=True)
class ReferenceTrajectory:
    """The motion out to one target, thinned.

    Attributes:
        q: Joint positions, shape (n_rows, n_joints) [rad].
        torque: Shape (n_rows, n_joints) [N m].
        hand_position: Shape (n_rows, 3) [m].
        stack: Versions and rounding that made it; with the same ones a run is bit-identical.
    """

    q: np.ndarray
    torque: np.ndarray
    hand_position: np.ndarray
    stack: dict[str, str]


def record_reference(
    arm_name: str, controller_name: str, backend: Backend = "engine"
) -> ReferenceTrajectory:
    """Run one reach of the circle."""
    arm = load_arm(arm_name)
    task = plan_task(arm.model, CentreOut(), SEED)
    chosen = ChosenController(controller_name, backend=backend)
    trained = shipped(arm_name) if chosen.spec.needs_training else None
    with chosen.make(ControllerSetup(arm.model, trained, seed=SEED)) as controller:
        out = next(run_episode(arm, controller, task, TARGET)).trajectory
    rows = slice(EVERY - 1, None, EVERY)
    return ReferenceTrajectory(out.q[rows], out.torque[rows], out.hand_position[rows], stack())


def write_reference(reference: ReferenceTrajectory, path: Path) -> None:
    """Write a reference, with its stack in the file's metadata."""
    columns = {
        name: pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
        for name, values in vars(reference).items()
        if name != "stack"
    }
    table = pa.table(columns).replace_schema_metadata({STACK: json.dumps(reference.stack)})
    pq.write_table(table, path, compression="zstd")


def read_reference(path: Path) -> ReferenceTrajectory:
    """Read a reference."""
    table = pq.read_table(path)
    arrays = {
        name: table[name].combine_chunks().flatten().to_numpy().reshape(len(table), -1)
        for name in table.column_names
    }
    return ReferenceTrajectory(**arrays, stack=json.loads(table.schema.metadata[STACK]))
