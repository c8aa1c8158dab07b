"""The explorer's chart on the page: its marks say what they are when pointed at, and can be picked.

The picture is ours, drawn in the kernel; the page finds the mark that is nearest to the pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
from traitlets import Int, Tuple, Unicode

from mist_notebook.charts import Chart
from mist_notebook.ground.errors import MistError
from mist_notebook.widgets.parts import style
from mist_notebook.widgets.parts.own_view import OwnView, code

from .state import offer_lines


class _Plot(OwnView, ipywidgets.DOMWidget):  # type: ignore[misc]
    """A picture, where its marks are in it, what each says, and which is picked (-1: none)."""

    _esm = code(Path(__file__).parent / "chart.js")
    value = Unicode().tag(sync=True)
    spots = Tuple().tag(sync=True)
    tips = Tuple().tag(sync=True)
    picked = Int(-1).tag(sync=True)


class ChartView:
    """The chart of one explorer; `on_pick` gets the key of the offer whose mark was clicked, with no lock held."""

    def __init__(self, on_pick: Callable[[str], object]) -> None:
        self._on_pick = on_pick
        self._keys: tuple[str, ...] = ()
        self._plot = _Plot(_dom_classes=["mist-explore-chart"])
        self._plot.on_msg(self._heard)
        self._said = style.markup("", "mist-explore-drawn")
        self.widget = ipywidgets.VBox([self._plot, self._said])

    def draw(self, chart: Chart | MistError, said: str, chosen: str) -> None:
        """Show this chart, or why there is none; `said` stands under it."""
        rows = chart.rows if isinstance(chart, Chart) else None
        self._keys = tuple(offer_lines.keys(rows)) if rows is not None else ()
        with self._plot.hold_sync():
            self._plot.tips = offer_lines.tips(rows) if rows is not None else ()
            spots = chart.spots if isinstance(chart, Chart) else ()
            self._plot.spots = tuple((round(x, 1), round(y, 1)) for x, y in spots)
            self._plot.value = chart.svg if isinstance(chart, Chart) else style.message(chart.message)
            self.mark(chosen)
        self._said.value = style.message(said)

    def mark(self, chosen: str) -> None:
        """Ring the mark of this offer; none where it isn't drawn."""
        self._plot.picked = self._keys.index(chosen) if chosen in self._keys else -1

    def click(self, mark: int) -> None:
        """What a page says when a person clicks on this mark."""
        self._heard(None, {"event": "pick", "mark": mark}, ())

    def _heard(self, _widget: Any, content: Any, _buffers: Sequence[Any]) -> None:
        place = content.get("mark") if isinstance(content, dict) and content.get("event") == "pick" else None
        if type(place) is int and 0 <= place < len(self._keys):
            self._on_pick(self._keys[place])
