"""What is said and shown elsewhere than in JupyterLab: on a page of its own, without ipywidgets, with old ones."""

from __future__ import annotations

import re
from pathlib import Path

import ipywidgets
import pytest

import mist_notebook
from mist_notebook.ground.errors import NotFoundError
from mist_notebook.widgets.parts import front_end
from tests.conftest import Notebook

WIDGETS = Path(mist_notebook.__file__).parent / "widgets"
CREATED = "%mist create NephoScale --name web --image 5 --size 48 --location SJC-1 --key demo --no-probe"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("EUR at 0.9, of the bank (%mist refresh rates brings today's).", "EUR at 0.9, of the bank."),
        ("Cheapest: a. Not here: OVH; %mist refresh brings today's. Next: b.", "Cheapest: a. Not here: OVH. Next: b."),
        ("Nothing was sent. See %mist machines.", "Nothing was sent."),
        ("No backend of hetzner is connected: %mist add hetzner", "No backend of hetzner is connected"),
        ("It is gone.", "It is gone."),
        ("%mist compare --cpus 4", ""),
    ],
)
def test_lines_to_type_are_left_out_in_an_app_alone(monkeypatch: pytest.MonkeyPatch, text: str, left: str) -> None:
    monkeypatch.delenv("SERVER_SOFTWARE", raising=False)
    assert front_end.said(text) == text
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.8")
    assert front_end.said(text) == left


@pytest.mark.parametrize("path", [path for path in WIDGETS.rglob("*") if path.suffix in {".py", ".css", ".js"}])
def test_no_length_hangs_on_the_size_of_the_pages_own_letters(path: Path) -> None:
    """It is 10 px in Notebook's classic page, and a card made for 16 has no room for its words."""
    assert re.findall(r"[\d.]rem\b", path.read_text(encoding="utf-8")) == []


def test_a_widget_that_cannot_take_the_keyboard_is_left_alone() -> None:
    asked: list[str] = []

    class New:
        def focus(self) -> None:
            asked.append("focus")

    front_end.focus(New())
    front_end.focus(object())  # as in ipywidgets 7
    assert asked == ["focus"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("form NephoScale --name web-7", "%mist create NephoScale --name web-7"),
        ("form --cpus 2 --ram 4GB", "%mist create"),
        ("explore --cpus 4+ --offline", "%mist compare --cpus 4+ --offline"),
        ("panel", "Machines"),
    ],
)
def test_a_page_that_draws_no_ipywidgets_gets_the_same_as_html(notebook: Notebook, line: str, said: str) -> None:
    html = notebook.value(f"%mist {line}")._repr_html_()
    assert said in html and "JupyterLab, Notebook and Voila can draw" in html
    assert not re.search(r"<script|<style|Form \(|<Explorer", html)


def test_the_panel_is_asked_for_in_python_too(notebook: Notebook) -> None:
    assert notebook.value("import mist_notebook\nmist_notebook.fleet_panel('NephoScale').look.backends") == 1
    with pytest.raises(NotFoundError, match="No backend named 'Nephoscal2'"):
        mist_notebook.fleet_panel("Nephoscal2")


def test_a_machine_and_its_report_show_themselves_where_no_ipython_asks(notebook: Notebook) -> None:
    notebook.value("%mist add-key demo --generate")
    machine = notebook.value(CREATED)
    assert "web" in machine._repr_html_() and "192.0.2.1" in machine._repr_html_()
    report = machine.probe()
    assert f"{report.user}@" in report._repr_html_() and "<table" in report._repr_html_()


def test_the_styles_of_ipywidgets_are_asked_for_by_their_widgets() -> None:
    from mist_notebook.widgets.parts.one_click import Looks

    assert isinstance(Looks().markup("mist-x"), ipywidgets.HTML)
