"""Self-contained HTML report of studies of learning and of robustness."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from spikearm.experiments.palette import controller_color
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.report.html_tables import html_block
from spikearm.experiments.report.study_folder import StudyFolder

TITLES = {"adapt": "Learning", "stress": "Robustness"}
CAPTIONS = {
    "adapt": "Trial by trial: mean and 95 % interval over seeds. Dotted: without learning.",
    "stress": (
        "Each line ends in a cross where a reach ends more than 10 mm off; faint is what lies "
        "beyond. Drawn at 2 m: no reach ended at all."
    ),
}
"""Sentences above the pictures, by the command that wrote the study."""


def write_study_report(studies: Sequence[StudyFolder], path: Path) -> None:
    """Write the report.

    Args:
        studies: Studies that are shown, one below the other.
        path: The HTML file; it appears whole or not at all.

    Raises:
        SpikearmError: The file cannot be written.
    """
    environment = Environment(
        loader=PackageLoader("spikearm.experiments.report", "."),
        autoescape=select_autoescape(["html", "j2"]),
    )
    page = environment.get_template("study.html.j2").render(
        title=", ".join(dict.fromkeys(TITLES[study.command] for study in studies)),
        library=Markup(get_plotlyjs()),
        studies=[_shown(study) for study in studies],
    )
    with atomic_file(path) as draft:
        draft.write_text(page, "utf-8")


def _shown(study: StudyFolder) -> dict[str, Any]:
    """Return what the page shows of a study."""
    traces = [trace for panel in study.panels for trace in panel.figure.data]
    labels = dict.fromkeys(trace.legendgroup for trace in traces if trace.legendgroup)
    return {
        "name": study.name,
        "heading": f"{TITLES[study.command]}: {study.config['arm']}, {study.name}",
        "status": study.status,
        "verdict": study.verdict,
        "caption": CAPTIONS[study.command],
        "series": [{"label": one, "color": controller_color(one)} for one in labels],
        "panels": study.panels,
        "blocks": [html_block(part) for part in study.tables],
        "config": json.dumps(study.config, indent=2),
    }
