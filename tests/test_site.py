"""The documentation site: all pages and public names are in it, links hold, and it looks whole."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from chromium import FAULTS, WIDTHS, launched, needs_chromium, opened
from documents import ROOT

import spikearm

DOCS = ROOT / "docs"
CONFIG = (ROOT / "mkdocs.yml").read_text()
NEEDED = ("zensical", "mkdocstrings")
WHOLE = "article"  # the text of a page; what surrounds it is the theme's

needs_tool = pytest.mark.skipif(
    any(find_spec(one) is None for one in NEEDED), reason="needs the extra [docs]"
)


def test_the_navigation_has_every_page_once():
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")]
    assert sorted(re.findall(r"^ +- .*: (\S+\.md)$", CONFIG, re.MULTILINE)) == sorted(pages)


def test_the_reference_has_every_public_name_once():
    described = re.findall(r"^::: spikearm\.(\w+)$", (DOCS / "reference.md").read_text(), re.M)
    assert sorted(described) == sorted(spikearm.__all__)


class Page(HTMLParser):
    """Addresses, anchors and pictures of a built page.

    Attributes:
        links: Addresses that it points to.
        anchors: Places on it that can be pointed to.
        asked: Addresses on other servers that a browser loads to show it.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.asked: list[str] = []
        self.feed(file.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.anchors |= {values[key] or "" for key in ("id", "name") if key in values}
        found = [values[key] or "" for key in ("href", "src") if key in values]
        self.links += found
        self.asked += [one for one in found if tag != "a" and urlsplit(one).netloc]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Build the site, in a copy of what it is made of."""
    folder = tmp_path_factory.mktemp("site")
    for one in ("docs", "scripts", "spikearm"):
        shutil.copytree(ROOT / one, folder / one, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", folder)
    built = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    said = re.sub(r"\x1b\[[\d;]*m", "", built.stdout + built.stderr)  # without its colours
    assert built.returncode == 0, said
    assert "griffe: " not in said, said  # of docstrings that cannot be read
    return folder / "build" / "site"


def pages(site: Path) -> list[Path]:
    return [page for page in sorted(site.rglob("*.html")) if page.name != "404.html"]


@needs_tool
def test_the_site_builds_with_every_page_and_public_name_and_its_links_hold(site):
    built = {page: Page(page) for page in pages(site)}
    assert len(built) == len(list(DOCS.rglob("*.md")))
    for page, content in built.items():
        for link in content.links:
            check_link(page, link, built)
        assert content.asked == [], f"{page.parent.name} needs another server"
    names = built[site / "reference" / "index.html"].anchors
    assert {f"spikearm.{name}" for name in spikearm.__all__} <= names


def check_link(page: Path, link: str, built: dict[Path, Page]) -> None:
    """Check that a link on a built page leads to a file, and to a place in it."""
    address = urlsplit(link)
    if address.scheme:
        return
    file = (page.parent / unquote(address.path)).resolve() if address.path else page
    file = file / "index.html" if file.is_dir() else file
    assert file.exists(), f"{page.parent.name}: {link}"
    if address.fragment and file in built:
        assert unquote(address.fragment) in built[file].anchors, f"{page.parent.name}: {link}"


class Quiet(SimpleHTTPRequestHandler):
    """Server of files that logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        """Leave a request out of the log."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder, and return its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def faults(browser: Any, address: str, width: int) -> list[str]:
    """Open a page, and return what a reader or a developer would complain of."""
    page, said = opened(browser, address, width)
    page.wait_for_load_state("networkidle")
    found = said + page.evaluate(FAULTS, WHOLE)
    page.close()
    return found


@pytest.mark.slow
@needs_tool
@needs_chromium
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_whole(width, site):
    with launched() as browser, served(site) as address:
        for page in pages(site):
            place = page.parent.relative_to(site).as_posix()
            assert faults(browser, f"{address}/{place}/", WIDTHS[width]) == [], place
