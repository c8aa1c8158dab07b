"""Widgets whose page's part is ours: ipywidgets' own models, drawn by a file of the package instead of its own code.

The code goes along in each widget, and so into every notebook that is saved with its widgets: it has to be small.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
from traitlets import Unicode

_LARGEST = 6_000


def code(path: Path) -> Any:
    """The trait that holds the page's part of a widget, without its comments and indentation."""
    lines = map(str.strip, path.read_text(encoding="utf-8").splitlines())
    text = "\n".join(line for line in lines if line and not line.startswith("//"))
    assert len(text) < _LARGEST, f"{path.name} would go into every saved widget"  # noqa: S101 - a fault of ours
    return Unicode(text).tag(sync=True)


class OwnView(anywidget.AnyWidget):
    """Comes before the class of ipywidgets whose traits it has; `_esm` is its code."""

    _esm: Any = Unicode().tag(sync=True)
    _anywidget_id = Unicode().tag(sync=True)

    def add_traits(self, **traits: Any) -> None:
        """Only those that it hasn't: each one added makes a class of its own for this one widget."""
        if new := {name: trait for name, trait in traits.items() if not self.has_trait(name)}:
            super().add_traits(**new)
