"""Reproductions by the name of the work."""

from spikearm.experiments.studies.reproductions.dewolf2023 import DeWolf2023
from spikearm.experiments.studies.reproductions.reproduction import Reproduction

REPRODUCTIONS: dict[str, Reproduction] = {
    "dewolf2023": DeWolf2023(),
}
"""Reproductions by first author and year."""
