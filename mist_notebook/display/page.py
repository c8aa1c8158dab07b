"""A short text for a person, in HTML and in plain: the overview, help, and what connecting and configuring answer."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import Any

from mist_notebook.ground.text import clean, escape_html

from .view import aligned

_FACT_WIDTH = 100
_UNCUT = 10_000  # what one is to type must stand there whole; a narrow terminal wraps it


@dataclass(frozen=True)
class Section:
    """A heading, sentences, a line as one types it, rows of which the first cell is what one types, labelled facts."""

    title: str = ""
    lines: tuple[str, ...] = ()
    typed: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    def plain(self) -> str:
        """The section as aligned text."""
        table = ["  " + line for line in aligned(self.rows, [True] * len(self.rows[0]), _UNCUT)] if self.rows else []
        said = (clean(line) for line in (self.title, *self.lines, self.typed) if line)
        return "\n".join([*said, *table, *_labelled(self.facts)])

    def html(self) -> str:
        """The section as HTML, inert."""
        title = f"<b>{escape_html(self.title)}</b>" if self.title else ""
        lines = "".join(f"<div>{escape_html(line)}</div>" for line in self.lines)
        typed = f"<div><code>{escape_html(self.typed)}</code></div>" if self.typed else ""
        rows = "".join(f"<tr>{''.join(_cell(cell, place) for place, cell in enumerate(row))}</tr>" for row in self.rows)
        table = f'<table style="margin-left: 0">{rows}</table>' if rows else ""
        facts = "".join(f"<tr>{_fact_cell('th', label)}{_fact_cell('td', text)}</tr>" for label, text in self.facts)
        facts = f'<table style="margin-left: 0">{facts}</table>' if facts else ""
        return f'<div style="margin-bottom: 0.5em">{title}{lines}{typed}{table}{facts}</div>'


def _labelled(facts: tuple[tuple[str, str], ...]) -> list[str]:
    """Facts as lines: the texts stand under each other, and none is cut."""
    room = max((len(clean(label)) for label, _ in facts), default=0) + 4
    lines = []
    for label, text in facts:
        first, *more = textwrap.wrap(clean(text), max(_FACT_WIDTH - room, 20)) or [""]
        lines += [f"  {clean(label)}".ljust(room) + first, *(" " * room + line for line in more)]
    return lines


def _fact_cell(tag: str, text: str) -> str:
    return f'<{tag} style="text-align: left; vertical-align: top">{escape_html(text)}</{tag}>'


def _cell(text: str, place: int) -> str:
    shown = f"<code>{escape_html(text)}</code>" if place == 0 and text else escape_html(text)
    return f'<td style="text-align: left">{shown}</td>'


@dataclass(frozen=True)
class Page:
    """Sections in order; what a cell shows, and `str()` prints."""

    sections: tuple[Section, ...] = field(default_factory=tuple)

    def __str__(self) -> str:
        return "\n\n".join(section.plain() for section in self.sections)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        body = "".join(section.html() for section in self.sections)
        return f'<div class="mathjax_ignore tex2jax_ignore">{body}</div>'

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 - IPython's signature
        printer.text(str(self))
