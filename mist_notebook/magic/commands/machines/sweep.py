"""`%mist sweep`: what of ours is anywhere, and what no machine needs any more, which goes when it is named."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import MistUsageError
from mist_notebook.ground.interrupted import doing
from mist_notebook.magic.commands.parts.arrange import ARRANGE, OUTPUT, arranged
from mist_notebook.magic.commands.table import Answer, Argument, command

from .follow import say

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session


@command(
    "sweep",
    Argument(
        "place", "one backend, or several; with --yes one BACKEND/ID, or one backend", values="backend", many=True
    ),
    Argument("--yes", "the exact name of what is to be removed: nothing is removed without it", "NAME"),
    *ARRANGE,
    OUTPUT,
    group="act",
    summary="everything of yours anywhere, machines and what they left behind; or remove what is left behind",
    examples=("%mist sweep", "%mist sweep EC2/vol-0a1b --yes web-root", "%mist sweep EC2 --yes EC2"),
    returns="frame",
)
def sweep(session: Session, options: Namespace) -> Answer:
    from mist_notebook.fleet import leftovers
    from mist_notebook.frames import frames

    if options.yes is not None or any("/" in word for word in options.place):
        if len(options.place) != 1:
            raise MistUsageError("--yes goes with one place: BACKEND/ID, or a backend.", "%mist sweep shows them.")
        with doing(f"Interrupted while {options.place[0]} was swept.", "%mist sweep shows what is left."):
            for line in leftovers.remove(session, options.place[0], options.yes):
                say(line)
        return Answer()
    chosen = [session.backend(word) for word in options.place] or list(session.client.backends.values())
    found, notes = leftovers.look(session, chosen)
    frame = frames.rows("resources", [left for _, left in found], [info for info, _ in found])
    return Answer(arranged(frame, options), notes)
