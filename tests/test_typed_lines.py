"""What a page tells one to type can be read: `%mist` lines by the command table, Python by Python; some of it runs."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from mist_notebook import MistClient
from mist_notebook.ground.errors import MistError
from mist_notebook.magic.commands import COMMANDS
from mist_notebook.magic.line import reading as line
from tests.conftest import Notebook
from tests.magic.conftest import at_once as at_once
from tests.rigs import markdown_pages

PAGES = [page for page in markdown_pages.pages() if page != "CHANGELOG.md"]  # which tells of what was, too
FAILS, RUNS = "# fails", "<!-- runs -->"
_FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
_LEFT_OUT = re.compile(r"…|\.\.\.(?!\w)")  # what a reader is to put there
_EVERYWHERE = {"--help"}


def refused(text: str) -> str:
    """Why a typed line can't be read, whole or as far as something is left out in it; nothing where it can."""
    text, _ = line.statement(text)
    if _LEFT_OUT.search(text):
        return unknown(text)
    try:
        words = line.words_of(text, {})
        if words and not {*words} & {*line.HELP}:
            line.read(words)
    except MistError as error:
        return f"%mist {text}: {error}"
    return ""


def unknown(text: str) -> str:
    """The command, or the options, of a line that there aren't."""
    name, *_ = text.split() or [""]
    if not re.fullmatch(r"[a-z][a-z-]*", name) or name == "help":
        return ""
    if name not in COMMANDS:
        return f"There is no %mist {name}"
    own = {flag for argument in COMMANDS[name].arguments for flag in argument.flags} | _EVERYWHERE
    return " ".join(f"%mist {name} has no {flag}" for flag in _FLAG.findall(text) if flag not in own)


def python_of(page: str) -> Iterator[str]:
    """The blocks of Python of a page."""
    return (block.code for block in markdown_pages.blocks(page) if block.kind == "python")


def test_every_line_in_a_block_can_be_read() -> None:
    codes = [(page, code) for page in PAGES for code in python_of(page) if FAILS not in code]
    typed = [(page, text) for page, code in codes for text in markdown_pages.typed(code)]
    assert len(typed) > 60
    assert [f"{page}: {why}" for page, text in typed if (why := refused(text))] == []


def test_every_line_within_a_sentence_names_a_command_and_options_that_there_are() -> None:
    codes = [(page, code) for page in PAGES for code in markdown_pages.inline(page)]
    typed = [(page, found[1]) for page, code in codes if (found := re.search(r"%%?mist ([^`#]*)", code))]
    assert len(typed) > 150
    assert [f"{page}: {why}" for page, text in typed if (why := unknown(text))] == []


@pytest.mark.parametrize(
    "text", ["lst machines", "images EC2 --serch debian", "compare --cpus many", "destroy", "create EC2 --name 'web"]
)
def test_a_line_that_can_not_be_read_is_found(text: str) -> None:
    assert refused(text)


def test_every_block_of_python_can_be_read_and_imports_what_is_there() -> None:
    transform = TransformerManager().transform_cell
    for page in PAGES:
        for code in python_of(page):
            cell = "" if code.startswith("%%") else transform(_LEFT_OUT.sub("...", code))
            for node in ast.walk(ast.parse(cell, page)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mist_notebook"):
                    for name in node.names:
                        assert pkgutil.resolve_name(f"{node.module}:{name.name}"), page


def test_every_name_of_the_package_within_a_sentence_is_there() -> None:
    codes = [(page, code) for page in PAGES for code in markdown_pages.inline(page)]
    names = {(page, found) for page, code in codes for found in re.findall(r"(?<![\w/.])mist_notebook(?:\.\w+)+", code)}
    assert len(names) > 5
    for page, name in sorted(names):
        try:
            pkgutil.resolve_name(name)
        except (AttributeError, ModuleNotFoundError, ValueError):
            pytest.fail(f"{page}: there is no {name}")


@pytest.mark.parametrize("page", [page for page in PAGES if RUNS in markdown_pages.text_of(page)])
def test_the_blocks_that_are_marked_run_on_the_sandbox(
    page: str, notebook: Notebook, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIST_SANDBOX_BOOT_SECONDS", "0.02")
    for block in markdown_pages.blocks(page):
        if RUNS in block.marks:
            for code in _cells(block.code):
                notebook.value(code)
    for value in notebook.shell.user_ns.values():
        if isinstance(value, MistClient):
            value.close()  # a page leaves its client open, and with it the sandbox for the next tests


def _cells(code: str) -> list[str]:
    """A cell a line, as a reader would try it."""
    return [one for one in code.splitlines() if one.strip() and one != "%load_ext mist_notebook"]
