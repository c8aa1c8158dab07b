"""What the tests of the written pages share: the pages, their blocks, and the `%mist` words that they use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from mist_notebook.magic.commands import COMMANDS

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^(?:<!-- not run: (?P<why>.+?) -->\n)?```python\n(?P<cell>.*?)^```$", re.S | re.M)
_LINE = re.compile(r"%%?mist ([a-z][a-z-]*)([^`\n#]*)")
_FLAG = re.compile(r"(?<![\w-])(--[a-z][a-z-]+)")
_ANYWHERE = {"--help", "--output"}


class Block(NamedTuple):
    """One cell of a page; `why` says why it isn't run, where it isn't."""

    cell: str
    why: str


def text(page: str) -> str:
    """What a page below docs/ says."""
    return (DOCS / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    """The cells of a page, in order."""
    return [Block(found["cell"], found["why"] or "") for found in _BLOCK.finditer(text(page))]


def unknown_words(page: str) -> list[str]:
    """The commands and options of `%mist` lines on a page that there are not; and options that no command has."""
    said, wrong = text(page), []
    for name, rest in _LINE.findall(said):
        command = COMMANDS.get(name)
        if command is None:
            wrong.append(f"%mist {name}")
            continue
        own = {flag for argument in command.arguments for flag in argument.flags} | _ANYWHERE
        wrong += [f"%mist {name} {flag}" for flag in _FLAG.findall(rest) if flag not in own]
    every = {flag for command in COMMANDS.values() for argument in command.arguments for flag in argument.flags}
    alone = re.findall(r"`(--[a-z][a-z-]+)(?: [^`]*)?`", said)
    return wrong + [flag for flag in alone if flag not in every | _ANYWHERE]
