"""Check for a display to open a window on."""

import warnings

import glfw


def has_display() -> bool:
    """Ask GLFW, because MuJoCo's viewer would end the whole process without one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", glfw.GLFWError)
        return bool(glfw.init())
