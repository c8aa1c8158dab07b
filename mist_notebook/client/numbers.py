"""The numbers of a create as Python gives them: refused before anything is asked, where they are none."""

from __future__ import annotations

import math
from typing import Any

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief


def check(quantity: Any, timeout: Any) -> None:
    """Refuse what is no number of machines, or of seconds."""
    if type(quantity) is not int or quantity < 1:
        raise BadValueError(f"quantity is {brief(repr(quantity))}: it is no number of machines.", "Give 1, 2, 3 …")
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if timeout is not None and not (is_number and 0 < timeout < math.inf):
        raise BadValueError(f"timeout is {brief(repr(timeout))}: it is no time.", "Give seconds, such as timeout=600.")


def hours(wanted: Any) -> float | None:
    """A time limit as a number, or as a line has it: `2h`, `90m`, `3d`."""
    if wanted is None:
        return None
    if isinstance(wanted, str):
        return quantity.hours(wanted)
    if isinstance(wanted, bool) or not isinstance(wanted, int | float):
        raise BadValueError(f"hours is {brief(repr(wanted))}: it is no time.", "Such as hours=2, or hours='90m'.")
    return float(wanted)
