"""The project's Markdown files, and what is in them."""

import re
from itertools import count
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
MARKDOWN = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / ".github").rglob("*.md")), *PAGES[1:]]

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.*)", re.MULTILINE)


def name(page: Path) -> str:
    """Return a page's path in the repository."""
    return page.relative_to(ROOT).as_posix()


every_page = pytest.mark.parametrize("page", PAGES, ids=name)
every_markdown_file = pytest.mark.parametrize("page", MARKDOWN, ids=name)


def blocks(page: Path, *languages: str) -> list[str]:
    """List the fenced blocks of a page in one of these languages."""
    return [code for language, code in FENCE.findall(page.read_text()) if language in languages]


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    found: set[str] = set()
    for title in HEADING.findall(prose(page)):
        plain = re.sub(r"\]\([^)]*\)", "", title)  # a link's words stay
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-")
        numbered = (f"{slug}-{number}" for number in count(1))
        found.add(slug if slug not in found else next(n for n in numbered if n not in found))
    return found
