"""``spikearm export``: a trained controller, or an eye, for other tools."""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Literal

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.console.console import console
from spikearm.experiments.export.eye_nir import eye_graph
from spikearm.experiments.export.make_bundle import make_bundle
from spikearm.experiments.export.nir import load_nir, nir_graph
from spikearm.experiments.needs import Need
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.options.find_trained import find_trained
from spikearm.experiments.options.new_paths import check_new_file
from spikearm.experiments.options.resolved_config import resolved_config
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.unset import Unset
from spikearm.experiments.words import counted
from spikearm.perception.eye.shipped_eye import load_eye

Format = Literal["bundle", "nir"]
SUFFIXES: dict[Format, str] = {"bundle": ".npz", "nir": ".nir"}

MOST_TIME = 10.0  # s, longer than any reach; a bundle holds every spike


@dataclass(frozen=True)
class ExportCommand:
    """Write a trained controller or an eye into a file for other tools.

    A bundle holds all integers of the chip's part, the host interface, and part of a reach, spike
    by spike, to check a copy by. NIR is the stage spiking as a graph that many
    simulators read; it needs the extra [export]. docs/export.md describes both.

    Examples:
        spikearm export --arm gen3 --to bundle --out gen3.bundle.npz
        spikearm export --arm gen3 --to nir --out gen3.nir
        spikearm export --arm gen3 --eye --to nir --out eye.nir

    Attributes:
        out: The file to write.
        plant: Arm that is controlled.
        to: Format of the file.
        trained: Trained controller, from `spikearm train`, or the name of one that ships, such as
            gen3. Default: the one that ships for the arm.
        eye: Write the arm's eye in place of its controller; as NIR.
        eye_weights: File of weights of an eye, from `spikearm train-eye`. Default: those that ship
            for the arm.
        run_time: Length of the part of a reach that a bundle holds [s].
    """

    NEEDS: ClassVar = (
        Need(("eye_weights",), lambda one: one.eye, "with --eye"),
        Need(("trained",), lambda one: not one.eye, "without --eye"),
        Need(("eye",), lambda one: one.to == "nir", "with --to nir"),
        Need(("run_time",), lambda one: one.to == "bundle", "with --to bundle"),
    )

    out: Path
    plant: ArmConfig = field(default_factory=ArmConfig)
    to: Format = "bundle"
    trained: Unset[Path] = None
    eye: bool = False
    eye_weights: Unset[Path] = None
    run_time: float = 0.3

    def __post_init__(self) -> None:
        if not 0 < self.run_time <= MOST_TIME:
            raise SpikearmError(
                f"A run of {self.run_time} s is not possible: give a step or more, at most "
                f"{MOST_TIME:g} s."
            )

    def execute(self) -> None:
        """Write the file, and print its name."""
        check_new_file(self.out, SUFFIXES[self.to])
        arm = self.plant.load()
        if self.eye:
            self._write_graph(eye_graph(load_eye(arm, self.eye_weights)))
            console.print(f"{self._size()} the eye of {arm.name} as a graph of NIR.")
        else:
            self._export_controller(arm)
        console.print(f"Exported: {self.out}", markup=False, soft_wrap=True)

    def _export_controller(self, arm: Arm) -> None:
        trained = find_trained(arm, self.trained, ["loihi"])
        assert trained is not None
        with console.status("Exporting"):
            if self.to == "nir":
                backup = SaturationBackup.of_arm(arm.model, trained.weights, "spiking")
                self._write_graph(nir_graph(trained.weights, backup))
            else:
                self._write_bundle(arm, trained)
        console.print(self._verdict(arm))

    def _verdict(self, arm: Arm) -> str:
        """Write what the file holds."""
        what = f"{self._size()} the controller of"
        if self.to == "nir":
            return f"{what} {arm.name}, stage spiking, as a graph of NIR."
        n_steps = round(self.run_time / arm.timestep)
        return (
            f"{what} {arm.name} as integers of the chip, and {counted(n_steps, 'step')} of a "
            "reach, spike by spike, to check a copy by."
        )

    def _size(self) -> str:
        return f"The file of {1e-3 * self.out.stat().st_size:,.0f} kB holds"

    def _write_graph(self, graph: Any) -> None:
        whole = BytesIO()  # on a full disk, HDF5 ends the process
        load_nir().write(whole, graph)
        with atomic_file(self.out) as draft:
            draft.write_bytes(whole.getvalue())

    def _write_bundle(self, arm: Arm, trained: TrainedController) -> None:
        if self.run_time < arm.timestep:
            raise SpikearmError(
                f"A run of {self.run_time} s is not possible: give {arm.timestep} s, a step, or "
                "more."
            )
        task = plan_task(arm.model, CentreOut(targets=1), seed=0)
        motion = MinimumJerk(task.start, task.targets[0], task.duration)
        about = resolved_config(self, "export", arm, self.out)
        n_steps = round(self.run_time / arm.timestep)
        bundle = make_bundle(arm, trained.weights, motion, task.start_joints, n_steps, about)
        with atomic_file(self.out) as draft, draft.open("wb") as file:
            bundle.save(file)
