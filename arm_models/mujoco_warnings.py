"""Warnings of MuJoCo as log messages, instead of a file in the folder where a program runs."""

import logging

import mujoco

logger = logging.getLogger(__name__)


def log_warnings() -> None:
    """Log MuJoCo's warnings, in place of writing them to MUJOCO_LOG.TXT."""
    mujoco.set_mju_user_warning(_log)


def _log(text: str) -> None:
    # That a simulation diverges, its arm says itself, and raises.
    logger.log(logging.DEBUG if "unstable" in text else logging.WARNING, "MuJoCo: %s", text)
