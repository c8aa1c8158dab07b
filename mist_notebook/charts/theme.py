"""In which colours a picture's text stands: the page's, the reader's, or those of a theme that a file was made for."""

from __future__ import annotations

import re

from .look import CELL_TEXT, HALO_ON_DARK, HALO_ON_LIGHT, TEXT_ON_DARK, TEXT_ON_LIGHT

GROUNDS = {"light": HALO_ON_LIGHT, "dark": HALO_ON_DARK}
_FROM_PAGE = re.compile(r"var\(--[\w-]+, ([^()]+)\)")  # a file stands in no page: what it falls back to is said


def _paint(text: str, halo: str) -> str:
    return f"fill: var(--jp-ui-font-color1, {text}); stroke: var(--jp-layout-color0, {halo});"


def _style(paint: str, more: str = "") -> str:
    return f"""<style>
.mist-chart {{ max-width: 100%; height: auto; }}
.mist-chart text {{ {paint}
  stroke-width: 3px; stroke-linejoin: round; paint-order: stroke; }}
{more}.mist-chart text.mist-in-cell {{ fill: {CELL_TEXT}; stroke: none; }}
</style>"""


_ON_LIGHT, _ON_DARK = _paint(TEXT_ON_LIGHT, HALO_ON_LIGHT), _paint(TEXT_ON_DARK, HALO_ON_DARK)
_OF_THE_READER = f"""@media (prefers-color-scheme: dark) {{ .mist-chart text {{ {_ON_DARK} }} }}
@media print {{ .mist-chart text {{ fill: #000; stroke: #fff; }} }}
"""
STYLE = _style(_ON_LIGHT, _OF_THE_READER)
_STYLES = {"light": _style(_ON_LIGHT), "dark": _style(_ON_DARK)}


def alone(picture: str, theme: str | None) -> str:
    """The SVG as a file shows it: on the theme's ground, in its colours; without a theme it follows the reader."""
    if theme is not None:
        ground = f'<rect width="100%" height="100%" fill="{GROUNDS[theme]}"/>'
        picture = picture.replace(STYLE, _STYLES[theme] + ground, 1)
    return _FROM_PAGE.sub(r"\1", picture)
