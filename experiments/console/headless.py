"""Choice of MuJoCo's renderer, made before MuJoCo is imported."""

import os
import sys

RENDERERS = ("", "egl", "glfw", "osmesa", "disable", "disabled", "off", "0")


def choose_renderer() -> None:
    """Choose a renderer that needs no display where there is none.

    Raises:
        SystemExit: ``MUJOCO_GL`` holds something that MuJoCo would refuse on import.
    """
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform == "linux" and not has_display:
        os.environ.setdefault("MUJOCO_GL", "egl")
    chosen = os.environ.get("MUJOCO_GL", "").lower()
    if sys.platform == "linux" and chosen not in RENDERERS:
        print(
            f"spikearm: MUJOCO_GL='{chosen}' is no renderer that MuJoCo knows. Set it to egl, "
            "osmesa or glfw, or leave it unset.",
            file=sys.stderr,
        )
        raise SystemExit(2)
