"""`%mist explore`: sizes and prices with sliders, beside the line that gives the same frame."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from mist_notebook.magic.commands.parts.conditions import ranked, wished, with_parts
from mist_notebook.magic.commands.table import COMMANDS, Answer, command

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session

_NOT_HERE = {"--pivot", "--sort", "--columns"}
_FILTERS = tuple(argument for argument in COMMANDS["compare"].arguments if argument.name not in _NOT_HERE)


@command(
    "explore",
    *_FILTERS,
    group="make",
    summary="sizes and prices with sliders, a table and a chart; what is picked goes to the form",
    examples=(
        "%mist explore",
        "%mist explore --cpus 4+ --ram 16GB --region eu",
        "explorer = %mist explore --gpu A100 --hours 200",
    ),
    returns="explorer",
)
def explore(session: Session, options: Namespace) -> Answer:
    from mist_notebook.prices.costs import currencies
    from mist_notebook.widgets.explorer.opening import open_explorer
    from mist_notebook.widgets.explorer.state import state

    options.pivot, options.sort = False, None
    ranking = with_parts(ranked(options), options, session, currencies.kept(session.client.settings["currency"]))
    begin = state.opened(wished(options), ranking)
    return Answer(
        open_explorer(session, begin, options.snapshot, offline=options.offline, refresh=options.refresh),
    )
