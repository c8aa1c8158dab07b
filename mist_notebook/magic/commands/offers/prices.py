"""`%mist prices`: which price lists the answers rest on, how old they are, and what is not covered."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from typing import TYPE_CHECKING

from mist_notebook.magic.commands.parts.arrange import ARRANGE, OUTPUT, arranged
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.client.notebook.session import Session


@command(
    "prices",
    Argument("--providers", "only these clouds, with commas: EC2,OVH", "A,B", values="provider"),
    Argument("--sources", "a row for each source of a provider's prices, not only one for all of them", switch=True),
    *ARRANGE,
    OUTPUT,
    group="compare",
    summary="the price lists behind the answers: rows, regions, days, source and age; which clouds have none, and why",
    examples=("%mist prices", "%mist prices --providers EC2 --sources", "%mist prices --sort age_days --desc"),
    returns="frame",
)
def prices(session: Session, options: Namespace) -> Answer:
    from mist_notebook.prices import catalogue
    from mist_notebook.prices.costs import currencies
    from mist_notebook.prices.known import covered

    frame = covered.lists(catalogue.offers(), date.today(), apart=options.sources)
    frame = _of(frame, options.providers) if options.providers else frame
    rates = currencies.kept(session.client.settings["currency"]).rates
    said = [str(rate) for rate in rates if rate.code == "EUR"][:1]
    note = f"Exchange: {said[0]}." if said else f"No rate of EUR is known: {currencies.BRINGS}."
    return Answer(arranged(frame, options), (*catalogue.refresh_notes(), note))


def _of(frame: pd.DataFrame, words: str) -> pd.DataFrame:
    """The rows of these clouds. Raises NotFoundError for one that there is none of."""
    from mist_notebook.ground.errors import NotFoundError
    from mist_notebook.ground.resolver import PROVIDER_ALIASES, did_you_mean
    from mist_notebook.ground.text import brief

    wanted = set()
    known = list(dict.fromkeys(frame["provider"]))
    for word in filter(None, map(str.strip, words.split(","))):
        folded = word.casefold()
        name = folded if folded in known else PROVIDER_ALIASES.get(folded, folded)
        if name not in known:
            raise NotFoundError(f"No cloud named '{brief(word)}' is known.", did_you_mean(word, known, "cloud"))
        wanted.add(name)
    return frame[frame["provider"].isin(wanted)].reset_index(drop=True)
