"""How images stand in a list: a row of cells each, within a bounded number of bytes; and the chosen one whole.

All of it is foreign text: cleaned, cut, and never HTML.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from mist_notebook.ground.text import NAME_LIMIT, clean, escape_html
from mist_notebook.records.model import Image
from mist_notebook.widgets.parts import style

from .row_list import Column

COLUMNS: tuple[Column, ...] = (
    ("", "mark", ""),
    ("image", "words", ""),
    ("arch", "arch", ""),
    ("of", "date", ""),
    ("", "note", ""),
    ("owner", "less", ""),
    ("id", "less", ""),
)
MOST_BYTES = 14_000  # of a keystroke's 16 KiB; what a page gets besides the lines is some hundred bytes
_ID_LIMIT = 42
_OWNER_LIMIT = 24
_ARCH_LIMIT = 12
STAR, CHOSEN = "★", "✓"
OF_ANYBODY = "COMMUNITY"


def table(
    images: Sequence[Image], *, pinned: Image | None, most: int, most_bytes: int = MOST_BYTES
) -> tuple[list[tuple[str, ...]], list[str]]:
    """A row and an id for each image, `most` at most; the pinned one is the first where it isn't among them.

    Fewer rows where their letters take so many bytes that a keystroke would cost more than it may.
    """
    is_apart = pinned is not None and all(image.id != pinned.id for image in images)
    shown = [pinned, *images][:most] if pinned is not None and is_apart else list(images[:most])
    rows = _bounded([_cells(image, is_pinned=is_apart and image is pinned) for image in shown], most_bytes)
    return rows, [image.id for image in shown[: len(rows)]]


def is_of_anybody(image: Image) -> bool:
    """Whether anybody could have published the image, under any name."""
    return OF_ANYBODY.casefold() in (image.origin or "").casefold()


def chosen(image: Image | None) -> str:
    """All that one should know of the chosen image, as HTML."""
    if image is None:
        return style.message("No image is chosen yet.")
    facts = (
        f"id {clean(image.id, NAME_LIMIT)}" if image.id != image.name else "",
        image.arch or "architecture unknown",
        f"owner {image.owner}" if image.owner else "owner unknown",
        f"of {image.created}" if image.created else "",
        f"needs {image.min_ram_mb:,.0f} MB of RAM" if image.min_ram_mb else "",
        f"needs {image.min_disk_gb:,.4g} GB of disk" if image.min_disk_gb else "",
    )
    name = f"<b>{escape_html(clean(image.name, NAME_LIMIT))}</b>"
    more = " · ".join(escape_html(clean(fact, NAME_LIMIT)) for fact in facts if fact)
    return f'<div class="mist-picked">{CHOSEN} {name} <span class="mist-quiet">{more}</span>{_warning(image)}</div>'


def _warning(image: Image) -> str:
    if not is_of_anybody(image):
        return ""
    return f'<div class="mist-warning">{OF_ANYBODY} image: anybody can publish one, so make sure whose it is.</div>'


def _cells(image: Image, *, is_pinned: bool) -> tuple[str, ...]:
    anybodys = OF_ANYBODY if is_of_anybody(image) else ""
    return (
        CHOSEN if is_pinned else STAR if image.starred else "",
        clean(image.name, NAME_LIMIT),
        clean(image.arch or "", _ARCH_LIMIT),
        f"{image.created or ''}",
        " ".join(filter(None, (anybodys, "(chosen)" if is_pinned else ""))),
        clean(image.owner or "", _OWNER_LIMIT),
        _ends(clean(image.id), _ID_LIMIT) if image.id != image.name else "",
    )


def _ends(text: str, limit: int) -> str:
    """The beginning and the end of a long id: it is there that ids differ."""
    half = limit // 2
    return text if len(text) <= limit else f"{text[: limit - half - 1]}…{text[-half:]}"


def _bounded(rows: list[tuple[str, ...]], left: int) -> list[tuple[str, ...]]:
    """As many of the rows as a keystroke may cost."""
    for place, row in enumerate(rows):
        left -= len(json.dumps("\t".join(row))) + 2
        if left < 0:
            return rows[:place]
    return rows
