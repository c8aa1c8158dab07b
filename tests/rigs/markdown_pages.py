"""The repository's Markdown as its readers get it: headings, links, pictures, blocks of code, what is typed in them.

`python -m tests.rigs.markdown_pages` lists the links that lead outside; no test asks the network for them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from . import repository
from .repository import ROOT

_FENCE = re.compile(
    r"^(?P<marks>(?:<!--.*-->\n)*)(?P<fence>```+|~~~+)(?P<kind>[^\n]*)\n(?P<code>.*?)^(?P=fence)\s*$", re.S | re.M
)
_INLINE = re.compile(r"(`+)(?P<code>.+?)\1", re.S)
_BRACKETS = r"[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*"  # one pair within another: a picture that is a link
_TARGET = r"[^()\s]*(?:\([^()\s]*\)[^()\s]*)*"
_LINK = re.compile(rf"(?P<picture>!?)\[(?P<text>{_BRACKETS})\]\((?P<target>{_TARGET})(?: \"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6} +(?P<text>.+?)(?: +#+)?$", re.M)
_PLACE = re.compile(r"\{[^{}\n]+\}|\$[A-Za-z_]\w*")


@dataclass(frozen=True)
class Link:
    """A link, or a picture, of a page."""

    target: str
    text: str
    is_picture: bool

    @property
    def is_outside(self) -> bool:
        return re.match(r"[a-z][a-z0-9+.-]*:", self.target) is not None


@dataclass(frozen=True)
class Block:
    """A block of code, its language, and the remarks right above it."""

    code: str
    kind: str
    marks: str


@cache
def pages() -> tuple[str, ...]:
    """Every page that is committed, or about to be: Markdown, and notebooks for what they say between their cells."""
    return tuple(name for name in repository.files() if name.endswith((".md", ".ipynb")))


@cache
def text_of(page: str) -> str:
    """What a page says; of a notebook its Markdown."""
    said = (ROOT / page).read_text(encoding="utf-8")
    if not page.endswith(".ipynb"):
        return said
    cells = (cell for cell in json.loads(said)["cells"] if cell["cell_type"] == "markdown")
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def prose(page: str) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", text_of(page))


def blocks(page: str) -> list[Block]:
    """The blocks of code of a page, in order."""
    found = _FENCE.finditer(text_of(page))
    return [Block(one["code"], one["kind"].strip(), one["marks"]) for one in found]


def inline(page: str) -> list[str]:
    """What stands between single backquotes."""
    return [found["code"] for found in _INLINE.finditer(prose(page))]


def links(page: str) -> list[Link]:
    """The links and pictures of a page, those around pictures too."""
    found, left = [], [_INLINE.sub("`code`", prose(page))]
    while left:
        for one in _LINK.finditer(left.pop()):
            found.append(Link(one["target"], one["text"], bool(one["picture"])))
            left.append(one["text"])
    return found


@cache
def anchors(page: str) -> frozenset[str]:
    """What a link can name within a page, as the repository's own page and the site make it of its headings."""
    found: set[str] = set()
    for heading in _HEADING.finditer(prose(page)):
        shown = _LINK.sub(lambda link: link["text"], heading["text"])
        slug = re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")
        taken = sum(1 for one in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", one))
        found.add(f"{slug}-{taken}" if taken else slug)
    return frozenset(found)


def missing(page: str, link: Link) -> str:
    """Why a link within the repository leads nowhere; nothing where it leads somewhere."""
    path, _, anchor = link.target.partition("#")
    place = (ROOT / page).parent / path if path else ROOT / page
    if not place.exists() or not place.resolve().is_relative_to(ROOT):
        return f"{page}: {link.target} is not there"
    if anchor and anchor not in anchors(str(place.resolve().relative_to(ROOT))):
        return f"{page}: there is no #{anchor} in {path or 'it'}"
    return ""


def typed(code: str) -> Iterator[str]:
    """What follows `%mist` in the lines of a block, places filled in; also the lines of a `%%mist` cell."""
    lines = iter(code.splitlines())
    for line in lines:
        if re.fullmatch(r"%%mist(?: -o \w+)?\s*", line):
            yield from (_filled(one) for one in lines if one.strip() and not one.lstrip().startswith("#"))
        elif found := re.match(r"\s*(?:[\w, .\[\]'\"]+ = )?%{1,2}mist\b(?P<rest>.*)$", line):
            yield _filled(found["rest"])
            if line.startswith("%%mist"):
                return


def _filled(line: str) -> str:
    return _PLACE.sub("48", line)


if __name__ == "__main__":
    outside = {link.target for page in pages() for link in links(page) if link.is_outside}
    print("\n".join(sorted(outside)))
