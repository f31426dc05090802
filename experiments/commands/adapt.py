"""``spikearm adapt``: what controllers learn of a load that nobody told them of."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import tyro

from controller.adaptation import AdaptationConfig
from controller.command import Feedforward
from controller.training.forked import forked_map
from experiments.adaptation import Curve, TrialPlan, Trials
from experiments.arm_config import ArmConfig
from experiments.centre_out import CentreOut
from experiments.commands.run_options import (
    check_new_file,
    find_trained,
    resolved_config,
    seed_range,
)
from experiments.console import console, progress_bar
from experiments.learning_table import curve_table, describe_notices
from experiments.stages import Adaptation, Backend, ControllerName
from experiments.whole_file import whole_file


@dataclass(frozen=True)
class AdaptCommand:
    """Let controllers learn a load that nobody told them of, trial after trial.

    Every controller makes the same reach again and again: once without the load and once with it
    as it is, then with an adaptive network beside it. Ctrl-C keeps the curves that are finished.

    Example: spikearm adapt --arm gen3 --controllers analytic loihi --payload 2 --out curves.json

    Attributes:
        plant: Which arm.
        task: Which reaches.
        trials: Which of them, how often, and with what load.
        controllers: What the adaptive network helps.
        adaptation: The adaptive network.
        reference: What the law feeds forward.
        seeds: How many seeds.
        first_seed: The first of them.
        out: New file for the curves, as JSON.
        backend: What runs a chip's network: the compiled engine, or nengo-loihi's own emulator.
        trained: Trained controller for the neural stages. Default: the one that ships for the arm.
        jobs: How many curves are measured at a time. Default: as many as there are cores.
    """

    plant: Annotated[ArmConfig, tyro.conf.arg(name="")] = field(default_factory=ArmConfig)
    task: Annotated[CentreOut, tyro.conf.arg(name="")] = field(default_factory=CentreOut)
    trials: Annotated[Trials, tyro.conf.arg(name="")] = field(default_factory=Trials)
    controllers: tuple[ControllerName, ...] = ("analytic", "loihi")
    adaptation: Annotated[AdaptationConfig, tyro.conf.arg(name="")] = field(
        default_factory=AdaptationConfig
    )
    reference: Feedforward = "acceleration"
    seeds: int = 1
    first_seed: int = 0
    out: Path | None = None
    backend: Backend = "engine"
    trained: Path | None = None
    jobs: int | None = None

    def execute(self) -> None:
        """Measure, print the table and write the curves."""
        if self.out is not None:
            check_new_file(self.out, ".json")
        arm = self.plant.load()
        trained = find_trained(arm, self.trained, self.controllers)
        seeds = seed_range(self.first_seed, self.seeds)
        work = [(one, seed) for one in self.controllers for seed in seeds]
        plan = TrialPlan(
            arm, self.task, self.trials, self.reference, Adaptation(self.adaptation),
            self.backend, trained,
        )  # fmt: skip
        curves: list[Curve] = []
        try:
            with progress_bar() as bar:
                measured = forked_map(
                    lambda number: plan.curve(*work[number]), len(work), self.jobs
                )
                for curve in bar.track(measured, total=len(work), description="learning"):
                    curves.append(curve)
        finally:
            if curves:
                self._show(curves)
                self._write(curves, resolved_config(self, "adapt", arm, self.out or Path("curves")))

    def _show(self, curves: Sequence[Curve]) -> None:
        console.print(curve_table(curves, self.trials))
        notices = sum((Counter(curve.notices) for curve in curves), Counter())
        console.print(describe_notices(notices))
        for curve in curves:
            if curve.problem is not None:
                console.print(
                    f"{curve.controller}, seed {curve.seed}: {curve.problem}", markup=False
                )

    def _write(self, curves: Sequence[Curve], config: dict[str, Any]) -> None:
        if self.out is None:
            return
        rows = [asdict(c) | {"normalised": c.normalised.tolist()} for c in curves]
        with whole_file(self.out) as draft:
            draft.write_text(json.dumps({"config": config, "curves": rows}, indent=1) + "\n")
        console.print(f"Curves: {self.out}", soft_wrap=True)
