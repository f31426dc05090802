"""Colours of controllers and limits: the same in every picture."""

import zlib

COLORS = {
    "analytic": "#1f5fa8",
    "rate": "#7a5cc4",
    "spiking": "#2a9a55",
    "loihi": "#e0701a",
    "frozen-inertia": "#94785a",
    "constant": "#a8adb2",
    "polynomial-1": "#7f8992",
    "polynomial-2": "#5c6670",
    "polynomial-3": "#333b42",
    "static-rate": "#b79ae8",
    "pd": "#8a6d3b",
    "pid": "#b5338a",
    "kept-integral": "#d18f00",
    "adaptive-load": "#0f7a5c",
    "analytic + adaptive": "#1aa3b5",
    "rate + adaptive": "#4a3a8c",
    "spiking + adaptive": "#7ab317",
    "loihi + adaptive": "#c23b3b",
    "frozen-inertia + adaptive": "#c2a98c",
    "constant + adaptive": "#c9ced3",
    "polynomial-1 + adaptive": "#b5bfc8",
    "polynomial-2 + adaptive": "#a3adb8",
    "polynomial-3 + adaptive": "#6f7d8a",
    "static-rate + adaptive": "#d5c4f5",
    "pd + adaptive": "#c9a227",
    "pid + adaptive": "#e377c2",
}
"""Colours of the controllers that ship, by label."""

OTHER_COLORS = ("#5b8a8a", "#a05a5a", "#5a6ea0", "#7d7d2e", "#8c5fa0", "#3f7f4f")
"""Colours of controllers that users add."""

LIMIT_COLOR = "#c23b3b"
"""Colour of bounds and limits."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Dashes that tell several runs of one controller apart."""

CSS_LINES = {"solid": "solid", "dash": "dashed", "dot": "dotted"}
"""Styles of a line on a page for the first dashes."""


def controller_color(label: str) -> str:
    """Return the colour of a controller, by its label in tables."""
    other = zlib.crc32(label.encode()) % len(OTHER_COLORS)
    return COLORS.get(label, OTHER_COLORS[other])
