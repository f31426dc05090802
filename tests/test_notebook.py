"""The notebook docs/first_loop.ipynb, against the page that it is made of, and executed."""

import base64
import json
import re

import pytest
from documents import ROOT, blocks

from scripts import load_script

PAGE = ROOT / "docs" / "first_loop.md"
NOTEBOOK = json.loads(PAGE.with_suffix(".ipynb").read_text())
CELLS = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
PNG = b"\x89PNG"


def printed(cell: dict) -> str:
    return "".join("".join(one.get("text", "")) for one in cell["outputs"])


def test_its_cells_are_the_examples_of_the_page():
    assert ["".join(cell["source"]) for cell in CELLS] == [
        code.strip() for code in blocks(PAGE, "python")
    ]


def test_its_words_are_those_of_the_page():
    text = "\n\n".join(
        "".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "markdown"
    )
    page = PAGE.read_text()
    for left_out in (r"```(?:python|text)\n.*?```", r"<!--.*?-->", r"^!\[[^\]]*\]\([^)]+\)$"):
        page = re.sub(left_out, "", page, flags=re.MULTILINE | re.DOTALL)
    assert text.split() == page.split()


def test_the_page_shows_what_the_notebook_printed_and_drew():
    page = PAGE.read_text()
    drawn = [
        base64.b64decode(output["data"]["image/png"])
        for cell in CELLS
        for output in cell["outputs"]
        if "image/png" in output.get("data", {})
    ]
    pictures = re.findall(r"!\[([^\]]+)\]\((first_loop_\d+\.png)\)", page)
    assert [(PAGE.parent / file).read_bytes() for _, file in pictures] == drawn
    assert len(drawn) >= 4
    for cell in CELLS:
        assert printed(cell).strip() in page


@pytest.mark.slow
def test_it_runs_from_an_arm_to_a_closed_loop():
    for needed in ("nbclient", "ipykernel", "matplotlib"):
        pytest.importorskip(needed, reason="needs the extra [docs]")
    script = load_script("make_notebook")
    notebook = script.build(PAGE.read_text())
    script.execute(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    said = "\n".join(map(script.printed, cells))
    reached = re.findall(r"^(\w+) .*success: True", said, re.MULTILINE)
    assert reached == ["analytic", "spiking", "loihi"]
    draws = [bool(script.drawn(cell)) for cell in cells]
    assert draws == ["image/png" in json.dumps(cell["outputs"]) for cell in CELLS]
