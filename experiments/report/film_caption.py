"""Captions and insets in the frames of a film."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.report.enlarged import enlarged, enlargement
from spikearm.experiments.studies.benchmark.metrics import position_error

HAND, IDEAL, PAST = (26, 82, 191), (242, 128, 26), (150, 170, 205)
INK, PAPER = (29, 37, 48), (255, 255, 255)
OPACITY = 0.85  # of the paper below words and inset
BAR = 48  # px, at the bottom
INSET, MARGIN = 150, 10  # px
FILL = 0.84  # of the inset's width, that the paths take
FINER = 3  # times as many pixels are drawn as are shown, so that lines are smooth
EVERY = 10  # steps from point to point of a path in the inset
FONT = ImageFont.load_default(15)


class Caption:
    """Caption and inset of a film's frames.

    Args:
        reaches: Motions of the film, of one controller.
        axes: Directions to the right and up in the frames, in the world frame, shape (2, 3).
    """

    def __init__(self, reaches: Sequence[RecordedReach], axes: np.ndarray) -> None:
        self._reaches = reaches
        self.factor = enlargement(reach.trajectory for reach in reaches)
        self._errors = [1e3 * position_error(reach.trajectory) for reach in reaches]
        start = reaches[0].trajectory.reference_position[0]
        flat = [(enlarged(one.trajectory, self.factor) - start) @ axes.T for one in reaches]
        lines = [(one.trajectory.reference_position[[0, -1]] - start) @ axes.T for one in reaches]
        points = np.concatenate([*flat, *lines])
        low, high = points.min(axis=0), points.max(axis=0)
        scale = FILL * FINER * INSET / (high - low).max()
        self._paths = [_in_inset(scale * (path - (low + high) / 2)) for path in flat]
        self._lines = [_in_inset(scale * (line - (low + high) / 2)) for line in lines]

    def added_to(self, picture: np.ndarray, number: int, step: int) -> np.ndarray:
        """Add caption and inset to a frame.

        Args:
            picture: The frame, shape (height, width, 3), 8-bit.
            number: Number of the motion, from 0.
            step: Number of the step.
        """
        frame = Image.fromarray(picture)
        self._write(frame, number, step)
        frame.paste(self._inset(frame, number, step), (frame.width - INSET - MARGIN, MARGIN))
        return np.asarray(frame)

    def lines(self, number: int, step: int) -> tuple[str, str]:
        """Return the lines of the caption of a step."""
        reach = self._reaches[number]
        where = f"to target {reach.target + 1}" if reach.direction == "out" else "back to the start"
        return (
            f"{reach.label}, {where}: {reach.trajectory.time[step]:.2f} s, "
            f"{self._errors[number][step]:.2f} mm from the ideal position",
            f"Inset: deviation from the straight line, {self.factor:,.0f} times as large",
        )

    def _write(self, frame: Image.Image, number: int, step: int) -> None:
        area = (0, frame.height - BAR, frame.width, frame.height)
        bar = _paper(frame, area)
        draw = ImageDraw.Draw(bar)
        for row, line in enumerate(self.lines(number, step)):
            draw.text((MARGIN, 3 + 21 * row), line, INK, FONT)
        frame.paste(bar, area[:2])

    def _inset(self, frame: Image.Image, number: int, step: int) -> Image.Image:
        left = frame.width - INSET - MARGIN
        inset = _paper(frame, (left, MARGIN, left + INSET, MARGIN + INSET))
        large = inset.resize((FINER * INSET, FINER * INSET))
        draw = ImageDraw.Draw(large)
        for line in self._lines:
            draw.line(line, IDEAL, FINER)
        for path in self._paths[:number]:
            draw.line(path[::EVERY], PAST, FINER)
        draw.line(self._paths[number][: step + 1 : EVERY], HAND, 2 * FINER, joint="curve")
        return large.resize(inset.size, Image.Resampling.BOX)


def _in_inset(points: np.ndarray) -> list[tuple[float, float]]:
    """Return points about the middle of the inset as pixels, from its upper left corner."""
    middle = FINER * INSET / 2
    return list(
        zip((middle + points[:, 0]).tolist(), (middle - points[:, 1]).tolist(), strict=True)
    )


def _paper(frame: Image.Image, area: tuple[int, int, int, int]) -> Image.Image:
    """Return a part of a frame with paper laid over it."""
    part = frame.crop(area)
    return Image.blend(part, Image.new("RGB", part.size, PAPER), OPACITY)
