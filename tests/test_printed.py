"""The saved notebooks, printed where there is no HTML: as Markdown of text alone, and as LaTeX."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import LatexExporter, MarkdownExporter
from traitlets.config import Config

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
OF_TEXT = Config(NbConvertBase={"display_data_priority": ["image/svg+xml", "text/plain"]})
NOT_FOR_READERS = re.compile(r"<style|<table|<div|<script|\bForm ?\(|<Form|<Explorer|<FleetPanel|VBox\(|\bobject at 0x")
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]


@every_notebook
def test_as_markdown_of_text_every_output_is_there_and_nothing_is_markup(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    body, resources = MarkdownExporter(config=OF_TEXT).from_notebook_node(notebook)
    printed = "\n".join(line.strip() for line in body.splitlines())
    shown = re.sub(r"```.*?```", "", body, flags=re.S)  # a cell may speak of markup
    assert NOT_FOR_READERS.findall(shown) == []
    pictures = 0
    for output in outputs(notebook):
        if "image/svg+xml" in output.data:
            pictures += 1
        else:
            lines = output.data["text/plain"].splitlines()
            assert [line for line in lines if line.strip() not in printed] == []
    assert sum(name.endswith(".svg") for name in resources["outputs"]) == pictures


@pytest.mark.parametrize("name", ["02-compare.ipynb", "03-price-history.ipynb"])
def test_as_latex_frames_are_text_and_charts_are_figures_that_need_no_other_program(name: str) -> None:
    notebook = nbformat.read(NOTEBOOKS[0].parent / name, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]  # prose needs pandoc
    body, _ = LatexExporter().from_notebook_node(notebook)
    figures = re.findall(r"output_\w+\.(?:pdf|svg|png)", body.replace("\\_", "_"))
    assert figures and {Path(figure).suffix for figure in figures} == {".pdf"}
    for output in outputs(notebook):
        if "image/svg+xml" not in output.data:
            word = next(iter(re.findall(r"[A-Za-z]{4,}", output.data["text/plain"])), "")
            assert word in body
