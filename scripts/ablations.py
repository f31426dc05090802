"""Ablations of a controller, one part at a time, and the effect of its latent code's length.

Every row is a training of its own, all with as many samples and epochs, fewer than those that ship
have. Trainings lie in a folder each, and what is there is not done again.

.venv/bin/python scripts/ablations.py --arm gen3
"""

import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import nengo
import numpy as np
import tyro
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from spikearm.arm_models import Arm, load_arm
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import Controller
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.spiking.weights import NetworkWeights
from spikearm.controller.training.compression import CompressionConfig
from spikearm.controller.training.friction import DryFriction
from spikearm.controller.training.products import draw_commands, solve_readout
from spikearm.controller.training.samples import Samples
from spikearm.experiments.commands.train import TILT, benchmark_radius
from spikearm.experiments.console.console import TrainingWatcher, console
from spikearm.experiments.records.atomic_file import whole_file
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.tasks.centre_out import CentreOut, plan_reaches
from spikearm.experiments.tasks.episodes import Episode, run_episodes
from spikearm.experiments.training.pipeline import Course, TrainingConfig
from spikearm.loihi_deploy.backends.engine import EngineSimulation

PER_PAIR = 30  # product neurons per pair of latent number and command
LENGTHS = (2, 4, 6, 8, 10, 14)  # of the latent code
LATENT = 10
SEED = 0


class FloatingPoint(EngineSimulation):
    """The chip's network with weights, currents and membranes in floating point."""

    target = "simreal"


class NeuronToNeuron(EngineSimulation):
    """The chip's network with weights from the code's neurons straight to those of the products."""

    def __init__(self, network: nengo.Network) -> None:
        code, products = (network.ensembles[i] for i in (1, 2))
        decoded = next(c for c in network.connections if c.pre is code and c.post is products)
        encoders = np.asarray(products.encoders)
        network.connections.remove(decoded)
        with network:
            nengo.Connection(
                code.neurons, products.neurons, synapse=decoded.synapse,
                transform=encoders @ decoded.solver.values.T,
            )  # fmt: skip
        super().__init__(network)


@dataclass(frozen=True)
class Variant:
    """A controller with something taken away, or changed.

    Attributes:
        name: Name of the change.
        config: Configuration of the training.
        chip: Simulation of stage ``loihi``.
        recorded: True if the readout is learned from recorded activity, False if from steady
            rates in closed form.
    """

    name: str
    config: TrainingConfig
    chip: type[EngineSimulation] = EngineSimulation
    recorded: bool = True


@dataclass(frozen=True)
class Result:
    """Performance of a variant on the chip's arithmetic.

    Attributes:
        name: Name of the variant.
        n_latent: Length of the latent code.
        neurons: Number of neurons.
        cores: Number of cores; None where the network does not run on a chip.
        excess_deviation: Excess deviation on the circle, feedforward of the velocity [1].
        circle_m: Fidelity on the same reaches [m].
        pose_m: Fidelity on the task ``pose``, feedforward of the velocity [m].
        strict_m: Deviation on the circle, feedforward of the acceleration [m].
        success_rate: Success rate over all reaches [1].
    """

    name: str
    n_latent: int
    neurons: int
    cores: int | None
    excess_deviation: float
    circle_m: float
    pose_m: float
    strict_m: float
    success_rate: float


@dataclass(frozen=True)
class Options:
    """Train and measure every variant on one arm.

    Attributes:
        arm: Name of the arm.
        folder: Folder of the trainings.
        out: Folder for the picture and the numbers.
        reaches: Number of reaches that samples are taken beside.
        epochs: Epochs of the deep network.
        recordings: Number of states in which the activity of the chip's neurons is recorded.
        only: Train only those whose name has this in it, and draw nothing: to share the work.
        jobs: Number of processes that work at a time. Default: the number of cores.
    """

    arm: str = "gen3"
    folder: Path = Path("trained/ablations")
    out: Path = Path("docs")
    reaches: int = 1000
    epochs: int = 20
    recordings: int = 9600
    only: str | None = None
    jobs: int | None = None

    def execute(self) -> None:
        """Train, measure, print and draw."""
        arm = load_arm(self.arm)
        chosen = [v for v in self.variants() if self.only is None or self.only in v.name]
        results = [self._result(arm, variant) for variant in chosen]
        Console().print(results_table(results))
        if self.only is None:
            numbers = [asdict(result) for result in results]
            with whole_file(self.out / "ablations.json") as draft:
                draft.write_text(json.dumps(numbers, indent=1))
            draw(results, self.out / "latent.png")

    def variants(self) -> list[Variant]:
        """List what is compared, the whole controller first."""
        whole = self._config(LATENT)
        raw = replace(whole, compression=replace(whole.compression, epochs=0))
        lengths = [Variant(f"latent code of {k}", self._config(k)) for k in LENGTHS if k != LATENT]
        return [
            Variant("nothing", whole),
            Variant("deep network as the NEF makes it, not trained", raw),
            Variant("readout from steady rates, without recordings", whole, recorded=False),
            Variant("latent code by weights from neuron to neuron", whole, NeuronToNeuron),
            Variant("weights and membranes in floating point", whole, FloatingPoint),
            Variant("10 neurons per product", self._config(LATENT, 10)),
            Variant("60 neurons per product", self._config(LATENT, 60)),
            *lengths,
        ]

    def _config(self, n_latent: int, per_pair: int = PER_PAIR) -> TrainingConfig:
        return TrainingConfig(
            self.reaches, self.recordings, products=6 * n_latent * per_pair,
            compression=CompressionConfig(n_latent=n_latent, epochs=self.epochs), seed=SEED,
        )  # fmt: skip

    def _result(self, arm: Arm, variant: Variant) -> Result:
        kept = self._folder(variant) / "result.json"
        if not kept.exists():
            console.print(f"Without: {variant.name}")
            result = measure(arm, variant, self._train(arm, variant))
            with whole_file(kept) as draft:
                draft.write_text(json.dumps(asdict(result)))
        return Result(**json.loads(kept.read_text()))

    def _train(self, arm: Arm, variant: Variant) -> NetworkWeights:
        folder = self._folder(variant)
        self._take_over(variant, folder)
        workspace = Workspace(benchmark_radius(arm.model), TILT)
        with TrainingWatcher() as watcher:
            course = Course(
                arm, workspace, variant.config, folder, watcher, self.jobs, variant.chip
            )
            weights = course.run()
        if variant.recorded:
            return weights
        with np.load(folder / "samples.npz") as arrays:
            samples = Samples(**{name: arrays[name].astype(float) for name in arrays.files})
        commands = draw_commands(weights.scaling, len(samples), np.random.default_rng(SEED))
        friction = DryFriction.of(arm.model)
        readout = solve_readout(weights, samples, commands, "loihi", friction)
        return weights.with_readout("loihi", readout)

    def _take_over(self, variant: Variant, folder: Path) -> None:
        """Copy what another training made that would be the same here."""
        folder.mkdir(parents=True, exist_ok=True)
        for other in self.variants():
            there, shared = self._folder(other), ["samples.npz"]
            if other.config.compression == variant.config.compression:
                shared.append("compression.npz")
            for name in shared:
                if (there / name).exists() and not (folder / name).exists():
                    with whole_file(folder / name) as draft:
                        shutil.copyfile(there / name, draft)

    def _folder(self, variant: Variant) -> Path:
        return self.folder / self.arm / variant.name.replace(" ", "-").replace(",", "")


def measure(arm: Arm, variant: Variant, weights: NetworkWeights) -> Result:
    """Move the arm in stage ``loihi``, seed 0."""

    def moved(task: CentreOut, reference: Feedforward) -> tuple[list[Trajectory], ...]:
        law = OperationalSpaceController(arm.model, feedforward=reference)
        return _move(arm, law, task), _move(arm, neurons[reference], task)

    neurons = {
        reference: SpikingController(weights, variant.chip, "loihi", feedforward=reference)
        for reference in ("velocity", "acceleration")
    }
    on_chip = variant.chip.target == "sim"
    ideal, circle = moved(CentreOut(), "velocity")
    ideal_pose, pose = moved(CentreOut("pose"), "velocity")
    strict = moved(CentreOut(), "acceleration")[1]
    cores = neurons["velocity"].simulation.footprint.cores if on_chip else None
    for controller in neurons.values():
        controller.close()
    deviation = _mean(metrics.position_rmse, circle)
    return Result(
        name=variant.name,
        n_latent=len(weights.latent),
        neurons=sum(weights.layers),
        cores=cores,
        excess_deviation=deviation / _mean(metrics.position_rmse, ideal) - 1,
        circle_m=_mean(metrics.fidelity_rmse, circle, ideal),
        pose_m=_mean(metrics.fidelity_rmse, pose, ideal_pose),
        strict_m=_mean(metrics.position_rmse, strict),
        success_rate=_mean(metrics.success, circle + pose + strict),
    )


def _move(arm: Arm, controller: Controller, task: CentreOut) -> list[Trajectory]:
    reaches = plan_reaches(arm.model, task, SEED)
    episodes = [Episode(arm, controller, reaches, i) for i in range(task.targets)]
    return [motion.trajectory for one in run_episodes(episodes) for motion in one.motions]


def _mean(metric, *motions: list[Trajectory]) -> float:  # noqa: ANN001  one of metrics
    return float(np.mean([metric(*pair) for pair in zip(*motions, strict=True)]))


def results_table(results: list[Result]) -> Table:
    """Lay out one variant per line."""
    table = Table(collapse_padding=True, pad_edge=False)
    for heading in (
        "without, or changed", "neurons", "cores", "excess\n%", "circle\nmm", "pose\nmm",
        "strict\nmm", "success\n%",
    ):  # fmt: skip
        table.add_column(heading)
    for r in results:
        table.add_row(
            r.name, str(r.neurons), str(r.cores or "-"), f"{100 * r.excess_deviation:.1f}",
            f"{1e3 * r.circle_m:.2f}", f"{1e3 * r.pose_m:.2f}", f"{1e3 * r.strict_m:.2f}",
            f"{100 * r.success_rate:.0f}",
        )  # fmt: skip
    return table


def draw(results: list[Result], path: Path) -> None:
    """Draw deviation, neurons and cores against the length of the latent code."""
    whole = results[0]
    points = sorted(
        [r for r in results if r.name.startswith("latent code of")] + [whole],
        key=lambda r: r.n_latent,
    )
    lengths = [point.n_latent for point in points]
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(lengths, [1e3 * p.strict_m for p in points], "o-", color="#2563a8",
              label="circle, deviation, acceleration")  # fmt: skip
    left.plot(lengths, [1e3 * p.circle_m for p in points], "s-", color="#0d2d52",
              label="circle, fidelity, velocity")  # fmt: skip
    left.plot(lengths, [1e3 * p.pose_m for p in points], "^-", color="#d97706",
              label="pose, fidelity, velocity")  # fmt: skip
    left.set_ylabel("mm RMS")
    left.set_ylim(bottom=0)
    left.legend(frameon=False, loc="lower left")
    right.plot(lengths, [p.neurons for p in points], "o-", color="#2563a8")
    right.set_ylabel("neurons")
    right.set_ylim(bottom=0)
    for point in points:
        right.annotate(f"{point.cores} cores", (point.n_latent, point.neurons), (6, -12),
                       textcoords="offset points", fontsize=8)  # fmt: skip
    for axes in (left, right):
        axes.set_xlabel("numbers in the latent code")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
