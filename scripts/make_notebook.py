"""Notebook docs/first_loop.ipynb, made of the page docs/first_loop.md and executed.

.venv/bin/python scripts/make_notebook.py

What the cells print and draw goes into the notebook and into the page, behind their code. Takes
the extra [docs], half a minute, and on Linux Mesa's EGL.
"""

import base64
import re
from itertools import count
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PAGE = Path(__file__).parent.parent / "docs" / "first_loop.md"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
CELL = re.compile(
    r"```python\n(?P<code>.*?)\n```\n"
    r"(?:\n```text\n.*?\n```\n)?"  # what it printed
    r"(?:\n!\[(?P<caption>[^\]]*)\]\([^)]+\)\n)?",  # what it drew
    re.DOTALL,
)
COMMENT = re.compile(r"<!--.*?-->\n\n?", re.DOTALL)


def build(page: str) -> NotebookNode:
    """Build the notebook of a page: a cell for each block of Python and for the text between."""
    cells, end = [], 0
    for match in CELL.finditer(page):
        cells += [_text(page[end : match.start()]), new_code_cell(match["code"])]
        end = match.end()
    cells.append(_text(page[end:]))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # random otherwise
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def execute(notebook: NotebookNode) -> None:
    """Execute a notebook in place, in the folder of the page.

    Raises:
        CellExecutionError: A cell raises.
    """
    folder = {"metadata": {"path": str(PAGE.parent)}}
    NotebookClient(notebook, timeout=600, resources=folder, record_timing=False).execute()


def write_outputs(page: str, notebook: NotebookNode, folder: Path) -> str:
    """Return the page with the outputs of its notebook, whose pictures are written to a folder."""
    cells = iter([cell for cell in notebook.cells if cell.cell_type == "code"])
    numbers = count(1)

    def fill(match: re.Match[str]) -> str:
        cell = next(cells)
        parts = [f"```python\n{match['code']}\n```\n"]
        if text := printed(cell):
            parts.append(f"```text\n{text}\n```\n")
        if picture := drawn(cell):
            name = f"{PAGE.stem}_{next(numbers)}.png"
            (folder / name).write_bytes(picture)
            parts.append(f"![{match['caption'] or ''}]({name})\n")
        return "\n".join(parts)

    return CELL.sub(fill, page)


def printed(cell: NotebookNode) -> str:
    """Return what a cell has printed, and its value."""
    said = [one.text for one in cell.outputs if one.output_type == "stream"]
    values = [one.data["text/plain"] for one in cell.outputs if one.output_type == "execute_result"]
    return "".join([*said, *values]).strip()


def drawn(cell: NotebookNode) -> bytes | None:
    """Return the picture that a cell has drawn, as a PNG file; None without one."""
    for output in cell.outputs:
        if "image/png" in output.get("data", {}):
            return base64.b64decode(output.data["image/png"])
    return None


def _text(markdown: str) -> NotebookNode:
    return new_markdown_cell(COMMENT.sub("", markdown).strip())


def main() -> None:
    """Write the notebook, the pictures and the outputs in the page."""
    page = PAGE.read_text("utf-8")
    notebook = build(page)
    execute(notebook)
    nbformat.write(notebook, PAGE.with_suffix(".ipynb"))
    PAGE.write_text(write_outputs(page, notebook, PAGE.parent), "utf-8")


if __name__ == "__main__":
    main()
