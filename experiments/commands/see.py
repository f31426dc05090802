"""``spikearm see``: the accuracy of an eye of spikes on scenes that it never saw."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count, check_processes
from spikearm.experiments.console.conducting import conduct
from spikearm.experiments.console.console import console
from spikearm.experiments.needs import Need
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.options.experiment_options import Seeds
from spikearm.experiments.options.new_paths import new_folder
from spikearm.experiments.options.resolved_config import resolved_config
from spikearm.experiments.seen.options import SeenOptions, SightName
from spikearm.experiments.unset import Unset

MOST_SCENES = 100_000  # hours of one core, estimated
MOST_SHOWN = 100


@dataclass(frozen=True)
class SeeCommand:
    """See how well an eye of spikes finds a target in new scenes.

    Two event cameras watch each scene, none of them one of training, for a while; an eye behind
    each makes a heat map of its events, and where their rays meet, the target is. The centroid of a
    red ball in colour pictures does the same as a control. Table, picture and film of some scenes,
    with both cameras, events, heat maps and the estimate, appear in one new folder. A scene takes a
    fifth of a second of one core with each sight, most of it to draw its pictures. Ctrl-C keeps
    what is finished.

    Examples:
        spikearm see --scenes 200 --seeds 3 --out runs/see
        spikearm see --eye-weights eye.npz --sights eye --show 12

    Attributes:
        plant: Arm in the scenes.
        sights: Sights that are measured: pixels (true pixels with noise), colour or eye.
        scenes: Number of scenes of each seed.
        seeds: Seeds of scenes.
        show: Number of scenes in picture and film.
        eye_weights: File of weights of an eye, from `spikearm train-eye`. Default: those that
            ship for the arm.
        out: New folder for the results. Default: a dated one in runs/.
        jobs: Number of processes. Default: the number of cores.
    """

    NEEDS: ClassVar = (
        Need(("eye_weights", "show"), lambda one: "eye" in one.sights, "with --sights eye"),
    )

    plant: ArmConfig = field(default_factory=ArmConfig)
    sights: tuple[SightName, ...] = ("colour", "eye")
    scenes: int = 100
    seeds: Seeds = field(default_factory=Seeds)
    show: int = 6
    eye_weights: Unset[Path] = None
    out: Unset[Path] = None
    jobs: Unset[int] = None

    def __post_init__(self) -> None:
        SeenOptions(self.sights)
        check_count(self.scenes, "scenes", MOST_SCENES)
        check_count(self.show, "scenes to show", MOST_SHOWN, least=0)
        check_processes(self.jobs)

    def execute(self) -> None:
        """Measure, print the table, write the folder, and draw picture and film."""
        from spikearm.experiments.seen.accuracy.accuracy_study import AccuracyStudy
        from spikearm.experiments.seen.pictures.scene_pictures import write_scene_pictures
        from spikearm.experiments.seen.sight.sights import find_sight
        from spikearm.experiments.seen.sight.weights import load_weights

        if any(find_sight(name).replay is None for name in self.sights):
            raise SpikearmError(
                "Without a controller, two sights have nothing to measure: 'true' is told where "
                "the target is, and 'eye-chip' is in a controller's network. Leave them out."
            )
        arm = self.plant.load()
        weights = load_weights(self.sights, arm, self.eye_weights)
        folder = new_folder(self.out, "see")
        seeds = self.seeds.all
        study = AccuracyStudy(arm, self.sights, seeds, self.scenes, weights, self.jobs)
        conduct(study, resolved_config(self, "see", arm, folder), folder)
        if weights is not None and self.show:
            files = folder / "scenes.png", folder / "scenes.mp4"
            with console.status("Drawing scenes"):
                write_scene_pictures(arm, weights, seeds[0], self.show, *files)
            console.print(f"Scenes: {files[0]} and {files[1]}", markup=False, soft_wrap=True)
