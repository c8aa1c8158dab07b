"""What an explorer shows to a notebook without its kernel: the frame's picture, and the line that gives it."""

from __future__ import annotations

from dataclasses import dataclass

from mist_notebook.display import frame_view
from mist_notebook.display.page import Page
from mist_notebook.ground.text import escape_html

from .state.answer import Answer


@dataclass(frozen=True, repr=False)
class _Picture(Page):
    """A frame's picture, and the line that gives it."""

    html: str = ""
    plain: str = ""

    def __str__(self) -> str:
        return self.plain

    def _repr_html_(self) -> str:
        return self.html


def of(answer: Answer) -> Page:
    said = f"What the explorer showed: {answer.line}"
    html = f"<div>{escape_html(said)}</div>{frame_view.html(answer.frame)}"
    return _Picture(html=html, plain=f"{said}\n{frame_view.plain(answer.frame)}")
