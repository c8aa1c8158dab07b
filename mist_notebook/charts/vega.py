"""What every Vega-Lite spec of ours shares: Vega-Lite 5, with no `$schema`, link or script in it.

Names of fields are ours, and foreign text stands in values only, so that no cell can become a path or an expression.
The ground and the text are the theme's. No tooltip is titled `image` or `title`, which Vega would take as such.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from .look import NEUTRAL, Look
from .svg import Axis

# The theme gives axes and titles a colour, and words beside marks none: theirs follows the ground, as Vega knows it.
GROUNDED_TEXT = {"expr": "luminance(background || '#fff') < 0.2 ? '#fff' : '#000'"}
# The editor's entry of the menu would send the chart to a site on the net.
_ACTIONS = {"export": True, "source": False, "compiled": False, "editor": False}

Spec = dict[str, Any]
WIDTH, HEIGHT = 640, 340
SERIES = "whose"
_LETTER, _SYMBOL = 6.9, 36
_CAPTION_WIDTH = 100
HOW = "Drag to move, Shift and wheel to zoom, double click to go back; click a name below to see it alone."


def document(
    title: str, captions: Sequence[str], rows: list[dict[str, Any]], body: Spec, *, is_moved: bool = False
) -> Spec:
    """A spec around what it draws; what one does with it stands beside it, at the menu, and not in the picture.

    `description` is what a screen reader says of it.
    """
    return {
        "description": " ".join([f"{title}.", *captions]),
        "title": {"text": title, "subtitle": _wrapped(captions), "anchor": "start", "offset": 12},
        "data": {"values": rows},
        **body,
        "config": {
            "view": {"stroke": None},
            "axis": {
                "domainColor": NEUTRAL,
                "tickColor": NEUTRAL,
                "gridColor": NEUTRAL,
                "gridOpacity": 0.28,
                "labelFontSize": 12,
                "titleFontSize": 12,
                "labelLimit": 240,
            },
            "title": {"fontSize": 15, "subtitleFontSize": 12, "subtitlePadding": 6},
            "legend": {"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 320, "symbolSize": 100},
        },
        "usermeta": {"embedOptions": {"actions": _ACTIONS, "i18n": _menu(is_moved)}},
    }


def _menu(is_moved: bool) -> dict[str, str]:
    """The words of the menu beside the chart; the first is its tooltip."""
    how = f"{HOW} Open this menu to save the chart." if is_moved else "Open this menu to save the chart."
    return {"CLICK_TO_VIEW_ACTIONS": how, "SVG_ACTION": "Save as SVG", "PNG_ACTION": "Save as PNG"}


def _wrapped(captions: Sequence[str]) -> list[str]:
    return [line for caption in captions for line in textwrap.wrap(caption, _CAPTION_WIDTH)]


def figure(field: str, axis: Axis) -> Spec:
    """A figure along an axis, as the SVG has it."""
    kind = {"type": "log", "base": axis.scale.log} if axis.scale.log else {"type": "linear"}
    return {
        "field": field,
        "type": "quantitative",
        "title": axis.title,
        "scale": {**kind, "domain": [axis.scale.low, axis.scale.high], "nice": False},
        "axis": {"format": ".6~g", "tickCount": 6},
    }


def looks(names: Sequence[str], given: Sequence[Look]) -> Spec:
    """Colour and shape by series, as one legend, in which a click chooses."""
    columns = max(1, int(WIDTH / (max(map(len, names)) * _LETTER + _SYMBOL)))
    legend = {"orient": "bottom", "title": None, "columns": columns, "symbolStrokeWidth": 0}
    of_series = {"field": SERIES, "type": "nominal", "legend": legend}
    return {
        "color": {**of_series, "scale": {"domain": list(names), "range": [each.colour for each in given]}},
        "shape": {**of_series, "scale": {"domain": list(names), "range": [each.shape for each in given]}},
        "opacity": {"condition": {"param": "chosen", "value": 1}, "value": 0.08},
    }


def dashes(names: Sequence[str], looks: Sequence[Look]) -> Spec:
    """The dash of each series' line; the legend is that of the colours."""
    given = [list(its.dash) or [1, 0] for its in looks]
    return {
        "field": SERIES,
        "type": "nominal",
        "scale": {"domain": list(names), "range": given},
        "legend": None,
    }


def pointing() -> list[Spec]:
    """Moving and zooming, and choosing a series in the legend. The wheel alone goes on scrolling the page."""
    zoom = {"type": "interval", "zoom": "wheel![event.shiftKey]"}
    return [
        {"name": "view", "select": zoom, "bind": "scales"},
        {"name": "chosen", "select": {"type": "point", "fields": [SERIES]}, "bind": "legend"},
    ]


def tooltip(field: str, title: str, form: str = "") -> Spec:
    """One line of a tooltip; with a `form` (d3's) it is a figure, else a text."""
    if form:
        return {"field": field, "type": "quantitative", "title": title, "format": form}
    return {"field": field, "type": "nominal", "title": title}
