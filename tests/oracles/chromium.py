"""Pages in Debian's Chromium, at the width of a desk and of a telephone."""

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
THERE = CHROMIUM is not None and importlib.util.find_spec("playwright") is not None
FAULTS = (Path(__file__).parent / "page_faults.js").read_text()
NO_SANDBOX = ["--no-sandbox", "--enable-unsafe-swiftshader"]  # of a container; WebGL without a GPU
WIDTHS = {"desk": 1280, "telephone": 390}  # px
HEIGHT = 900  # px
PATIENCE = 120_000  # ms, for a machine with much other work

needs_chromium = pytest.mark.skipif(
    not THERE, reason="needs Playwright, and Debian's package chromium"
)


@contextmanager
def launched() -> Iterator[Any]:
    """Launch a browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=NO_SANDBOX)
        yield browser
        browser.close()


def opened(browser: Any, address: str, width: int) -> tuple[Any, list[str]]:
    """Open a page, and listen to what it complains of."""
    said: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": HEIGHT})
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.goto(address)
    return page, said
