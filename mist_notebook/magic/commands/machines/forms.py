"""The command that opens the provisioning form."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.amounts import quantity
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session

_WORDS = (
    "backend",
    "location",
    "image",
    "size",
    "key",
    "network",
    "name",
    "count",
    "hours",
    "user",
    "port",
    "cpus",
    "ram",
)


@command(
    "form",
    Argument("backend", "the backend to begin with", values="backend"),
    Argument("--row", "one row of a frame to begin with, as an expression: df.iloc[0]", "EXPR", evaluated=True),
    Argument("--image", "begin with this image", "IMAGE", values="image"),
    Argument("--size", "begin with this size", "SIZE", values="size"),
    Argument("--location", "begin with this location", "LOCATION", values="location"),
    Argument("--key", "begin with this key", "KEY", values="key"),
    Argument("--name", "begin with this name", "NAME"),
    Argument("--count", "begin with this many machines, called NAME-1 and so on", "N"),
    Argument("--tag", "begin with this tag; may be repeated", "NAME=VALUE", many=True),
    Argument("--network", "begin with this network", "NETWORK", values="network"),
    Argument("--cpus", f"begin with the cheapest size of so many vCPUs: {quantity.COUNT_FORMS}", "AMOUNT"),
    Argument("--ram", f"begin with the cheapest size of so much memory: {quantity.RAM_FORMS}", "AMOUNT"),
    Argument("--hours", "begin with this time limit: 2h, 90m, 3d", "TIME"),
    Argument("--user", "begin with this user to log in as", "USER"),
    Argument("--port", "begin with this port of SSH", "PORT"),
    group="make",
    summary="make a machine by choosing: a form with the cost, a receipt, the progress and the probe",
    examples=(
        "%mist form",
        "%mist form NephoScale --name web-1",
        "%mist form --cpus 4 --ram 16GB",
        "%mist form --row df.iloc[0]",
    ),
    returns="form",
)
def form(session: Session, options: Namespace) -> Answer:
    from mist_notebook.widgets.form.form import open_form

    given: dict[str, Any] = {name: value for name in _WORDS if (value := getattr(options, name)) is not None}
    given |= {"tags": options.tag} if options.tag else {}
    return Answer(open_form(session, given, options.row))
