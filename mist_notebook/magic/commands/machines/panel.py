"""`%mist panel`: the machines of all backends as cards to act on."""

from __future__ import annotations

import math
from argparse import Namespace
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.magic.commands.parts.arrange import OUTPUT
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session

_SHORTEST_S = 2.0
_LONGEST_S = 86_400.0


def _seconds(text: str) -> float:
    """Every how many seconds."""
    try:
        every = float(text)
    except ValueError:
        every = math.nan
    if not _SHORTEST_S <= every <= _LONGEST_S:
        raise BadValueError(
            f"'{brief(text)}' can't be a number of seconds to read again after.",
            f"Give seconds, from {_SHORTEST_S:.0f} to {_LONGEST_S:.0f}, such as 10.",
        )
    return every


@command(
    "panel",
    Argument("backend", "one backend, or several; all without one", values="backend", many=True),
    Argument("--every", "read the machines again every so many seconds, at least 2", "SECONDS", read=_seconds),
    OUTPUT,
    group="make",
    summary="the machines of all backends as cards, with the actions that each can take; to destroy one, type its name",
    examples=("%mist panel", "%mist panel NephoScale --every 10", "panel = %mist panel"),
    returns="panel",
)
def panel(session: Session, options: Namespace) -> Answer:
    from mist_notebook.widgets.panel.panel import open_panel

    return Answer(open_panel(session, options.backend, every_s=options.every))
