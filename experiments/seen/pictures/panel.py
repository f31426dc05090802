"""Panels of films: pictures of both cameras, with events and heat maps below them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from spikearm.perception.event_camera import OFF, ON

PANE = 320  # pixels of a pane's edge
BAR = 48  # pixels of the caption's height
MARGIN = 10  # pixels
PAPER, INK = (255, 255, 255), (29, 37, 48)
BRIGHTER, DARKER, HEAT = (26, 82, 191), (120, 120, 120), (242, 128, 26)
TRUE, SEEN = (42, 154, 85), (226, 52, 52)
HEAT_OPACITY = 0.8
ARM_LENGTH = 9  # pixels of a cross
FONT = ImageFont.load_default(15)


class Mark(NamedTuple):
    """Cross in a picture.

    Attributes:
        pixel: Column and row, as shares of the picture's edge, shape (2,).
        color: Red, green and blue, 0 to 255.
    """

    pixel: np.ndarray
    color: tuple[int, int, int]


def draw_panel(
    pictures: np.ndarray, events: np.ndarray, heats: Sequence[np.ndarray],
    marks: Sequence[Sequence[Mark]],
) -> np.ndarray:  # fmt: skip
    """Draw a column for each camera: its picture with marks, and its events with the heat map.

    Args:
        pictures: Pictures, shape (n_cameras, height, width, 3), 0 to 255.
        events: Flags of events, shape (n_cameras, height, width, 2).
        heats: Heat map of each camera, shape (rows, columns); none without an eye.
        marks: Marks in the picture of each camera.

    Returns:
        Shape (2 * PANE, n_cameras * PANE, 3), 8-bit.
    """
    above = [_with_marks(one, mine) for one, mine in zip(pictures, marks, strict=True)]
    shown = heats or [np.zeros((1, 1))] * len(events)
    below = [_with_heat(one, heat) for one, heat in zip(events, shown, strict=True)]
    panes = np.vstack([np.hstack(above), np.hstack(below)])
    for edge in range(PANE, panes.shape[1], PANE):
        panes[:, edge - 1 : edge + 1] = INK
    return panes


def with_caption(picture: np.ndarray, lines: Sequence[str]) -> np.ndarray:
    """Add a bar with lines of text below a picture, shape (height, width, 3), 8-bit."""
    bar = Image.new("RGB", (picture.shape[1], BAR), PAPER)
    draw = ImageDraw.Draw(bar)
    for row, line in enumerate(lines):
        draw.text((MARGIN, 3 + 21 * row), line, INK, FONT)
    return np.vstack([picture, np.asarray(bar)])


def _with_marks(picture: np.ndarray, marks: Sequence[Mark]) -> np.ndarray:
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).resize((PANE, PANE))
    draw = ImageDraw.Draw(image)
    for mark in marks:
        if np.isnan(mark.pixel).any():
            continue
        x, y = (PANE * mark.pixel).tolist()
        draw.line((x - ARM_LENGTH, y, x + ARM_LENGTH, y), mark.color, 3)
        draw.line((x, y - ARM_LENGTH, x, y + ARM_LENGTH), mark.color, 3)
    return np.asarray(image)


def _with_heat(events: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Draw events on paper, and over them what is likely."""
    picture = np.full((*events.shape[:2], 3), PAPER, dtype=np.uint8)
    picture[events[..., OFF]] = DARKER
    picture[events[..., ON]] = BRIGHTER
    image = Image.fromarray(picture).resize((PANE, PANE), Image.Resampling.NEAREST)
    most = max(float(heat.max()), 1e-9)
    opacity = (255 * HEAT_OPACITY * heat / most * min(1.0, float(heat.sum()))).astype(np.uint8)
    mask = Image.fromarray(opacity).resize((PANE, PANE), Image.Resampling.BILINEAR)
    image.paste(Image.new("RGB", image.size, HEAT), (0, 0), mask)
    return np.asarray(image)
