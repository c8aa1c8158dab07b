"""The filters of an explorer: which there are, in which groups, and how they stand for a state.

What is mostly asked for is always in sight; the rest opens with a button, and at once where some of it is set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import ipywidgets

from mist_notebook.ground.errors import MistError
from mist_notebook.prices.comparing.ranking import EVERY_OFFER, LIMIT
from mist_notebook.prices.wishes.wish import ANY

from .controls import Cap, Choice, Control, Slider, Tell, Tick, Ticks, Words
from .state import state as states
from .state.choices import Choices
from .state.state import ANY_GPU, NO_GPU, ORDERS, State, value

FIRST = ("cpus", "ram", "ratio", "gpu", "max_price", "per", "order", "by", "hours", "providers", "parts")
_RAM = {False: "RAM, GB", True: "RAM, GB/vCPU"}
_EITHER = (("either", None), ("yes", True), ("no", False))
_ROWS = tuple((f"{count:,}", count) for count in (LIMIT, 50, 200, 1000))
_PER = (
    ("each size, where it is cheapest", "size"),
    ("every offer", EVERY_OFFER),
    ("the cheapest of each provider", "provider"),
    ("the cheapest of each region", "region"),
    ("the cheapest of each family", "family"),
)
_SAID_AT = {"hours": "order"}  # a total that lacks its hours
_FOLLOWERS = {"ratio": ("ram",), "providers": ("region",)}  # whose options depend on it


class Filters:
    """The controls of one explorer. `tell` gets a filter's name and what the page chose, on any thread."""

    def __init__(self, choices: Choices, state: State, tell: Tell) -> None:
        self._choices = choices
        self._ratio = False
        gone = {name for name in _pointless(choices) if not states.is_asked(state, name)}
        self._controls = {control.name: control for control in _controls(choices, tell) if control.name not in gone}
        self._more = _Toggle(self._rest(), is_open=bool(self._asked_for(state)))
        first = ipywidgets.Box(
            [self._controls[name].widget for name in FIRST if name in self._controls],
            _dom_classes=["mist-explore-grid"],
        )
        self.widget = ipywidgets.VBox([first, self._more.box], _dom_classes=["mist-explore-filters"])
        self.toggle = self._more.button
        self.show(state, self._controls)

    def show(self, state: State, names: Collection[str], *, but: str = "") -> None:
        """Have these filters, and those that depend on them, stand as the state does; `but` stands so already."""
        followers = (follower for leader in names for follower in _FOLLOWERS.get(leader, ()))
        for name in {*names, *followers} - {but}:
            control = self._controls.get(name)
            if name == "ram" and self._ratio != state.ratio and isinstance(control, Slider):
                self._ratio = state.ratio
                control.climb(_RAM[state.ratio], self._ram(state), value(state, name))
            elif name == "region" and isinstance(control, Choice):
                control.offer(_regions(self._choices, state), value(state, name))
            elif control is not None:
                control.show(value(state, name))

    def say(self, state: State) -> None:
        """What can't be read, at its field; and how many filters out of sight are set."""
        troubles = states.troubles(state)
        for name, control in self._controls.items():
            if isinstance(control, Words):
                control.say(_sentence(troubles.get(name) or troubles.get(_SAID_AT.get(name, ""))))
        self._more.say(len(self._asked_for(state)))

    def close(self) -> None:
        """Switch all of them off."""
        for control in self._controls.values():
            for part in _every(control.widget):
                if hasattr(part, "disabled"):
                    part.disabled = True

    def _ram(self, state: State) -> Any:
        return self._choices.ladders["ratio" if state.ratio else "ram"]

    def _rest(self) -> list[Any]:
        return [control.widget for name, control in self._controls.items() if name not in FIRST]

    def _asked_for(self, state: State) -> list[str]:
        return [name for name in self._controls if name not in FIRST and states.is_asked(state, name)]


class _Toggle:
    """A button that opens and closes what is seldom needed."""

    def __init__(self, widgets: Iterable[Any], *, is_open: bool) -> None:
        self.box = ipywidgets.Box(tuple(widgets), _dom_classes=["mist-explore-grid", "mist-explore-more"])
        self.button = ipywidgets.ToggleButton(is_open, _dom_classes=["mist-explore-toggle"])
        self.button.observe(lambda _: self._show(), "value")
        self._count = 0
        self._show()

    def say(self, count: int) -> None:
        """How many of the filters in it are set."""
        if count != self._count:
            self._count = count
            self._label()

    def _show(self) -> None:
        self.box.layout.display = None if self.button.value else "none"
        self._label()

    def _label(self) -> None:
        arrow = "▾ Fewer filters" if self.button.value else "▸ More filters"
        self.button.description = f"{arrow} ({self._count} set)" if self._count else arrow


def _controls(choices: Choices, tell: Tell) -> Iterable[Control]:
    """Every filter, in order."""
    ladders = choices.ladders
    gpus = [("any number, or none", ""), ("none", NO_GPU), ("any model", ANY_GPU), *choices.gpus]
    yield Slider("cpus", "vCPUs", ladders["cpus"], tell)
    yield Slider("ram", _RAM[False], ladders["ram"], tell)
    yield Choice("ratio", "RAM of", (("the whole machine", False), ("each vCPU", True)), tell)
    yield Choice("gpu", "GPUs", gpus, tell)
    yield Cap("max_price", "$/h at most", ladders["price"], tell)
    yield Choice("per", "Show", _PER, tell)
    yield Choice("order", "Sort by", [(text, word) for word, text in ORDERS.items()], tell)
    yield Words("by", "Formula", "Sorts by it: price_hourly / gpus", tell)
    yield Words("hours", "Hours of use", "Adds a total: 200, or 30d for days", tell)
    yield Ticks("providers", "Providers", choices.providers, tell)
    yield Ticks("parts", "Where", choices.parts, tell)
    yield Slider("disk", "Disk, GB", ladders["disk"], tell)
    yield Slider("net", "Network, Gbit/s", ladders["net"], tell)
    yield Choice("region", "Region", (), tell)
    yield Slider("gpus", "GPUs a machine", ladders["gpus"], tell)
    yield Slider("gib", "GPU RAM, GB", ladders["gib"], tell)
    yield Choice("kind", "Price", choices.kinds, tell)
    yield Choice("burstable", "Burstable", _EITHER, tell)
    yield Choice("bare_metal", "Bare metal", _EITHER, tell)
    yield Choice("max_age", "Prices of", (("any day", None), *choices.ages), tell)
    yield Words("search", "Name contains", "A part of the id or name.", tell)
    yield Choice("limit", "Rows to keep", (*_ROWS, ("all", None)), tell)
    yield Tick("descending", "Largest first", tell)
    yield Choice("os", "System", (("any", ""), *choices.systems), tell)
    yield Ticks("arch", "Architecture", choices.arch, tell)


def _pointless(choices: Choices) -> set[str]:
    """The filters that these choices leave nothing to choose in."""
    single = {"os": choices.systems, "arch": choices.arch, "providers": choices.providers}
    found = {name for name, options in single.items() if len(options) < 2}
    found |= {name for name, ladder in choices.ladders.items() if not ladder.is_useful}
    found |= {name for name, options in (("parts", choices.parts), ("max_age", choices.ages)) if not options}
    return found if choices.gpus else found | {"gpu", "gpus", "gib"}


def _regions(choices: Choices, state: State) -> list[tuple[str, str]]:
    """The regions of the providers that are ticked, each word once."""
    offered = {word: text for text, word in choices.regions_of(state.wish.providers)}
    return [("anywhere", ""), *((text, word) for word, text in offered.items() if word != ANY)]


def _sentence(error: MistError | None) -> str:
    return f"{error.message} {error.hint}".strip() if error else ""


def _every(widget: Any) -> Iterable[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _every(child)
