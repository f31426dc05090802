"""Command lines, files, links and names in Markdown files, held against the code."""

import ast
import re
import shlex
import subprocess
import tomllib
from contextlib import redirect_stdout, suppress
from functools import cache
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from pkgutil import resolve_name

import pytest
from documents import PAGES, ROOT, anchors, blocks, every_markdown_file, every_page, prose

from spikearm.experiments import cli

ROOMS = ("arm_models", "controller", "experiments", "loihi_deploy", "neural", "perception")
FOLDERS = (*ROOMS, "benchmarks", "docs", "scripts", "spikearm", "tests")
SHELL = ("", "bash", "sh")

INLINE = re.compile(r"`([^`]+)`")
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")
PROGRAM = re.compile(r"(?:scripts|benchmarks)/\w+\.py")
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")
COMMAND = re.compile(r"(?:^|\s)spikearm ([a-z]+.*)")
TYPED = re.compile(
    r"(?:\w+=\S+ )*(?:spikearm|make|pip|python3?|\.venv/bin/\w+|#!/bin/bash)(?:\s|$)"
)
MAKE = re.compile(r"(?<!\S)make ([a-z-]+)")
EXTRAS = re.compile(r"(?:spikearm|\.)\[([\w,]+)\]")
PLACEHOLDERS = {"VARIANT": "circle"}
"""Values that take the place of capitals where an option has choices."""


def folder_files(folder: str) -> list[Path]:
    """List the Python files of a folder of the repository."""
    return list((ROOT / folder).rglob("*.py"))


def inline_code(page: Path) -> list[str]:
    """List the inline code of a page, each on one line."""
    return [" ".join(code.split()) for code in INLINE.findall(prose(page))]


def shell_lines(page: Path) -> list[str]:
    """List the inline code of a page and the lines of its shell blocks, without comments."""
    lines = inline_code(page)
    for block in blocks(page, *SHELL):
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


@every_page
def test_shell_blocks_parse(page):
    for block in blocks(page, *SHELL):
        if TYPED.match(block):
            checked = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True)
            assert checked.returncode == 0, checked.stderr


@every_page
def test_make_targets_and_extras_exist(page):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for line in shell_lines(page):
        if line.startswith("make "):
            assert set(MAKE.findall(line)) <= set(targets), line
        for extras in EXTRAS.findall(line):
            assert set(extras.split(",")) <= set(project["optional-dependencies"]), line


@every_markdown_file
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
