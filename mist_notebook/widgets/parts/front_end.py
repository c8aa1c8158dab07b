"""Where a widget is shown: in a notebook, beside cells and lines, or on a page of its own, where there are none."""

from __future__ import annotations

import os
import re
from typing import Any

APP = "mist-app"
_ASIDE = re.compile(r"\s*\([^()]*%mist[^()]*\)")
_CLAUSE = re.compile(r"[;:,·]\s*[^.;·]*?%mist[^.;·]*(?=[.;·]|$)")
_SENTENCE = re.compile(r"(?:(?<=^)|(?<=[.!?] ))[^.!?]*%mist[^.!?]*(?:[.!?]|$)\s?")


def is_app() -> bool:
    """Whether Voila shows this kernel's widgets: no cell and no line is anywhere near."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")


def focus(widget: Any) -> None:
    """Have the keyboard there; ipywidgets 7 has no way to."""
    getattr(widget, "focus", bool)()


def said(text: str) -> str:
    """The text; on a page of its own without what tells a person to type a line."""
    if "%mist" not in text or not is_app():
        return text
    for part in (_ASIDE, _CLAUSE, _SENTENCE):
        text = part.sub("", text)
    return text.strip()
