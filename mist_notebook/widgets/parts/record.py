"""The static account beside a widget: an output of its own, HTML and plain text, which a saved notebook keeps.

A widget is gone when its kernel is, and is JupyterLab's to draw then. What stands here is what a reader sees on
reopening, untrusted, converted and offline: so it needs neither style sheet nor script.
"""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any

import ipywidgets
from ipywidgets import Layout

from . import front_end

if TYPE_CHECKING:
    from mist_notebook.display.page import Page

_NOT_DRAWN = "It is made of ipywidgets, which JupyterLab, Notebook and Voila can draw and this page can't."


class Record:
    """A page on display, which changes in place, wherever it was shown."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._id = uuid.uuid4().hex
        self._publish: Any = None
        self._page: Page | None = None

    def hide_beside(self, root: Any) -> None:
        """Have the page hide it while this widget, which shows the same, is there and alive: it is for all other pages.

        The rule stands in the widget itself. A kernel that has ended, and a browser that can't look, leave the record.
        """
        rule = f":root:not(:has(.mist-live-{self._id}.jupyter-widgets-disconnected)) .mist-record-{self._id}"
        sheet = ipywidgets.HTML(f"<style>{rule} {{ display: none; }}</style>", layout=Layout(display="none"))
        root.add_class(f"mist-live-{self._id}")
        root.children = (*root.children, sheet)

    @property
    def page(self) -> Page | None:
        """What it says by now."""
        with self._lock:
            return self._page

    def show(self, page: Page) -> None:
        """Put it into the cell that is being run, on the kernel's thread; nowhere in Voila, which saves nothing."""
        shell = _shell()
        if shell is None:
            print(page)  # noqa: T201 - there is no notebook
            return
        with self._lock:
            if front_end.is_app():
                self._page = page  # what is shown there can't change once the page has loaded: it would soon be wrong
                return
            # In a terminal what was shown can't change: a change would be one more text.
            self._publish = shell.display_pub.publish if hasattr(shell, "kernel") else None
            self._page = page
            shell.display_pub.publish(self._bundle(page), {}, transient={"display_id": self._id})

    def update(self, page: Page) -> None:
        """Change it in place, from any thread; the same page again costs nothing, and before `show` it is only kept."""
        with self._lock:
            is_new, self._page = page != self._page, page
            if is_new and self._publish is not None:
                self._publish(self._bundle(page), {}, transient={"display_id": self._id}, update=True)

    def _bundle(self, page: Page) -> dict[str, str]:
        html = f'<div class="mist-record mist-record-{self._id}">{page._repr_html_()}</div>'
        return {"text/html": html, "text/plain": str(page)}


class HasPage:
    """What is made of widgets, on a page that asks for HTML and draws none of ipywidgets, as marimo's: its account."""

    def page(self) -> Page:
        """What it has to say by now."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return f"<div>{_NOT_DRAWN}</div>{self.page()._repr_html_()}"


def show_widget(widget: Any, instead: str) -> None:
    """Put a widget into the cell that is being run; `instead` is the sentence of every page that can't draw it."""
    shell = _shell()
    if shell is None:
        print(instead)  # noqa: T201 - there is no notebook
        return
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    shell.display_pub.publish({"application/vnd.jupyter.widget-view+json": view, "text/plain": instead}, {})


def is_terminal() -> bool:
    """Whether what is shown goes to a terminal, which draws no widget."""
    shell = _shell()
    return any(kind.__name__ == "TerminalInteractiveShell" for kind in type(shell).__mro__)


def tell_terminal(what: str, line: str) -> None:
    """Say there that this needs a notebook page, and which line does the same."""
    print(f"The {what} needs a notebook page, in JupyterLab, Notebook or Voila; this is a terminal.")  # noqa: T201
    print(f"The line that does the same here: {line}")  # noqa: T201


def _shell() -> Any:
    """The shell of this process, if there is one."""
    from IPython.core.interactiveshell import InteractiveShell

    return InteractiveShell.instance() if InteractiveShell.initialized() else None
