"""The course of training: from an arm's model to a controller's weights, step by step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from arm_models import Arm
from controller.gains import Gains
from controller.nengo_simulation import NengoSimulation
from controller.network_weights import NetworkWeights, NeuralStage
from controller.simulation import NeuralSimulation
from controller.training.compression import Compression, CompressionConfig, begin, train
from controller.training.forked import forked_map
from controller.training.lessons import fit_scaling, make_lessons, torque_metric
from controller.training.products import assemble, solve_readout
from controller.training.readout import Refinement, refine
from controller.training.replay import (
    SKIPPED_STEPS,
    HandFilter,
    Listener,
    listen,
    practise,
    replay,
)
from controller.training.rollouts import Rollout, roll_out
from controller.training.samples import Samples, join, sample_reach
from controller.workspace import Workspace
from experiments.whole_file import whole_file
from loihi_deploy.engine_simulation import EngineSimulation

SIMULATIONS: dict[NeuralStage, type[NeuralSimulation]] = {
    "rate": NengoSimulation,
    "spiking": NengoSimulation,
    "loihi": EngineSimulation,
}
CHECKPOINT_EPOCHS = 5
T = TypeVar("T")


@dataclass(frozen=True)
class TrainingConfig:
    """How much is learned from.

    Attributes:
        reaches: Reaches that samples of the law are taken beside.
        rollouts: Exploring reaches of the analytic controller that readouts are learned from.
        practice: Reaches of the spiking controller itself, in each round.
        rounds: Rounds of practice.
        products: Product neurons.
        compression: The deep network.
        seed: Seed of everything.
    """

    reaches: int = 4000
    rollouts: int = 200
    practice: int = 80
    rounds: int = 3
    products: int = 1800
    compression: CompressionConfig = field(default_factory=CompressionConfig)
    seed: int = 0


class CourseWatcher:
    """Is told how training proceeds; this one does nothing with it."""

    def begin(self, step: str, n_items: int) -> None:
        """A step begins that consists of so many items."""

    def advance(self) -> None:
        """One item is done."""

    def say(self, text: str) -> None:
        """Something was measured."""


@dataclass(frozen=True)
class Course:
    """One training, in a folder of its own.

    Every step leaves a file, and a step whose file is there is not done again.

    Attributes:
        arm: The plant, with nothing added to it.
        workspace: Where the controller is to work.
        config: How much is learned from.
        folder: Where the files are.
        watcher: Is told how it proceeds.
        jobs: How many processes work at a time; the number of cores when left out.
    """

    arm: Arm
    workspace: Workspace
    config: TrainingConfig
    folder: Path
    watcher: CourseWatcher
    jobs: int | None = None

    def run(self) -> NetworkWeights:
        """Take every step that is left."""
        samples = self._step("samples", Samples, self._sample)
        compression = self._step("compression", Compression, lambda: self._compress(samples))
        weights = self._assemble(samples, compression)
        rollouts = cache(self._rollouts)  # which only readouts that are left need
        for stage in SIMULATIONS:
            learn = partial(self._read_out, stage, weights, samples, rollouts)
            weights = weights.with_readout(
                stage, self._step(f"readout-{stage}", Readout, learn).weights
            )
        return weights

    def _sample(self) -> Samples:
        def one(number: int) -> Samples:
            return sample_reach(self.arm.model, self.workspace, self._rng("samples", number))

        return join(self._map("sampling the control law", one, self.config.reaches))

    def _compress(self, samples: Samples) -> Compression:
        config = self.config.compression
        lessons = make_lessons(samples, fit_scaling(samples), self.arm.model)
        drafts = sorted(self.folder.glob("compression-*.npz"))
        if drafts:
            start, first = _load(drafts[-1], Compression), int(drafts[-1].stem.split("-")[1])
        else:
            start, first = begin(lessons, config, self._rng("compression", 0)), 0

        def keep(compression: Compression, epoch: int) -> None:
            self._write(f"compression-{epoch:04d}", _arrays(compression))

        self.watcher.begin("training the deep network", config.epochs - first)
        return train(
            lessons, start, config, self.config.seed, first, CHECKPOINT_EPOCHS, keep,
            lambda epoch: self.watcher.advance(),
        )  # fmt: skip

    def _assemble(self, samples: Samples, compression: Compression) -> NetworkWeights:
        rng = self._rng("products", 0)
        return assemble(compression, fit_scaling(samples), self.config.products, rng)

    def _rollouts(self) -> list[Rollout]:
        def one(number: int) -> Rollout:
            return roll_out(self.arm, self.workspace, self._rng("rollouts", number))

        rollouts = self._map("exploring the workspace", one, self.config.rollouts)
        return [rollout for rollout in rollouts if len(rollout.torque) > SKIPPED_STEPS]

    def _read_out(
        self,
        stage: NeuralStage,
        weights: NetworkWeights,
        samples: Samples,
        explore: Callable[[], Sequence[Rollout]],
    ) -> "Readout":
        listener = listen(weights, SIMULATIONS[stage], stage)
        with closing(listener.simulation):
            prior = solve_readout(self.arm.model, weights, samples, stage, self._rng("commands", 0))
            return Readout(self._learn(stage, listener, prior, explore()))

    def _learn(
        self,
        stage: NeuralStage,
        listener: Listener,
        prior: np.ndarray,
        rollouts: Sequence[Rollout],
    ) -> np.ndarray:
        """Refine a readout by what the neurons do, first in rollouts, then in practice."""
        weigh = HandFilter(Gains(), self.arm.timestep)
        metric = torque_metric(self.arm.model)
        torque_scale = listener.weights.scaling.torque
        seen = self._map(
            f"{stage}: watching", lambda i: replay(listener, rollouts[i], weigh), len(rollouts)
        )
        refined = refine(prior, seen, torque_scale, metric)
        self._report(stage, refined)
        for turn in range(self.config.rounds):
            readout = refined.readout

            def one(number: int, turn: int = turn, readout: np.ndarray = readout) -> Any:
                rng = self._rng(f"practice {turn}", number)
                return practise(self.arm, listener, readout, self.workspace, rng, weigh)

            practised = self._map(f"{stage}: practising", one, self.config.practice)
            seen += [activity for activity in practised if activity is not None]
            refined = refine(prior, seen, torque_scale, metric)
            self._report(stage, refined)
        return refined.readout

    def _report(self, stage: str, refined: Refinement) -> None:
        self.watcher.say(
            f"{stage}: held-out error {refined.error_before:.3f} before, {refined.error:.3f} "
            f"m/s^2 after, strength {refined.strength:g}"
        )

    def _rng(self, purpose: str, number: int) -> np.random.Generator:
        return np.random.default_rng([self.config.seed, *purpose.encode(), number])

    def _map(self, step: str, work: Callable[[int], T], n_items: int) -> list[T]:
        self.watcher.begin(step, n_items)
        return list(self._watched(forked_map(work, n_items, self.jobs)))

    def _watched(self, results: Iterator[T]) -> Iterator[T]:
        for result in results:
            self.watcher.advance()
            yield result

    def _step(self, name: str, kind: Callable[..., T], make: Callable[[], T]) -> T:
        path = self.folder / f"{name}.npz"
        if not path.exists():
            self._write(name, _arrays(make()))
        return _load(path, kind)

    def _write(self, name: str, arrays: dict[str, Any]) -> None:
        with whole_file(self.folder / f"{name}.npz") as draft:
            np.savez_compressed(draft, **arrays)


@dataclass(frozen=True)
class Readout:
    """A stage's readout, as it is kept in a file."""

    weights: np.ndarray


def _arrays(value: Any) -> dict[str, Any]:
    return {
        field.name: np.asarray(getattr(value, field.name), dtype=np.float32)
        for field in fields(value)
    }


def _load(path: Path, kind: Callable[..., T]) -> T:
    with np.load(path) as arrays:
        return kind(**{name: arrays[name].astype(float) for name in arrays.files})
