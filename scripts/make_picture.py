"""Picture docs/arm.png of the README, drawn from a run of `spikearm bench` or `run`.

MUJOCO_GL=egl .venv/bin/python scripts/make_picture.py runs/bench-gen3-20261124-033000
"""

import sys
from pathlib import Path

import imageio.v2 as imageio

from spikearm.arm_models import load_arm
from spikearm.arm_models.rendering.camera import Camera
from spikearm.experiments.records.records import read_run
from spikearm.experiments.report.video import paths, pose_arm

PICTURE = Path(__file__).parent.parent / "docs" / "arm.png"
STEP = 1000  # the end of the motion out to the target
REACH = 1  # to the side and up


def main(folder: Path) -> None:
    """Draw the last controller's hand paths to every target, and the arm at one of them."""
    run = read_run(folder)
    arm = load_arm(run.config["arm"])
    reaches = [
        reach
        for reach in run.reaches
        if reach.label == run.reaches[-1].label and reach.direction == "out"
    ]
    trails = [
        trail for reach in reaches for trail in paths(reach.trajectory, len(reach.trajectory.time))
    ]
    with Camera(arm, 1280, 800) as camera:
        pose_arm(arm, reaches[REACH].trajectory, STEP)
        imageio.imwrite(PICTURE, camera.render(trails))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
