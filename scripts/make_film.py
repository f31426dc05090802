"""Film docs/seen.webp of the README, a small copy of one that `spikearm run --eye --video` made.

MUJOCO_GL=egl .venv/bin/spikearm run --controller loihi --eye --on-chip --video seen.mp4
.venv/bin/python scripts/make_film.py seen.mp4
"""

import sys
from pathlib import Path

import imageio.v3 as iio
from PIL import Image

FILM = Path(__file__).parent.parent / "docs" / "seen.webp"
EVERY = 3  # frames of the film, of which one is kept
FRAME_TIME = 100  # ms
SHRUNK = 2
QUALITY = 60  # percent


def main(film: Path) -> None:
    """Shrink a film in space and time."""
    frames = [Image.fromarray(frame).reduce(SHRUNK) for frame in iio.imiter(film)][::EVERY]
    first, *others = frames
    first.save(
        FILM, save_all=True, append_images=others, duration=FRAME_TIME, loop=0, quality=QUALITY,
        method=6,
    )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
