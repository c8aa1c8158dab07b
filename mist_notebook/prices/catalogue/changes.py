"""What a fresh price list changed against what was known before: new offers, gone ones, other prices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mist_notebook.records.columns import DAY, FIGURE, PANDAS_3, TEXT

from .overlay import KEY

CHANGED, NEW, GONE = "changed", "new", "gone"
ORDER = (CHANGED, NEW, GONE)
_RANK = {change: rank for rank, change in enumerate(ORDER)}
_SMALLEST = 1e-6
_COLUMNS = (*KEY, "change", "price_before", "price_now", "percent", "as_of_before", "as_of")


def between(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """One row for each offer that differs: the largest change of price in percent first, then new ones, then gone ones.

    An offer without a price before is new. Columns are the key, `change`, `price_before`, `price_now`, `percent`,
    `as_of_before` and `as_of`.
    """
    both = _figures(before, "_before").merge(_figures(after, ""), on=[*KEY], how="outer", indicator=True)
    both["change"] = both.pop("_merge").map({"left_only": GONE, "right_only": NEW, "both": CHANGED}).astype("object")
    both = both.rename(columns={"price_hourly_before": "price_before", "price_hourly": "price_now"})
    both["percent"] = 100 * (both["price_now"] / both["price_before"] - 1)
    both.loc[both["price_before"].isna(), "change"] = NEW
    same = (both["change"] == CHANGED) & ~(both["percent"].abs() > 100 * _SMALLEST)
    found = both[~same.to_numpy(dtype=bool)]
    return in_order(_typed(found))


def in_order(found: pd.DataFrame) -> pd.DataFrame:
    """Changes of one list or of several: the largest in percent first, then what is new, then what is gone."""
    largest = -found["percent"].abs().fillna(0)
    order = np.lexsort((found["region"], found["id"], found["provider"], largest, found["change"].map(_RANK)))
    return found.iloc[order].reset_index(drop=True)


def _figures(offers: pd.DataFrame, suffix: str) -> pd.DataFrame:
    """The key as plain text, and what is compared."""
    keys = offers[[*KEY]].astype("object").fillna("")
    return keys.assign(
        **{f"price_hourly{suffix}": offers["price_hourly"], f"as_of{suffix}": offers["as_of"]}
    ).drop_duplicates([*KEY])


def _typed(found: pd.DataFrame) -> pd.DataFrame:
    dtypes = dict.fromkeys(("price_before", "price_now", "percent"), FIGURE)
    dtypes |= {"as_of_before": DAY, "as_of": DAY}
    texts = dict.fromkeys((*KEY, "change"), TEXT) if PANDAS_3 else {}
    return found[[*_COLUMNS]].astype(dtypes | texts)
