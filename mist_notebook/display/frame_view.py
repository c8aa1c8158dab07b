"""How our frames show: in JupyterLab, in a terminal, in a saved notebook, and when they are printed.

The frame keeps all its columns. What is the same in every row (backend, currency, date, source) or unknown in every
row moves from the picture into the lines around it, so that a listing reads at a glance. What a person made of one of
our frames shows under its own names, with the digits that its figures need. Frames of others show as pandas shows them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.text import clean, escape_html

from .formatters import show_as

if TYPE_CHECKING:
    import pandas as pd

_ADDRESSES = (("pandas", "DataFrame"), ("pandas.core.frame", "DataFrame"))
_OURS = "_shows_frames_of_mist_notebook"


def install(shell: Any) -> Callable[[], None]:
    """Show our frames our way in this shell; the answer undoes it. Imports no pandas."""
    return show_as(shell, _ADDRESSES, html=show_html, plain=show_plain)


def show_when_printed(kind: type[pd.DataFrame]) -> None:
    """Let `print` and `str` show frames of ours as a cell does; those of others print as before."""
    of_pandas = kind.__repr__
    if hasattr(of_pandas, _OURS):
        return

    def shown(frame: pd.DataFrame) -> str:
        return plain(frame) if is_ours(frame) else of_pandas(frame)

    setattr(shown, _OURS, True)
    setattr(kind, "__repr__", shown)  # noqa: B010 - a class of pandas, which a type checker holds for closed


def html(frame: pd.DataFrame) -> str:
    """One of our frames as HTML: the line that says what it is, the table, and the lines below it."""
    from .frame_picture import picture
    from .layout import lines_below

    drawn = picture(frame)
    above = f"<div>{escape_html(drawn.above)}</div>" if drawn.above else ""
    table = drawn.table.html() if drawn.names or drawn.table.rows else ""
    below = "".join(map(_line_html, lines_below(drawn)))
    return f'<div class="mathjax_ignore tex2jax_ignore">{above}{table}{below}</div>'


def plain(frame: pd.DataFrame) -> str:
    """One of our frames as text, laid out for the width there is."""
    from .frame_picture import picture
    from .layout import lines_below, text

    drawn = picture(frame)
    table, lost = text(drawn)
    return "\n".join(part for part in (clean(drawn.above), table, *map(clean, lines_below(drawn, lost))) if part)


def is_ours(frame: pd.DataFrame) -> bool:
    """Whether the frame came from here, whatever was done to it since."""
    return isinstance(frame.attrs.get("mist"), dict)


def show_html(frame: pd.DataFrame) -> str | None:
    """HTML of ours; not where a person told pandas to show none, or let another package draw all frames."""
    from pandas import get_option

    if is_ours(frame) and _draws_pandas(frame) and get_option("display.notebook_repr_html"):
        return html(frame)
    of_others: str | None = frame._repr_html_()  # type: ignore[operator]
    return of_others


def _draws_pandas(frame: pd.DataFrame) -> bool:
    """Whether HTML is still pandas' own: `itables.init_notebook_mode()` and its like put theirs in its place."""
    drawing = getattr(type(frame), "_repr_html_", None)
    return str(getattr(drawing, "__module__", "")).startswith("pandas.")


def show_plain(frame: pd.DataFrame, printer: Any, cycle: bool) -> None:  # noqa: ARG001 - IPython's signature
    printer.text(plain(frame) if is_ours(frame) else repr(frame))


def _line_html(line: str) -> str:
    """A line under the table; one to type as such."""
    text = escape_html(line)
    return f"<div><code>{text}</code></div>" if line.startswith("%mist ") else f"<div>{text}</div>"
