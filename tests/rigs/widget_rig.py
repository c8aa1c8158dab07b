"""What the tests of widgets share: what stands in a tree of them, clicks as a front end sends them, and waiting."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets

PATIENCE_S = 60


def every(widget: Any) -> Iterator[Any]:
    """The widget, and all that stand in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


def one(widget: Any, name: str) -> Any:
    """The one widget of that class."""
    (found,) = all_of(widget, name)
    return found


def all_of(widget: Any, name: str) -> list[Any]:
    """Every widget of that class, in order."""
    return [part for part in every(widget) if name in part._dom_classes]


def is_shown(widget: Any) -> bool:
    return bool(widget.layout.display != "none")


def text(widget: Any, name: str = "") -> str:
    """What can be read in it, without markup; nothing of what is hidden."""
    roots = all_of(widget, name) if name else [widget]
    return "\n".join(words for root in roots for words in _words(root) if words)


def _words(widget: Any) -> Iterator[str]:
    if not is_shown(widget):
        return
    if isinstance(widget, ipywidgets.HTML):
        plain = re.sub(r"<(?:/tr|/li|/div|/h4|/summary)>", "\n", widget.value)
        lines = html.unescape(re.sub(r"<[^>]*>", " ", plain)).splitlines()
        yield "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)
    for child in getattr(widget, "children", ()):
        yield from _words(child)


def markup(widget: Any) -> str:
    """All HTML in it."""
    return "\n".join(part.value for part in every(widget) if isinstance(part, ipywidgets.HTML))


def buttons(widget: Any) -> list[str]:
    """What stands on the buttons that can be seen, in order; those that are off in brackets."""
    return list(_labels(widget))


def _labels(widget: Any) -> Iterator[str]:
    if not is_shown(widget):
        return
    if isinstance(widget, ipywidgets.Button):
        yield f"({widget.description})" if widget.disabled else widget.description
    for child in getattr(widget, "children", ()):
        yield from _labels(child)


def click(button: Any, times: int = 1) -> None:
    """What arrives when a front end sends a click, on this thread; a disabled button doesn't keep a late one away."""
    for _ in range(times):
        button._handle_button_msg(button, {"event": "click"}, [])


def until(widget: Any, holds: Callable[[], bool]) -> None:
    """Wait until it holds: looked at whenever a trait in the tree changes."""
    changed = threading.Condition()
    watched: set[Any] = set()

    def notice(_change: Any) -> None:
        with changed:
            changed.notify_all()

    def watch() -> None:
        there = {thing for part in every(widget) for thing in (part, part.layout)}  # several may share a layout
        for thing in there - watched:
            watched.add(thing)
            thing.observe(notice)

    with changed:
        watch()
        while not holds():
            assert changed.wait(PATIENCE_S), f"it never held; there stands:\n{text(widget)}"
            watch()
    for thing in watched:
        thing.unobserve(notice)


def threads() -> set[str]:
    """The names of the threads of ours that a card or a panel may have."""
    ours = ("mist-card", "mist-action", "mist-panel", "mist-job", "mist-watch")
    return {thread.name for thread in threading.enumerate() if thread.name.startswith(ours)}
