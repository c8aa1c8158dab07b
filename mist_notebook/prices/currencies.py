"""Prices of several currencies made comparable: all in USD, at a dated rate, or unknown where no rate is known.

Lists keep their own currency. What is compared is in one: a price in EUR is never taken for one in USD.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.text import brief
from mist_notebook.ground.text_codes import coded

if TYPE_CHECKING:
    from mist_notebook.settings.price_terms import Currency

HOME = "USD"
_MONEY = ("price_hourly", "price_monthly")


def in_usd(offers: pd.DataFrame, rate: Currency | None = None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The offers with all their prices in USD, and a line for each rate used; the frame given is left as it is.

    A price without a currency is taken for USD; one whose rate isn't known is unknown, and its row keeps its currency.
    Where all are in USD, it is the same frame.
    """
    codes, texts = coded(offers["currency"])
    others = [text for text in texts if text != HOME]
    if not others:
        return offers, ()
    found, notes = offers.copy(deep=False), []
    for text in others:
        rows = codes == texts.index(text)
        factor = 1 / rate.rate if rate is not None and rate.code == text and rate.rate > 0 else np.nan
        for name in _MONEY:
            found[name] = np.where(rows, offers[name].to_numpy() * factor, found[name].to_numpy())
        if rate is not None and not np.isnan(factor) and rows.any():
            found["currency"] = _put(found["currency"], rows)
            notes.append(_note(int(np.count_nonzero(rows)), text, rate))
    return found, tuple(notes)


def _put(column: pd.Series[Any], rows: Any) -> pd.Series[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype) and HOME not in column.cat.categories:
        column = column.cat.add_categories([HOME])
    return column.where(~rows, HOME)


def _note(count: int, code: str, rate: Currency) -> str:
    prices = f"{count:,} price{' in' if count == 1 else 's in'} {brief(code)} {'is' if count == 1 else 'are'}"
    return f"{prices} compared in USD: {rate}, the rate in the settings."


def foreign(offers: pd.DataFrame, rows: Any) -> str:
    """The currencies of these rows that are not USD, in words; nothing where there are none."""
    codes, texts = coded(offers["currency"])
    return ", ".join(sorted({texts[code] for code in np.unique(codes[rows]) if code >= 0 and texts[code] != HOME}))
