"""``spikearm bench``: measure controllers side by side."""

from dataclasses import dataclass, field

from spikearm.experiments.console.experiment_options import ExperimentOptions, Seeds
from spikearm.experiments.console.running import measure
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan


@dataclass(frozen=True)
class BenchCommand(ExperimentOptions):
    """Measure controllers side by side on centre-out reaching.

    Every controller makes the same reaches with the same gains; the analytic controller always
    runs too, because it is the baseline. Results, trajectories and a report appear in one new
    folder. Ctrl-C keeps the reaches that are finished.

    Examples:
        spikearm bench --controllers spiking loihi --seeds 5 --out runs/gen3
        spikearm bench --arm panda --controllers pd pid --variant sphere
        spikearm bench --controllers my_lab:HandPD my_lab:network

    Attributes:
        controllers: Controllers to measure. Your own is package.module:factory, of a controller or
            of a Nengo network, which is measured as @spiking and as @loihi.
        adaptive: Measure each with an adaptive network beside it, too.
        seeds: Seeds of task and networks.
        report: Report of the results, report.html.
        spikes: Record the spikes of networks, in spikes.parquet; the report then has rasters.
        video: Film the last controller with the first seed and put the film into the report.
    """

    controllers: tuple[str, ...] = ("analytic", "spiking", "loihi")
    adaptive: bool = False
    seeds: Seeds = field(default_factory=Seeds)
    report: bool = True
    spikes: bool = False
    video: bool = False

    def execute(self) -> None:
        """Run the benchmark, write its folder and print its table."""
        arm = self.plant.load()
        controllers = self.choose(arm, self.controllers, self.adaptive)
        folder = self.new_folder("bench")
        setup = self.setup(arm, self.controllers)
        plan = BenchmarkPlan(
            arm, self.task, controllers, self.seeds.all, setup, self.jobs, self.safety,
            spikes=self.spikes,
        )  # fmt: skip
        config = self.config("bench", arm, folder, controllers)
        measure(plan, config, folder, film=self.video, report=self.report)
