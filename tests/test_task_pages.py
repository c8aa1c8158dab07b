"""Every line of the task pages runs, page by page, in a shell of its own with a fresh sandbox."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mist_notebook.provision import record
from mist_notebook.ssh import outcome
from mist_notebook.ssh.keys.local_keys import LocalKeys
from tests.conftest import Notebook
from tests.magic.conftest import at_once as at_once
from tests.rigs import markdown_pages

TASKS = "docs/tasks/"
PAGES = [page for page in markdown_pages.pages() if page.startswith(TASKS) and not page.endswith("index.md")]
every_page = pytest.mark.parametrize("page", PAGES)
BROKEN = "# fails:"  # a cell that shows an error says in a comment which
NOT_RUN = "<!-- not run: "  # and why


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of all pages. The key that each begins with is there already, and one that is quickly used."""
    folder = tmp_path_factory.mktemp("data")
    LocalKeys(folder / "keys").generate("demo", rsa=False)
    return folder


@every_page
def test_every_line_of_a_task_page_runs(
    page: str, notebook: Notebook, at_once: None, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIST_DATA_DIR", str(keys))
    monkeypatch.setenv("MIST_SANDBOX_BOOT_SECONDS", "0.02")
    said = ""
    for block in markdown_pages.blocks(page):
        if block.kind == "text":
            assert lines_missing(block.code, said) == [], page
        if block.kind != "python" or NOT_RUN in block.marks:
            continue
        ran = notebook.run(block.code.replace("%load_ext mist_notebook\n", ""))
        said = ran.printed
        if BROKEN in block.code:
            assert block.code.partition(BROKEN)[2].splitlines()[0].strip() in str(ran.error)
        elif ran.error is not None:
            raise AssertionError(f"{page}: {block.code}\n{said}") from ran.error


def lines_missing(shown: str, said: str) -> list[str]:
    """The lines that a page shows and the cell above did not print; `…` stands for what differs from run to run."""
    printed = [" ".join(line.split()) for line in said.splitlines()]
    patterns = {line: re.escape(" ".join(line.split())).replace("…", ".*") for line in shown.splitlines()}
    return [line for line, pattern in patterns.items() if not any(re.fullmatch(pattern, one) for one in printed)]


def test_a_line_that_was_not_printed_is_missed() -> None:
    assert lines_missing("a  1\n…\nb … c\n", "a 1\nb 2 c\n") == []
    assert lines_missing("a 2\nb … d\n", "a 1\nb 2 c\n") == ["a 2", "b … d"]


@every_page
def test_a_task_page_stands_alone(page: str) -> None:
    said = markdown_pages.text_of(page)
    assert "%load_ext mist_notebook" in said
    assert said.split("\n\n")[1].startswith("After this page you can")
    assert f"]({page.removeprefix(TASKS)})" in markdown_pages.text_of(f"{TASKS}index.md")


def first_column(page: str) -> set[str]:
    """What stands as code in the first column of the tables of a page."""
    rows = re.findall(r"^\| (`[^|]*`) \|", markdown_pages.text_of(page), re.M)
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


def test_the_outcomes_and_states_that_are_explained_are_those_that_there_are() -> None:
    assert first_column(f"{TASKS}check-a-machine.md") == set(outcome.OUTCOMES)
    assert first_column(f"{TASKS}what-was-made.md") == {*record.OPEN, *record.ENDED}
