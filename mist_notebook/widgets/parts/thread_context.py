"""What a thread of ours needs of the cell that made it, to be able to set a trait."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import TypeVar

T = TypeVar("T")


def carried(work: Callable[[], T]) -> Callable[[], T]:
    """`work`, for a thread of its own; to be asked for where a cell or a click runs.

    ipykernel 7.0 finds the message that it answers in the context alone, of which a new thread has none: there a
    trait can only be set with its maker's. Later ones look further, and must: runners watch for the cell that runs.
    """
    version = getattr(sys.modules.get("ipykernel"), "version_info", ())
    return partial(copy_context().run, work) if version[:2] == (7, 0) else work
