"""What a committed notebook keeps of its outputs, and what counts as saying something else."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools import notebook_outputs

KERNEL = {
    "kernelspec": {"name": "python3", "display_name": "Python 3"},
    "language_info": {"name": "python", "version": "3.11"},
}


def notebook(*texts: str, tags: list[str] | None = None, mime: str = "text/html") -> NotebookNode:
    outputs = [new_output("display_data", {mime: text}) for text in texts]
    cell = new_code_cell("%mist", id="cell", outputs=outputs, metadata={"tags": tags or []})
    return new_notebook(cells=[cell], metadata=NotebookNode(KERNEL))


def differs(one: str, other: str, tags: list[str] | None = None) -> bool:
    return bool(notebook_outputs.differences(notebook(one, tags=tags), notebook(other, tags=tags)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("read 01:56 UTC", "read 23:01 UTC"),
        ("created 2026-11-30 02:14:47 UTC", "created 2027-01-02 12:00:00 UTC"),
        ("Recorded as 667ad798, before", "Recorded as 0a1b2c3d, before"),
        ("key (86ccf80c8aef40fd9fb8d87b7c02ca30)", "key (00ccf80c8aef40fd9fb8d87b7c02ca31)"),
        ("root@127.0.0.1:40281 answers", "root@127.0.0.1:1024 answers"),
        ("at 192.0.2.1.", "at 192.0.2.77."),
        ("took 4.3 s", "took 12 min"),
        ("fits. Ages in days: ec2 48 to 2,283.", "fits. Ages in days: ec2 49 to 2,284."),
        ("<td style='a'>x</td>", "<td>x</td>"),
    ],
)
def test_what_is_another_each_time_is_the_same(one: str, other: str) -> None:
    assert not differs(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.0286 USD", "0.0287 USD"),
        ("price of 2026-08-01", "price of 2026-08-02"),
        ("<th>vCPUs</th>", "<th>CPUs</th>"),
        ("12 machines", "11 machines"),
        ("us-east-1", "us-east-2"),
        ("Right.", ""),
    ],
)
def test_what_a_reader_would_notice_is_not(one: str, other: str) -> None:
    assert differs(one, other)


def test_a_cell_that_varies_is_compared_without_its_figures_and_not_without_its_words() -> None:
    assert not differs("load 0.87 of 2 cores", "load 12.1 of 4 cores", ["varies"])
    assert differs("load 0.87", "memory 0.87", ["varies"])
    assert differs("load 0.87", "load 12.1")


def test_of_a_cell_about_the_host_only_the_kinds_of_outputs_count() -> None:
    assert not differs("no socket of Docker", "Docker 20.10", ["host"])
    assert notebook_outputs.differences(notebook("a", tags=["host"]), notebook(tags=["host"]))


def test_other_cells_are_another_notebook() -> None:
    other = notebook("a")
    other.cells[0].source = "%mist images"
    assert notebook_outputs.differences(notebook("a"), other) == ["the cells are others"]


def kept(data: dict[str, Any]) -> list[NotebookNode]:
    cell = new_code_cell("form", id="cell", outputs=[new_output("display_data", data)])
    made = new_notebook(cells=[cell], metadata=NotebookNode(KERNEL))
    return list(notebook_outputs.kept(made, {"/srv/me/data": "~/data", "/srv/me": "~"}).cells[0].outputs)


def test_no_widget_is_kept_as_it_is_dead_and_its_record_stands_beside_it() -> None:
    assert kept({notebook_outputs.WIDGET: {"model_id": "x"}, "text/plain": "run the cell again"}) == []


def test_what_is_kept_has_no_style_sheet_no_path_of_the_computer_and_no_id_of_the_day() -> None:
    html = '<style scoped>\n p {}\n</style><p class="mist-record mist-record-' + 32 * "a" + '">/srv/me/data/x</p>'
    (output,) = kept({"text/html": html, "text/plain": "\x1b[31m/srv/me/y\x1b[0m"})
    assert output.data == {"text/html": '<p class="mist-record">~/data/x</p>', "text/plain": "~/y"}


@pytest.mark.parametrize(("points", "is_kept"), [(10, True), (5000, False)])
def test_of_a_large_chart_the_drawing_is_kept_alone(points: int, is_kept: bool) -> None:
    (output,) = kept({notebook_outputs.VEGA: {"data": list(range(points))}, "image/svg+xml": "<svg/>"})
    assert (notebook_outputs.VEGA in output.data) is is_kept and output.data["image/svg+xml"] == "<svg/>"
