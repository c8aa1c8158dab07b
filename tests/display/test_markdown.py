"""Markdown in a terminal: its marks are gone, its words and its code are all there."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from mist_notebook.display.markdown import rendered

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Quickstart", "Quickstart\n=========="),
        ("## A machine\nA key *first*.", "A machine\n---------\nA key first."),
        ("it is **never** 0, `a_b * c_d` and 2*3*4", "it is never 0, a_b * c_d and 2*3*4"),
        ("see [02-compare](02-compare.ipynb) and ![x](y.png)", "see 02-compare and x"),
        ("- one\n- `two`", "- one\n- two"),
        ("```python\n# not a heading\n```", "    # not a heading"),
        ("snake_case_name stays", "snake_case_name stays"),
    ],
)
def test_marks_are_taken_away_and_code_stays_as_it_is(source: str, text: str) -> None:
    assert rendered(source) == text


def test_a_terminal_gets_bold_and_colour_and_the_same_words() -> None:
    assert rendered("## Sizes\n**4+** `x`", styled=True) == "\x1b[1mSizes\x1b[0m\n\x1b[1m4+\x1b[0m \x1b[36mx\x1b[0m"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_mark_of_our_own_notebooks_is_left(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            text = rendered(cell.source, width=60)
            assert [mark for mark in ("`", "](", "**", "\n# ", "\n## ") if mark in f"\n{text}"] == []
            assert max((len(line) for line in text.splitlines() if line[:4].strip()), default=0) <= 60
