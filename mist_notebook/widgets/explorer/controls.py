"""The controls that an explorer's filters are made of: a slider, a list, ticks and a field, each for one filter.

A control tells what the page changes, on any thread and with no lock held; what `show` sets it doesn't tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import ipywidgets

from mist_notebook.ground.amounts.quantity import Range
from mist_notebook.ground.text import clean, escape_html
from mist_notebook.widgets.lists import keyed
from mist_notebook.widgets.parts import style, turns

from .state.ladder import Ladder, label

Tell = Callable[[str, Any], object]
Options = Sequence[tuple[str, Any]]

_LABEL_LIMIT = 60
_NOTHING = ("–", " –")
_ANY = "any"


class Control:
    """One filter's control; `widget` is what stands on the page."""

    widget: Any

    def __init__(self, name: str, title: str, tell: Tell) -> None:
        self.name, self.title = name, title
        self._tell = partial(tell, name)

    def show(self, chosen: Any) -> None:
        """Stand at this choice."""
        raise NotImplementedError

    def _make(self, kind: Any, heard: Callable[[], object], **options: Any) -> Any:
        return kind(heard, description=self.title, _dom_classes=["mist-explore-control"], **options)


class Slider(Control):
    """A slider from a beginning to an end, over the steps of a ladder."""

    def __init__(self, name: str, title: str, ladder: Ladder, tell: Tell) -> None:
        super().__init__(name, title, tell)
        self._whole = self._ladder = ladder
        self.widget = self._make(_RangeSlider, self._moved, options=_NOTHING, index=(0, 1))

    def show(self, chosen: Range | None) -> None:
        ladder = self._whole.reaching(chosen)
        with self.widget.turn:  # in one message with their place, new steps never reach the page's slider
            self._ladder = ladder
            _offer(self.widget, [label(step) for step in ladder.steps] if ladder.is_useful else _NOTHING)
            self.widget.disabled = not ladder.is_useful
            self.widget.index = ladder.places(chosen) if ladder.is_useful else (0, 1)

    def climb(self, title: str, ladder: Ladder, chosen: Range | None) -> None:
        """Go over another ladder from now on."""
        self._whole = ladder
        self.widget.description = title
        self.show(chosen)

    def _moved(self) -> None:
        with self.widget.turn:
            places, ladder = self.widget.index, self._ladder
        if ladder.is_useful:
            self._tell(ladder.wanted(*places))


class Cap(Control):
    """A slider for the most that may be; at its end it asks for nothing."""

    def __init__(self, name: str, title: str, ladder: Ladder, tell: Tell) -> None:
        super().__init__(name, title, tell)
        self._whole = self._ladder = ladder
        self.widget = self._make(_OneSlider, self._moved, options=_NOTHING, index=1)

    def show(self, chosen: float | None) -> None:
        wanted = Range(0.0, chosen) if chosen is not None else None
        ladder = self._whole.reaching(wanted)
        with self.widget.turn:  # as above
            self._ladder = ladder
            _offer(self.widget, [*map(label, ladder.steps), _ANY] if ladder.steps else _NOTHING)
            self.widget.disabled = not ladder.steps
            self.widget.index = ladder.places(wanted)[1] if wanted else len(self.widget.options) - 1

    def _moved(self) -> None:
        with self.widget.turn:
            place, steps = self.widget.index, self._ladder.steps
        self._tell(steps[place] if place < len(steps) else None)


class Choice(Control):
    """A list to choose one of; a choice that isn't in it is added."""

    def __init__(self, name: str, title: str, options: Options, tell: Tell) -> None:
        super().__init__(name, title, tell)
        self._offered = tuple(options)
        self._values: tuple[Any, ...] = (None,)
        self.widget = self._make(_Dropdown, self._picked, options=("–",))

    def show(self, chosen: Any) -> None:
        is_there = any(value == chosen for _, value in self._offered)
        options = self._offered if is_there else (*self._offered, (str(chosen), chosen))
        with self.widget.turn, self.widget.hold_sync():
            self._values = tuple(value for _, value in options)
            _offer(self.widget, [clean(text, _LABEL_LIMIT) for text, _ in options])
            self.widget.index = self._values.index(chosen)

    def offer(self, options: Options, chosen: Any) -> None:
        """Offer these from now on."""
        self._offered = tuple(options)
        self.show(chosen)

    def _picked(self) -> None:
        with self.widget.turn:
            place, values = self.widget.index, self._values
        if place is not None:
            self._tell(values[place])


class Ticks(Control):
    """Boxes to tick, any number of them; none ticked asks for nothing."""

    def __init__(self, name: str, title: str, options: Options, tell: Tell) -> None:
        super().__init__(name, title, tell)
        self._boxes: dict[str, Any] = {}
        self._group = ipywidgets.Box(_dom_classes=["mist-explore-ticks"])
        heading = style.markup(f"<span>{escape_html(title)}</span>", "mist-explore-heading")
        self.widget = ipywidgets.Box([heading, self._group], _dom_classes=["mist-explore-group"])
        self._add(options)

    def show(self, chosen: tuple[str, ...]) -> None:
        self._add([(word, word) for word in chosen if word not in self._boxes])
        for word, box in self._boxes.items():
            box.value = word in chosen

    def _add(self, options: Options) -> None:
        for text, word in options:
            shown = clean(text, _LABEL_LIMIT)
            about = {"description": shown, "indent": False, "tooltip": f"{self.title}: {shown}"}
            self._boxes[word] = _Checkbox(self._ticked, **about)
        if options:
            self._group.children = tuple(self._boxes.values())

    def _ticked(self) -> None:
        self._tell(tuple(word for word, box in list(self._boxes.items()) if box.value))


class Tick(Control):
    """One box to tick."""

    def __init__(self, name: str, title: str, tell: Tell) -> None:
        super().__init__(name, title, tell)
        self.widget = self._make(_Checkbox, lambda: self._tell(self.widget.value))

    def show(self, chosen: bool) -> None:
        self.widget.value = chosen


class Words(Control):
    """A field to type into, and a line under it: what to type, or why what stands there can't be read."""

    def __init__(self, name: str, title: str, about: str, tell: Tell) -> None:
        super().__init__(name, title, tell)
        self._about = about
        self._field = self._make(_Text, lambda: self._tell(self._field.value))
        self._message = style.markup("", "mist-explore-message")
        self.widget = ipywidgets.VBox([self._field, self._message], _dom_classes=["mist-explore-words"])
        self.say("")

    def show(self, chosen: str) -> None:
        self._field.value = chosen

    def say(self, trouble: str) -> None:
        """Why it can't be read; nothing where it can."""
        self._message.value = style.message(trouble or self._about, error=bool(trouble))


class _Tells:
    """Calls `heard` when the page has changed what is chosen."""

    def __init__(self, heard: Callable[[], object], **options: Any) -> None:
        self._heard = heard
        super().__init__(**options)

    def said(self, sync_data: dict[str, Any]) -> None:
        if {"index", "value"} & sync_data.keys():
            self._heard()


class _RangeSlider(_Tells, keyed.SelectionRangeSlider):
    """A slider with two handles."""


class _OneSlider(_Tells, keyed.SelectionSlider):
    """A slider with one handle."""


class _Text(_Tells, turns.Text):
    """A field to type into."""


class _Dropdown(_Tells, keyed.Dropdown):
    """A list to choose from."""


class _Checkbox(_Tells, turns.TakesTurns, ipywidgets.Checkbox):  # type: ignore[misc]
    """A box to tick."""


def _offer(widget: Any, options: Sequence[Any]) -> None:
    """Set the options, if they are others."""
    if tuple(options) != tuple(widget.options):
        widget.options = tuple(options)
