"""A chart as a file for a slide: SVG, a page, or a PNG, which a library renders that comes only when asked for."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.files import named
from mist_notebook.ground.text import brief, nearest

from .theme import GROUNDS, alone

if TYPE_CHECKING:
    from .chart import Chart

ENDINGS = (".svg", ".png", ".html")
_FORMS = "Name a file that ends in .svg, .png or .html: prices.svg"
_INSTEAD = "Name another file, or give force=True to replace it."
_PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n'
    '<body style="margin: 1em{ground}">{picture}</body></html>\n'
)
_SIZE = re.compile(r' width="(\d+)" height="(\d+)"')
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_USUAL_SCALE = 2.0  # sharp on a screen of two dots a pixel, and on a beamer
_LARGEST = 16_000  # dots along one side


def save(
    chart: Chart, path: str | Path, *, force: bool, theme: str | None, width: float | None, scale: float | None
) -> Path:
    """Write the picture, and say where. Raises BadValueError, and changes nothing, for whatever can't be."""
    target = named.checked(path, ENDINGS, forms=_FORMS, force=force, instead=_INSTEAD)
    form = target.suffix.casefold()
    if theme not in (None, *GROUNDS):
        close = nearest(str(theme), GROUNDS)
        raise BadValueError(f"There is no theme '{brief(str(theme))}'.", f"Give {' or '.join(close or GROUNDS)}.")
    if scale is not None and form != ".png":
        raise BadValueError("Only a PNG has a scale: other forms are sharp at any size.", "Give width= instead.")
    picture = _sized(alone(chart.svg, theme or ("light" if form == ".png" else None)), width)
    named.write(target, _CONTENTS[form](picture, theme, scale), force=force, instead=_INSTEAD)
    return target


def _svg(picture: str, _theme: str | None, _scale: float | None) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{picture}\n'.encode()


def _html(picture: str, theme: str | None, _scale: float | None) -> bytes:
    ground = f"; background: {GROUNDS[theme]}" if theme else "; color-scheme: light dark"
    found = _TITLE.search(picture)
    return _PAGE.format(title=found[1] if found else "Prices", ground=ground, picture=picture).encode()


def _png(picture: str, _theme: str | None, scale: float | None) -> bytes:
    wanted = _positive(_USUAL_SCALE if scale is None else scale, "scale")
    longest = max(_natural(picture)) * wanted
    if longest > _LARGEST:
        raise BadValueError(f"A PNG of {longest:.0f} dots is too large.", f"{_LARGEST} at most: give a smaller scale.")
    try:
        import vl_convert
    except ImportError:
        raise BadValueError(
            "A PNG needs vl-convert, which isn't installed.",
            "Run %pip install 'mist-notebook[png]', or save it as .svg, which slides take too.",
        ) from None
    return bytes(vl_convert.svg_to_png(picture, scale=wanted))


_CONTENTS = {".svg": _svg, ".html": _html, ".png": _png}


def _sized(picture: str, width: float | None) -> str:
    """The picture so many pixels wide, as high as goes with that."""
    if width is None:
        return picture
    wanted = _positive(width, "width")
    was, high = _natural(picture)
    return _SIZE.sub(f' width="{wanted:.0f}" height="{high * wanted / was:.0f}"', picture, count=1)


def _natural(picture: str) -> tuple[int, int]:
    found = _SIZE.search(picture)
    assert found is not None  # noqa: S101 - every picture of ours begins with its size
    return int(found[1]), int(found[2])


def _positive(given: float, what: str) -> float:
    is_figure = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_figure or not math.isfinite(given) or given <= 0 or (what == "width" and not 1 <= given <= _LARGEST):
        raise BadValueError(f"'{brief(str(given))}' can't be a {what}.", f"Give a figure above 0: {_EXAMPLES[what]}")
    return float(given)


_EXAMPLES = {"width": "width=1200, in pixels", "scale": "scale=2, in dots a pixel"}
