"""What the answers rest on: each price list in the table, its days and source; and which clouds have none, and why."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from mist_notebook.ground.text_codes import coded, present
from mist_notebook.prices.catalogue.lists import PRICE_LISTS, token_variable
from mist_notebook.prices.catalogue.overlay import refreshed
from mist_notebook.records.columns import DAY, FIGURE, TEXT

from . import clouds
from .ages import age_days

EMBEDDED, FETCHED, OWN, ABSENT = "embedded", "fetched", "your backend", "not covered"
_COLUMNS: dict[str, str] = {
    **{"provider": TEXT, "how": TEXT, "rows": FIGURE, "regions": FIGURE, "oldest": DAY, "as_of": DAY},
    **{"age_days": FIGURE, "note": TEXT, "source": TEXT, "list": TEXT, "kinds": TEXT, "currency": TEXT},
}


def lists(
    offers: pd.DataFrame, today: date, environment: Mapping[str, str] | None = None, *, apart: bool = True
) -> pd.DataFrame:
    """One row for each source of a provider's offers, the largest provider first; then one for each that has none.

    Unless they are to stand `apart`, sources that came the same way have one row, which names the largest of them.
    `list` is the word for `%mist refresh`, `how` is `embedded`, `fetched`, `your backend` or `not covered`, `note` what
    brings more. `oldest` and `as_of` are the first and the last day of its prices, `age_days` of the last.
    """
    environment = os.environ if environment is None else environment
    fetched = set(present(refreshed()["source"]))
    parts = _parts(offers) if apart else _together(_parts(offers), fetched)
    rows = [_of_source(part, fetched, today, environment) for part in parts]
    largest = {row["provider"]: sum(own["rows"] for own in rows if own["provider"] == row["provider"]) for row in rows}
    rows.sort(key=lambda row: (-largest[row["provider"]], row["provider"], -row["rows"]))
    absent = [name for name in clouds.NAMES if name not in {row["provider"] for row in rows}]
    rows += [_of_absent(provider, environment) for provider in absent]
    frame = pd.DataFrame({name: _column([row.get(name) for row in rows], kind) for name, kind in _COLUMNS.items()})
    frame.attrs["mist"] = {"kind": "price lists", "question": "%mist prices"}
    return frame


def missing(provider: str) -> str:
    """Why a cloud that one expects has no offer in the table of now, and what brings them."""
    row = _of_absent(provider, os.environ)
    name = clouds.NAMES[provider]
    if row["list"]:
        return f"{name} isn't in this table yet: {row['note']} brings it."
    return f"{name} isn't in this table: {row['note']}."


def _column(values: list[Any], kind: str) -> Any:
    if kind == DAY:
        return pd.to_datetime(pd.Series(values, dtype="object")).astype("datetime64[s]")
    return pd.Series(values, dtype=kind)


def _parts(offers: pd.DataFrame) -> list[pd.DataFrame]:
    """The offers of each provider and source, those of backends apart."""
    providers, _ = coded(offers["provider"])
    sources, texts = coded(offers["source"])
    is_own = offers["backend"].notna().to_numpy()
    numbers = ((providers.astype(np.int64) + 1) * (len(texts) + 1) + sources + 1) * 2 + is_own
    return [offers.iloc[np.flatnonzero(numbers == number)] for number in np.unique(numbers)]


def _together(parts: list[pd.DataFrame], fetched: set[str]) -> list[pd.DataFrame]:
    """The sources of a provider that came the same way, the largest first."""
    found: dict[tuple[str, str], list[pd.DataFrame]] = {}
    for part in sorted(parts, key=len, reverse=True):
        found.setdefault((part["provider"].iloc[0], _how(part, fetched)), []).append(part)
    return [pd.concat(same) if len(same) > 1 else same[0] for same in found.values()]


def _how(part: pd.DataFrame, fetched: set[str]) -> str:
    return (
        OWN if isinstance(part["backend"].iloc[0], str) else FETCHED if part["source"].iloc[0] in fetched else EMBEDDED
    )


def _of_source(part: pd.DataFrame, fetched: set[str], today: date, environment: Mapping[str, str]) -> dict[str, Any]:
    priced = part[part["price_hourly"].notna()]
    days = priced["as_of"].dropna()
    provider, source = part["provider"].iloc[0], part["source"].iloc[0]
    how, others = _how(part, fetched), part["source"].nunique() - 1
    row = {
        "provider": provider,
        "source": f"{source} + {others}" if others > 0 else source,
        "how": how,
        "rows": float(len(part)),
        "list": _word(provider, source),
    }
    row |= {"regions": float(part["region"].nunique())}
    row |= {"kinds": ", ".join(sorted(present(part["kind"]))), "currency": ", ".join(present(part["currency"]))}
    if len(days):
        row |= {"oldest": days.min(), "as_of": days.max()}
        row |= {"age_days": max(0.0, float(age_days(days.to_numpy(), today).min()))}
    return row | {"note": _brings(str(row["list"] or ""), environment) if how == EMBEDDED else None}


def _word(provider: str, source: str | None) -> str | None:
    """The word that `%mist refresh` has for a provider's list; of several that of the source, else the first."""
    own = [one for one in PRICE_LISTS.values() if one.provider == provider]
    named = [one.name for one in own if one.source == source] or [one.name for one in own]
    return named[0] if named else None


def _of_absent(provider: str, environment: Mapping[str, str]) -> dict[str, Any]:
    word = _word(provider, None)
    name = clouds.NAMES[provider]
    note = _brings(word or "", environment)
    if not word and name in clouds.BY_ACCOUNT:
        note = "needs an account: %mist add"
    return {"provider": provider, "list": word, "how": ABSENT, "rows": 0.0, "note": note or "no public list"}


def _brings(word: str, environment: Mapping[str, str]) -> str | None:
    """What brings today's prices, and the token that it needs."""
    if not word:
        return None
    variable = token_variable(PRICE_LISTS[word])
    if variable and not environment.get(variable):
        return f"%mist refresh {word}, with {variable} set"
    return f"%mist refresh {word}"
