"""Command lines, files, links and names in the README and in docs/, held against the code."""

import ast
import re
import shlex
from contextlib import closing, redirect_stdout, suppress
from functools import cache
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from pkgutil import resolve_name
from types import SimpleNamespace

import nengo
import numpy as np
import pytest

from spikearm.arm_models import ARMS
from spikearm.controller.spiking.spiking_network import neuron_type
from spikearm.experiments import cli
from spikearm.loihi_deploy.backends.engine import EngineSimulation

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROOMS = ("arm_models", "controller", "experiments", "loihi_deploy", "neural", "perception")
FOLDERS = (*ROOMS, "benchmarks", "docs", "scripts", "spikearm", "tests")

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`]+)`")
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")
PROGRAM = re.compile(r"(?:scripts|benchmarks)/\w+\.py")
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)", re.MULTILINE)
COMMAND = re.compile(r"(?:^|\s)spikearm ([a-z]+.*)")
PLACEHOLDERS = {"VARIANT": "circle"}
"""Values that take the place of capitals where an option has choices."""

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def folder_files(folder: str) -> list[Path]:
    """List the Python files of a folder of the repository."""
    return list((ROOT / folder).rglob("*.py"))


def blocks(page: Path, *languages: str) -> list[str]:
    """List the fenced blocks of a page in one of these languages."""
    return [code for language, code in FENCE.findall(page.read_text()) if language in languages]


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return FENCE.sub("", page.read_text())


def inline_code(page: Path) -> list[str]:
    """List the inline code of a page, each on one line."""
    return [" ".join(code.split()) for code in INLINE.findall(prose(page))]


def shell_lines(page: Path) -> list[str]:
    """List the inline code of a page and the lines of its shell blocks, without comments."""
    lines = inline_code(page)
    for block in blocks(page, "", "bash", "sh"):
        lines += block.replace("\\\n", " ").splitlines()
    return [line.split("#")[0].strip() for line in lines]


def command_lines(page: Path) -> list[str]:
    """List what follows `spikearm` in the command lines of a page."""
    found = (COMMAND.search(line) for line in shell_lines(page))
    return [command[1].strip() for command in found if command]


@cache
def options_of_commands() -> set[str]:
    """Return the options that the help of any command names."""
    page = StringIO()
    for name in cli.COMMANDS:
        with redirect_stdout(page), suppress(SystemExit):
            cli.parse(name, ["--help"])
    return set(re.findall(r"--[a-z][a-z-]*", page.getvalue()))


@cache
def options_of_programs() -> set[str]:
    """Return the names of fields in scripts and benchmarks, as options."""
    sources = (
        path.read_text() for folder in ("scripts", "benchmarks") for path in folder_files(folder)
    )
    fields = re.findall(r"^    (\w+): ", "\n".join(sources), re.MULTILINE)
    return {f"--{field.replace('_', '-')}" for field in fields}


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    titles = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(prose(page)))
    return {title.strip().replace(" ", "-") for title in titles}


def imported_names(code: str) -> list[str]:
    """List the dotted names that a block of Python imports from the package."""
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom)]
    return [
        f"{statement.module}.{alias.name}"
        for statement in imports
        if (statement.module or "").startswith("spikearm")
        for alias in statement.names
    ]


@every_page
def test_command_lines_parse(page):
    for line in command_lines(page):
        name, *options = (PLACEHOLDERS.get(word, word) for word in shlex.split(line))
        assert name in cli.COMMANDS, line
        if not options or options == ["--help"]:
            continue  # the command's name alone, in prose
        try:
            cli.parse(name, options)
        except SystemExit:
            pytest.fail(f"{page.name}: spikearm {line}")


def test_command_lines_are_found_at_all():
    found = {line.split()[0] for page in PAGES for line in command_lines(page)}
    assert found == set(cli.COMMANDS)


@every_page
def test_options_exist(page):
    known = options_of_commands() | options_of_programs()
    for line in shell_lines(page):
        if line.startswith("--") or PROGRAM.search(line):
            assert set(OPTION.findall(line)) <= known, line


@pytest.fixture
def network():
    with nengo.Network(seed=0) as network:
        source, host = nengo.Node(np.sin), nengo.Node(lambda t, x: 0.1 * x, size_in=1)
        first, second = (nengo.Ensemble(50, 1, neuron_type=neuron_type("loihi")) for _ in range(2))
        nengo.Connection(source, first)
        nengo.Connection(first, second)
        nengo.Connection(second, host)
        nengo.Connection(host, first)
        nengo.Probe(second)
    return network


@pytest.mark.parametrize(
    "name", ["deployment", "engine", "own_arm", "robustness", "works/moraitis2022"]
)
def test_python_examples_run(name, network, tmp_path, monkeypatch):
    examples = blocks(ROOT / "docs" / f"{name}.md", "python")
    assert examples
    arm = ARMS["ur5e"].mjcf.read_text().replace('site name="hand"', 'site name="tool"')
    (tmp_path / "arm.xml").write_text(arm)
    (tmp_path / "scene.xml").write_text(ARMS["ur5e"].mjcf.with_name("scene.xml").read_text())
    monkeypatch.chdir(tmp_path)
    with closing(EngineSimulation(network)) as simulation:
        controller = SimpleNamespace(simulation=simulation)
        for code in examples:
            exec(code, {"network": network, "controller": controller})


@every_page
def test_links_lead_to_files_and_headings(page):
    for link in LINK.findall(page.read_text()):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@every_page
def test_files_are_there(page):
    files = [f"/{path.relative_to(ROOT)}" for folder in FOLDERS for path in folder_files(folder)]
    spec = find_spec("nengo_loihi")
    assert spec is not None and spec.origin is not None
    words = [word for code in [*inline_code(page), *blocks(page, "")] for word in code.split()]
    for word in words:
        if word.endswith(".py"):
            name = word.removeprefix("nengo_loihi/")
            there = any(file.endswith(f"/{word}") for file in files)
            assert there or (Path(spec.origin).parent / name).exists(), word
        elif "/" in word and word.split("/")[0] in FOLDERS:
            assert (ROOT / word).exists(), word


@every_page
def test_dotted_names_can_be_imported(page):
    start = re.compile(rf"(?:spikearm|(?:{'|'.join(ROOMS)})\.[a-z]\w*)\.\w")
    for code in inline_code(page):
        name = re.match(r"[\w.]+", code)
        if name and start.match(name[0]) and not name[0].endswith((".py", ".md")):
            resolve_name("spikearm." + name[0].removeprefix("spikearm."))
    for code in blocks(page, "python"):
        for name in imported_names(code):
            resolve_name(name)
