"""What prices were: the embedded spans as a frame, a row for each change and one for the last day that is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mist_notebook.frames import accessor as accessor  # a frame from here has `.mist`, whoever asks for it
from mist_notebook.records.columns import TEXT

from . import table_file

_MICRO = 1e6
Codes = np.ndarray[Any, np.dtype[Any]]
_SERIES = {"provider": "object", "id": "object", "region": "object"}
_SOURCES = {"source": "object"}
_DAYS = {"as_of": "object"}
_SPANS = {"series": "int32", "since": "int32", "until": "int32", "hourly_micro_usd": "float64", "source": "int32"}


def read(folder: Path = table_file.DATA) -> pd.DataFrame:
    """`provider id region as_of price_hourly currency source`, by provider, id and region, oldest first.

    A row says that from that day on, as far as any list tells, the price was this. The last row of a series repeats
    the price on the day of the last list that has it; a price that one list alone has is one row. Texts are
    categoricals; a missing region: the price is the same in all.
    """
    listed = table_file.manifest(folder)
    series = table_file.read(folder, "history/series", _SERIES, listed)
    sources = table_file.read(folder, "history/sources", _SOURCES, listed)["source"].to_numpy()
    days = table_file.read(folder, "history/days", _DAYS, listed)["as_of"].to_numpy(dtype="datetime64[s]")
    spans = table_file.read(folder, "history/spans", _SPANS, listed)
    code = {
        column: table_file.codes(spans, column, rows, "history/spans")
        for column, rows in (
            ("series", len(series)),
            ("source", len(sources)),
            ("since", len(days)),
            ("until", len(days)),
        )
    }
    row, day = _with_ends(code["series"], code["since"], code["until"])
    texts = {name: _categories(series[name].to_numpy(), code["series"][row]) for name in _SERIES}
    return pd.DataFrame(
        {
            **texts,
            "as_of": days[day],
            "price_hourly": spans["hourly_micro_usd"].to_numpy()[row] / _MICRO,
            "currency": pd.Categorical.from_codes(np.zeros(len(row), dtype="int8"), pd.Index(["USD"], dtype=TEXT)),
            "source": _categories(sources, code["source"][row]),
        },
        copy=False,
    )


def _with_ends(series: Codes, since: Codes, until: Codes) -> tuple[Codes, Codes]:
    """The number of the span and the code of the day for each row of the frame."""
    last = np.append(series[1:] != series[:-1], True) & (until > since)
    span = np.concatenate([np.arange(len(series)), np.flatnonzero(last)])
    day = np.concatenate([since, until[last]])
    order = np.argsort(span, kind="stable")
    return span[order], day[order]


def _categories(texts: np.ndarray[Any, Any], codes: Codes) -> pd.Categorical:
    own, known = pd.factorize(texts, use_na_sentinel=True)
    return pd.Categorical.from_codes(own[codes], pd.Index(known, dtype=TEXT))
