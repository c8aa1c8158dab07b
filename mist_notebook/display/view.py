"""Rows of text as an aligned plain table and as an HTML table: what every frame, page and card is shown with.

All text that comes here may be foreign: it is cleaned, escaped, and never typeset as mathematics.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mist_notebook.ground.text import clean, escape_html

_GAP = "  "
_NARROWEST = 16
_NEVER_BROKEN = 24  # characters: ids, dates and figures stay on one line, names and sentences may take two
_DEFAULT_WIDTH = 120
_WIDE = {"W", "F"}


@dataclass(frozen=True)
class Table:
    """A header and rows of text; `left` says which columns are words, the others are figures.

    The first `keys` columns say which row it is. `above` are further lines over the header; `hints` say what a column
    is called in the frame; what is `whole` is never cut.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: tuple[bool, ...]
    keys: int = 1
    above: tuple[tuple[str, ...], ...] = ()
    hints: tuple[str, ...] = ()
    whole: tuple[bool, ...] = ()

    def plain(self, width: int | None = None) -> str:
        """The table in columns; the widest column of words gives way where a line would be too long."""
        return "\n".join(aligned(self._lines, self.left, width, self.whole))

    def html(self) -> str:
        """The table as HTML, inert: escaped, without script, and left alone by MathJax."""
        hints = self.hints or ("",) * len(self.header)
        over = "".join(f"<tr>{''.join(map(self._header, line, self.left, hints))}</tr>" for line in self.above)
        header = "".join(map(self._header, self.header, self.left, hints))
        body = "".join(f"<tr>{''.join(map(self._cell, row, self.left))}</tr>" for row in self.rows)
        return (
            '<table class="dataframe mathjax_ignore tex2jax_ignore">'
            f"<thead>{over}<tr>{header}</tr></thead><tbody>{body}</tbody></table>"
        )

    @property
    def _lines(self) -> list[tuple[str, ...]]:
        return [*self.above, self.header, *self.rows]

    @property
    def widths(self) -> list[int]:
        """How many characters each column takes in plain text, nothing cut."""
        return [max(_width(clean(cell)) for cell in column) for column in zip(*self._lines, strict=True)]

    @property
    def width(self) -> int:
        """How many characters the widest line of the plain table takes, nothing cut."""
        return sum(self.widths) + len(_GAP) * (len(self.header) - 1)

    @property
    def least_width(self) -> int:
        """How many it takes at least, with words cut as far as they may be."""
        narrowest = [
            width if not left or kept else min(width, _NARROWEST)
            for width, left, kept in zip(self.widths, self.left, self._whole, strict=True)
        ]
        return sum(narrowest) + len(_GAP) * (len(narrowest) - 1)

    @property
    def _whole(self) -> tuple[bool, ...]:
        return self.whole or (False,) * len(self.header)

    def of(self, places: Sequence[int]) -> Table:
        """The table with just these columns."""

        def chosen(cells: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(cells[place] for place in places) if cells else ()

        rows, above = tuple(map(chosen, self.rows)), tuple(map(chosen, self.above))
        return Table(
            chosen(self.header), rows, chosen(self.left), self.keys, above, chosen(self.hints), chosen(self.whole)
        )

    @classmethod
    def _header(cls, text: str, left: bool, hint: str) -> str:
        return cls._tagged("th", text, left, f' title="{escape_html(hint)}"' if hint else "")

    @classmethod
    def _cell(cls, text: str, left: bool) -> str:
        return cls._tagged("td", text, left)

    @staticmethod
    def _tagged(tag: str, text: str, left: bool, more: str = "") -> str:
        style = f"text-align: {'left' if left else 'right'}"
        if len(text) <= _NEVER_BROKEN:
            style += "; white-space: nowrap"
        return f'<{tag} style="{style}"{more}>{escape_html(text if left else text.rstrip())}</{tag}>'


def aligned(
    rows: Sequence[Sequence[str]], left: Sequence[bool], width: int | None = None, whole: Sequence[bool] = ()
) -> list[str]:
    """The rows as lines of equal columns, within `width` (the terminal's) as far as words can be cut."""
    lines = [[clean(cell) for cell in row] for row in rows]
    widths = [max(_width(cell) for cell in column) for column in zip(*lines, strict=True)]
    room = width or terminal_width()
    words = [place for place, is_left in enumerate(left) if is_left and not (whole and whole[place])]
    while sum(widths) + len(_GAP) * (len(widths) - 1) > room:
        cuttable = [place for place in words if widths[place] > _NARROWEST]
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
