"""`from mist_notebook.lessons import check`: what a lesson says of an exercise, in plain words, never with a stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["check"]


def check(facts: Mapping[str, Callable[[], Any]]) -> None:
    """Say which of these facts hold, each a sentence with the function that asks; those after the first miss wait.

    Whatever goes wrong while one is asked means that it doesn't hold: an answer that is missing, or of another kind.
    """
    for sentence, holds in facts.items():
        trouble = _trouble(holds)
        if trouble is not None:
            _say(f"Not yet: {sentence}.{trouble}")
            _say("Change the cell above, run it, and then this one again.")
            return
        _say(f"✓ {sentence}")
    _say("Right.")


def _trouble(holds: Callable[[], Any]) -> str | None:
    """Nothing if it holds; else what there is to say about it, perhaps no more than that it doesn't."""
    try:
        return None if bool(holds()) else ""
    except NameError as error:
        return f" There is no `{error.name}` so far." if error.name else ""
    except Exception:
        return ""


def _say(line: str) -> None:
    print(line)  # noqa: T201 - a cell's own words
