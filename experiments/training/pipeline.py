"""Training pipeline: from an arm's model to a controller's weights, step by step."""

from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from nengo.exceptions import BuildError

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.activity import Activity, build_recorder, record_activity
from spikearm.controller.training.compression import (
    Compression,
    begin,
)
from spikearm.controller.training.products import assemble, draw_commands, solve_readout
from spikearm.controller.training.readout import Refinement, refine
from spikearm.controller.training.samples import Samples, join, sample_reach
from spikearm.controller.training.targets import (
    fit_scaling,
    make_training_targets,
    rest_at,
    torque_metric,
)
from spikearm.controller.weights.membrane import NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.scaling import Scaling
from spikearm.experiments.training.checkpoints import Parts, Snapshot
from spikearm.experiments.training.steps import Steps
from spikearm.experiments.training.training_config import N_HELD_APART, TrainingConfig
from spikearm.experiments.training.training_watcher import TrainingWatcher
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.simulation import NeuralSimulation

BATCH = 240  # recordings that one process makes at a time
REACHES_PER_FILE = 50  # which take about a second


@dataclass(frozen=True)
class Training:
    """Training of an arm's controller, in a folder of its own.

    Every step leaves a file, and a step whose file is there is not done again. A step that takes
    long leaves files of its parts until then. A training that was ended, by whatever, and resumed
    gives the same weights as one that was not, bit for bit.

    Attributes:
        arm: Plant, with nothing added to it.
        workspace: Region of the hand that the controller is trained for.
        config: Amount of training data and size of the networks.
        folder: Folder of the files.
        watcher: Observer of the training.
        jobs: Number of processes; the number of cores when left out.
        chip: Simulation of stage ``loihi``.
    """

    arm: Arm
    workspace: Workspace
    config: TrainingConfig
    folder: Path
    watcher: TrainingWatcher
    jobs: int | None = None
    chip: type[NeuralSimulation] = EngineSimulation

    def run(self) -> NetworkWeights:
        """Take every step that is left."""
        samples = self._steps.take("samples", Samples, self._sample)
        compression = self._steps.take("compression", Compression, lambda: self._compress(samples))
        weights = self._assemble(samples, compression)
        commands = draw_commands(weights.scaling, len(samples), self._steps.rng("commands", 0))
        states = samples, commands
        steady = self._steps.take(
            "readout", Readout, lambda: self._solve(weights, *states, "spiking")
        )
        on_chip = self._steps.take("readout-loihi", Readout, lambda: self._refine(weights, *states))
        for stage in ("rate", "spiking"):
            weights = weights.with_readout(stage, steady.weights)
        return weights.with_readout("loihi", on_chip.weights)

    def _sample(self) -> Samples:
        def one(number: int) -> Samples:
            rng = self._steps.rng("samples", number)
            return sample_reach(self.arm.model, self.workspace, rng, spread=self.config.spread)

        parts = Parts(self.folder, "samples", Samples, REACHES_PER_FILE)
        return join(self._steps.map("sampling the control law", one, self.config.reaches, parts))

    def _compress(self, samples: Samples) -> Compression:
        config = self.config.compression
        scaling, weight = self._scaling(samples), self.config.joint_weight
        targets = make_training_targets(samples, scaling, self.arm.model, weight)
        start = begin(targets, config, self._steps.rng("compression", 0))
        snapshot = Snapshot(self.folder, "compression")
        state = snapshot.read({"n_epochs"})
        if state is None:
            self._check_fits_chip(self._assemble(samples, start))

        def keep(state: dict[str, np.ndarray], epoch: int) -> None:
            snapshot.replace(state, epoch)
            self.watcher.advance()

        n_done = 0 if state is None else int(state["n_epochs"])
        self.watcher.begin("training the deep network", config.epochs - n_done)
        from spikearm.controller.training.deep_network import (
            train,  # loads TensorFlow, which takes seconds
        )

        return train(targets, start, config, self.config.seed, state, keep)

    def _check_fits_chip(self, weights: NetworkWeights) -> None:
        """Refuse layers that no chip holds, before they are trained for long."""
        try:
            build_recorder(weights, self.chip, "loihi").simulation.close()
        except BuildError as error:
            raise SpikearmError(
                f"A chip does not hold a network of these sizes: {error}. Give fewer features, "
                "a smaller code or fewer products."
            ) from error

    def _assemble(self, samples: Samples, compression: Compression) -> NetworkWeights:
        rng = self._steps.rng("products", 0)
        scaling = self._scaling(samples)
        return assemble(
            compression, scaling, self.config.compression.membrane, self.config.products, rng,
            self._friction,
        )  # fmt: skip

    def _scaling(self, samples: Samples) -> Scaling:
        scaling = fit_scaling(samples, self.config.edge, self.config.room)
        return rest_at(scaling, self.arm.chain.home)

    def _solve(
        self, weights: NetworkWeights, samples: Samples, commands: np.ndarray, stage: NeuralStage
    ) -> "Readout":
        """Solve for the torque's decoders, from the rates that neurons settle at."""
        self.watcher.begin(f"{stage}: solving for the readout", 1)
        solved = Readout(solve_readout(weights, samples, commands, stage, self._friction))
        self.watcher.advance()
        return solved

    def _refine(self, weights: NetworkWeights, samples: Samples, commands: np.ndarray) -> "Readout":
        """Solve for the torque's decoders on the chip, and correct them by recorded activity."""
        prior = self._solve(weights, samples, commands, "loihi").weights
        recordings = self._record(weights, samples, commands)
        metric = torque_metric(self.arm.model, self.config.joint_weight)
        refined = refine(prior, recordings, weights.scaling.torque, metric)
        self._report(refined)
        return Readout(refined.readout)

    def _record(
        self, weights: NetworkWeights, samples: Samples, commands: np.ndarray
    ) -> list[Activity]:
        """Record the activity of the chip's neurons in as many states as the config says."""
        rng = self._steps.rng(
            "presentations", 0
        )  # the word is part of the seed of shipped controllers
        order = rng.permutation(len(samples))[: self.config.recordings]
        batches = np.array_split(order, max(N_HELD_APART, len(order) // BATCH))
        recorder = build_recorder(weights, self.chip, "loihi")

        def one(number: int) -> Activity:
            chosen = batches[number]
            states = samples.take(chosen)
            return record_activity(
                recorder, states, commands[chosen], self.arm.timestep, self._friction
            )

        parts = Parts(self.folder, "readout-loihi", Activity, per_file=1)
        with closing(recorder.simulation):
            return self._steps.map("loihi: recording the neurons", one, len(batches), parts)

    def _report(self, refined: Refinement) -> None:
        self.watcher.notice(
            f"loihi: held-out error {refined.error_before:.3f} before, {refined.error:.3f} "
            f"m/s^2 after, strength {refined.strength:g}"
        )

    @cached_property
    def _friction(self) -> DryFriction:
        return DryFriction.of(self.arm.model)

    @cached_property
    def _steps(self) -> Steps:
        return Steps(self.folder, self.config.seed, self.watcher, self.jobs)


@dataclass(frozen=True)
class Readout:
    """A stage's readout, as it is kept in a file."""

    weights: np.ndarray
