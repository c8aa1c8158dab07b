"""Lists, dropdowns and sliders that keep their keys: in JupyterLab, letters and arrows in them are not the notebook's.

They have the traits of those of ipywidgets, whose names they have too; only the page's part is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets
from traitlets import Int, Tuple

from mist_notebook.widgets.parts.own_view import OwnView, code
from mist_notebook.widgets.parts.turns import TakesTurns

_HERE = Path(__file__).parent
BETWEEN = "\t"  # what divides the cells of a row


class Select(TakesTurns, OwnView, ipywidgets.Select):  # type: ignore[misc]
    """A list of rows to pick from. `columns` are titles, kinds (`words`, `figure`, `less`: folded where it is narrow)
    and the unit that stands behind a figure there, and where rows can be sorted by it `asc`, `desc` or `none` as they
    are; `groups` titles by the row that each begins at, with what a click on it does.

    `entered` is called when a person presses Enter, or clicks twice, `sorted` with the column whose title was clicked,
    `unfolded` with the place of the group whose title was, `left` when a person presses Escape.
    """

    _esm = code(_HERE / "list.js")
    columns = Tuple().tag(sync=True)
    groups = Tuple().tag(sync=True)
    stamp = Int(0).tag(sync=True)
    seen = Int(0).tag(sync=True)
    entered: Callable[[], object] = bool
    sorted: Callable[[int], object] = bool
    unfolded: Callable[[int], object] = bool
    left: Callable[[], object] = bool

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        said = content if isinstance(content, dict) else {}
        if said.get("event") == "submit":
            self.entered()
        elif said.get("event") == "leave":
            self.left()
        elif said.get("event") == "sort" and type(said.get("column")) is int:
            self.sorted(said["column"])
        elif said.get("event") == "unfold" and type(said.get("group")) is int:
            self.unfolded(said["group"])


class Dropdown(TakesTurns, OwnView, ipywidgets.Dropdown):  # type: ignore[misc]
    """A list to choose from that opens."""

    _esm = code(_HERE / "dropdown.js")


class SelectionSlider(TakesTurns, OwnView, ipywidgets.SelectionSlider):  # type: ignore[misc]
    """A slider for one of several."""

    _esm = code(_HERE / "slider.js")


class SelectionRangeSlider(TakesTurns, OwnView, ipywidgets.SelectionRangeSlider):  # type: ignore[misc]
    """A slider for a beginning and an end."""

    _esm = code(_HERE / "slider.js")
