"""Reproductions by the name of the work."""

from spikearm.experiments.studies.reproductions.dewolf2023 import DeWolf2023
from spikearm.experiments.studies.reproductions.hunter2022.hunter2022 import Hunter2022
from spikearm.experiments.studies.reproductions.moraitis2022.moraitis2022 import Moraitis2022
from spikearm.experiments.studies.reproductions.reproduction import Reproduction
from spikearm.experiments.studies.reproductions.rossbroich2022.rossbroich2022 import Rossbroich2022
from spikearm.experiments.studies.reproductions.turner2022.turner2022 import Turner2022

REPRODUCTIONS: dict[str, Reproduction] = {
    "dewolf2023": DeWolf2023(),
    "rossbroich2022": Rossbroich2022(),
    "moraitis2022": Moraitis2022(),
    "turner2022": Turner2022(),
    "hunter2022": Hunter2022(),
}
"""Reproductions by first author and year."""
