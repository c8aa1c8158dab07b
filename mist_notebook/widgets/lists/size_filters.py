"""The filters and the order of the table of sizes: sliders over the figures that there are, and the wish they make."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets

from mist_notebook.records.model import Size
from mist_notebook.widgets.parts import turns

from . import keyed, size_choice
from .size_choice import AXES, SORTS, Wish
from .size_lines import amount, symbol

_NONE = (("", 0.0), ("\u200b", math.inf))  # two that look like nothing, as a slider needs a beginning and an end
_ANY_PRICE = ("any price", math.inf)
_UP, _DOWN = "▲ ascending", "▼ descending"

Change = Callable[[Callable[[Wish], Wish]], object]


class SizeFilters:
    """A field for words, sliders for AXES and for the price, and the order."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._mirrored = -1
        self._setter: int | None = None
        self._words = turns.Text(
            description="Find", placeholder="words of its name or id", _dom_classes=["mist-size-query"]
        )
        self._ranges = [_range(axis.name) for axis in AXES]
        self._price = keyed.SelectionSlider(
            description="At most", options=_NONE, continuous_update=True, _dom_classes=["mist-size-filter"]
        )
        self._sort = keyed.Dropdown(options=SORTS, description="Sort by", _dom_classes=["mist-size-sort"])
        self._down = ipywidgets.ToggleButton(description=_UP, _dom_classes=["mist-size-direction"])
        self._reset = ipywidgets.Button(description="Reset filters", _dom_classes=["mist-size-reset"])
        self._observe()
        sliders = ipywidgets.Box([*self._ranges, self._price], _dom_classes=["mist-size-filters"])
        bar = ipywidgets.Box([self._words, self._sort, self._down, self._reset], _dom_classes=["mist-size-bar"])
        self.widget = ipywidgets.VBox([bar, sliders])

    def mirror(self, wish: Wish, sizes: Sequence[Size]) -> None:
        """Show the limits of this wish, if they were set from elsewhere; on the worker."""
        if wish.given == self._mirrored:
            return
        self._setter = threading.get_ident()
        try:
            self._words.value = wish.words
            for slider, axis, limits in zip(self._ranges, AXES, wish.ranges, strict=True):
                _offer(slider, size_choice.values(axis, sizes), limits, axis.unit)
            self._offer_prices(wish, sizes)
        finally:
            self._setter = None
        self._mirrored = wish.given

    def _observe(self) -> None:
        self._words.observe(lambda change: self._set(lambda wish: replace(wish, words=change["new"])), "value")
        for place, slider in enumerate(self._ranges):
            slider.observe(lambda _, place=place, slider=slider: self._limited(place, slider), "index")
        self._price.observe(lambda _: self._set(self._with_price), "index")
        self._sort.observe(lambda change: self._set(lambda wish: replace(wish, sort=change["new"])), "value")
        self._down.observe(lambda change: self._turned(change["new"]), "value")
        self._reset.on_click(lambda _: self._change(Wish.without_limits))

    def _set(self, change: Callable[[Wish], Wish]) -> None:
        """A person has changed something; what the worker sets is known already."""
        if threading.get_ident() != self._setter:
            self._change(change)

    def _limited(self, place: int, slider: Any) -> None:
        is_open = slider.index == (0, len(slider.options) - 1)
        limits = None if is_open else tuple(slider.value)
        self._set(lambda wish: wish.with_range(place, limits))

    def _with_price(self, wish: Wish) -> Wish:
        most = self._price.value
        return replace(wish, most_hourly=most if math.isfinite(most) else None)

    def _turned(self, is_down: bool) -> None:
        self._down.description = _DOWN if is_down else _UP
        self._set(lambda wish: replace(wish, descending=is_down))

    def _offer_prices(self, wish: Wish, sizes: Sequence[Size]) -> None:
        prices = [price for size in sizes if (price := size_choice.hourly(size, wish.currency)) is not None]
        steps, money = size_choice.price_steps(prices), symbol(wish.currency)
        labels = [(f"{step:g} {money}/h", step) for step in steps]
        at = next((place for place, step in enumerate(steps) if step == wish.most_hourly), len(steps))
        _set_options(self._price, [*labels, _ANY_PRICE] if steps else _NONE, at if steps else 1)


def _range(name: str) -> Any:
    return keyed.SelectionRangeSlider(
        description=name, options=_NONE, index=(0, 1), disabled=True, _dom_classes=["mist-size-filter"]
    )


def _offer(slider: Any, known: Sequence[float], limits: size_choice.Range | None, unit: str) -> None:
    """Let the slider go over these figures; off where there is nothing to choose."""
    options = [(f"{amount(value)} {unit}".rstrip(), value) for value in known] if len(known) > 1 else _NONE
    inside = [place for place, value in enumerate(known) if limits and limits[0] <= value <= limits[1]]
    _set_options(slider, options, (inside[0], inside[-1]) if inside else (0, len(options) - 1))


def _set_options(slider: Any, options: Sequence[Any], index: Any) -> None:
    with slider.turn:  # in one message together with their place, new options never reach the page's slider
        if tuple(options) != tuple(slider.options):
            slider.options = options
        slider.index = index
        slider.disabled = options is _NONE
