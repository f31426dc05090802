"""Self-contained HTML report of studies of learning and of robustness."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import plotly.io
from jinja2 import Environment, PackageLoader, select_autoescape
from rich.console import Console, RenderableType

from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.report.study_folder import StudyFolder

TITLES = {"adapt": "Learning", "stress": "Robustness"}
WIDTH = 180  # characters of a table


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
    sections = [_section(study, first=study is studies[0]) for study in studies]
    page = environment.get_template("study.html.j2").render(
        title=", ".join(dict.fromkeys(TITLES[study.command] for study in studies)),
        sections=sections,
    )
    with atomic_file(path) as draft:
        draft.write_text(page, "utf-8")


def _section(study: StudyFolder, first: bool) -> dict[str, str]:
    return {
        "heading": f"{TITLES[study.command]}: {study.config['arm']}, {study.name}",
        "status": study.status,
        "verdict": study.verdict,
        "figure": plotly.io.to_html(
            study.figure, full_html=False, include_plotlyjs=first,
            config={"displaylogo": False, "responsive": True},
        ),
        "tables": _text(study.tables),
        "config": json.dumps(study.config, indent=2),
    }  # fmt: skip


def _text(tables: Sequence[RenderableType]) -> str:
    """Return tables as they are printed, without colours."""
    console = Console(width=WIDTH, file=io.StringIO(), record=True, markup=False, emoji=False)
    for table in tables:
        console.print(table)
    return console.export_text()
