"""Rows of text as an aligned plain table and as an HTML table: what every frame, page and card is shown with.

All text that comes here may be foreign: it is cleaned, escaped, and never typeset as mathematics.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mist_notebook.ground.text import clean, escape_html

_GAP = "  "
_NARROWEST = 16
_NEVER_BROKEN = 24  # characters: ids, dates and figures stay on one line, names and sentences may take two
_DEFAULT_WIDTH = 120
_WIDE = {"W", "F"}


@dataclass(frozen=True)
class Table:
    """A header and rows of text; `left` says which columns are words, the others are figures."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: tuple[bool, ...]

    def plain(self, width: int | None = None) -> str:
        """The table in columns; the widest column of words gives way where a line would be too long."""
        return "\n".join(aligned([self.header, *self.rows], self.left, width))

    def html(self) -> str:
        """The table as HTML, inert: escaped, without script, and left alone by MathJax."""
        header = "".join(self._cell("th", text, left) for text, left in zip(self.header, self.left, strict=True))
        body = "".join(
            f"<tr>{''.join(self._cell('td', text, left) for text, left in zip(row, self.left, strict=True))}</tr>"
            for row in self.rows
        )
        return (
            '<table class="dataframe mathjax_ignore tex2jax_ignore">'
            f"<thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"
        )

    @property
    def width(self) -> int:
        """How many characters the widest line of the plain table takes, nothing cut."""
        columns = zip(self.header, *self.rows, strict=True)
        return sum(max(_width(clean(cell)) for cell in column) + len(_GAP) for column in columns) - len(_GAP)

    def without(self, place: int) -> Table:
        """The table without one column."""
        header, left = ((*cells[:place], *cells[place + 1 :]) for cells in (self.header, self.left))
        return Table(header, tuple((*row[:place], *row[place + 1 :]) for row in self.rows), left)

    @staticmethod
    def _cell(tag: str, text: str, left: bool) -> str:
        style = f"text-align: {'left' if left else 'right'}"
        if len(text) <= _NEVER_BROKEN:
            style += "; white-space: nowrap"
        return f'<{tag} style="{style}">{escape_html(text)}</{tag}>'


def aligned(rows: Sequence[Sequence[str]], left: Sequence[bool], width: int | None = None) -> list[str]:
    """The rows as lines of equal columns, within `width` (the terminal's) as far as words can be cut."""
    lines = [[clean(cell) for cell in row] for row in rows]
    widths = [max(_width(cell) for cell in column) for column in zip(*lines, strict=True)]
    room = width or terminal_width()
    while sum(widths) + len(_GAP) * (len(widths) - 1) > room:
        cuttable = [place for place, is_left in enumerate(left) if is_left and widths[place] > _NARROWEST]
        if not cuttable:
            break
        widths[max(cuttable, key=widths.__getitem__)] -= 1
    return [_line(line, widths, left) for line in lines]


def terminal_width() -> int:
    """How many characters a line of this terminal holds."""
    return shutil.get_terminal_size((_DEFAULT_WIDTH, 24)).columns


def _line(cells: Sequence[str], widths: Sequence[int], left: Sequence[bool]) -> str:
    fitted = (_fit(cell, width, left=is_left) for cell, width, is_left in zip(cells, widths, left, strict=True))
    return _GAP.join(fitted).rstrip()


def sentence_list(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _fit(text: str, width: int, *, left: bool) -> str:
    taken = _width(text)
    if taken > width:
        while taken >= width and text:
            taken -= _width(text[-1])
            text = text[:-1]
        text, taken = f"{text}…", taken + 1
    padding = " " * (width - taken)
    return text + padding if left else padding + text


def _width(text: str) -> int:
    """How many cells of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in _WIDE else 1
        for letter in text
    )
