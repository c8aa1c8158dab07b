"""`%mist remove-key`: a key that isn't wanted any more."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from mist_notebook.ground.text import brief, counted
from mist_notebook.ground.typed_word import option
from mist_notebook.magic.commands.parts.choice import AGAIN, check_again
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session


@command(
    "remove-key",
    Argument("name", "the key", values="key", required=True),
    AGAIN,
    group="make",
    summary="take an SSH key off the Mist server, and off this computer's list; no private half is deleted",
    examples=("%mist remove-key demo --yes demo",),
    returns="text",
)
def remove_key(session: Session, options: Namespace) -> Answer:
    key = session.client.removable(options.name)
    name = brief(key.name)
    check_again(options.yes, key.name, what=f"The key '{name}'", shown=option("--yes", key.name))
    removed = session.client.remove_key(key.id)
    session.list_keys()
    where = "the server doesn't have it any more" if removed.of_server else "it isn't on this computer's list any more"
    stays = f"; its private half stays in {removed.private}" if removed.private else ""
    machines = f"{counted(key.machines, 'machine')} that know it go" if key.machines else "Machines that know it go"
    clouds = "" if removed.of_server else ", and a cloud that was given its public half keeps that"
    return Answer(None, (f"The key '{name}' was removed: {where}{stays}.", f"{machines} on knowing it{clouds}."))
