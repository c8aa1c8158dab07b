"""Records become DataFrames: fixed columns, order and dtypes, the same when empty. The only module that does this.

Text is text (ids too), figures are float64, flags are nullable booleans, days are datetime64[s]; unknown is missing.
Where the figures come from stands in columns; `df.attrs["mist"]` says which question the frame answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import pandas as pd

from mist_notebook.ground.errors import NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief, clean
from mist_notebook.records.columns import COLUMNS, DAY, FLAG, PANDAS_3, SORT_WORDS, TEXT
from mist_notebook.records.model import BackendInfo, Key, Listing, Provider
from mist_notebook.settings.settings import Setting

from . import accessor as accessor  # every frame from here has `.mist`

ATTRS = "mist"
EXTRA_PREFIX = "extra."


def listings(kind: str, parts: Sequence[Listing[Any]], **about: Any) -> pd.DataFrame:
    """One frame of `kind` from the listings of one backend, or of several, in their order."""
    records = [record for part in parts for record in part.records]
    counts = [len(part.records) for part in parts]
    frame = _frame(
        kind,
        records,
        backend=_repeated([part.backend.name for part in parts], counts),
        provider=_repeated([part.backend.provider for part in parts], counts),
    )
    oldest = min((part.fetched_at for part in parts), default=datetime.now(UTC))
    servers = sorted({part.backend.server for part in parts})
    sandbox = any(part.backend.sandbox for part in parts)  # one example price among others is said
    names = [part.backend.name for part in parts]
    return _marked(frame, kind, sandbox=sandbox, fetched_at=_moment(oldest), servers=servers, backends=names, **about)


def backends(records: Sequence[BackendInfo]) -> pd.DataFrame:
    """The backends, one a row."""
    frame = _frame(
        "backends",
        records,
        backend=[record.name for record in records],
        provider=[record.provider for record in records],
    )
    return _of_server(frame, "backends", sandbox=bool(records) and all(record.sandbox for record in records))


def keys(records: Sequence[Key], *, sandbox: bool) -> pd.DataFrame:
    """The SSH keys of the account; they belong to no backend."""
    return _of_server(_frame("keys", records), "keys", sandbox=sandbox)


def with_here(frame: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """Keys, with whether the private half of each is on this computer: those of these names."""
    return frame.assign(here=_series([name in names for name in frame["name"]], FLAG))


def providers(records: Sequence[Provider], *, sandbox: bool) -> pd.DataFrame:
    """The kinds of backend that can be added, with their aliases and what a machine there needs."""
    frame = _frame("providers", records, provider=[record.id for record in records])
    return _of_server(frame, "providers", sandbox=sandbox).assign(
        aliases=_series([", ".join(record.aliases) or None for record in records], TEXT),
        regions=_series([", ".join(record.regions) or None for record in records], TEXT),
    )


def with_standing(
    frame: pd.DataFrame, each: Sequence[Any], columns: Sequence[str] = ("account", "quota")
) -> pd.DataFrame:
    """The frame with whose `account` each row is, its `quota`, and where asked for what one `may` there, in words."""
    return frame.assign(**{name: _series([getattr(one, name) for one in each], TEXT) for name in columns})


def rows(
    kind: str, records: Sequence[Any], backends: Sequence[BackendInfo | None], *, sandbox: bool = False
) -> pd.DataFrame:
    """Rows of `kind` that were made here, each beside its backend: probes, runs, jobs."""
    frame = _frame(
        kind,
        records,
        backend=[backend.name if backend else None for backend in backends],
        provider=[backend.provider if backend else None for backend in backends],
    )
    return _of_server(frame, kind, sandbox=_all_sandbox(backends, sandbox))


def texts(values: Sequence[str | None]) -> pd.Series[Any]:
    """A column of text, missing where there is none."""
    return _series(list(values), TEXT)


def settings(values: Sequence[Setting], credentials: Sequence[tuple[str, str]] = ()) -> pd.DataFrame:
    """Every setting with its value, where that came from, and how to set it; secrets are never shown.

    `credentials` are names of backends that were added, and where theirs are.
    """
    names, sources = [name for name, _ in credentials], [source for _, source in credentials]
    blank = [None] * len(credentials)
    columns: dict[str, list[str | None]] = {
        "setting": [*(setting.option.name for setting in values), *(f"credentials of {name}" for name in names)],
        "value": [*(None if setting.value is None else str(setting.value) for setting in values), *blank],
        "source": [*(setting.source for setting in values), *sources],
        "variable": [*(setting.option.variable for setting in values), *blank],
        "about": [*(setting.option.about for setting in values), *("as %mist add found them" for _ in names)],
    }
    frame = pd.DataFrame({name: _series(cells, TEXT) for name, cells in columns.items()})
    return _marked(frame, "settings")


def with_columns(frame: pd.DataFrame, columns: Sequence[str], parts: Sequence[Listing[Any]]) -> pd.DataFrame:
    """The frame with just these columns; `+x` adds to the usual ones, `extra.x` is what the server said, `all` is all.

    `parts` are the listings the frame was made of: their `extra` is looked into only here.
    """
    wanted = [name for column in columns for name in ([column.removeprefix("+")] if column else [])]
    adds = any(column.startswith("+") for column in columns)
    is_all = wanted == ["all"]
    if is_all:
        keys = dict.fromkeys(key for part in parts for record in part.records for key in record.extra)
        wanted, adds = [EXTRA_PREFIX + key for key in keys], True
    frame = _with_extras(frame, [name for name in wanted if name.startswith(EXTRA_PREFIX)], parts)
    wanted = list(frame.columns) if is_all else wanted
    unknown = [name for name in wanted if name not in frame]
    if unknown:
        raise NotFoundError(
            f"No column named '{brief(unknown[0])}'.", did_you_mean(unknown[0], _names(frame), "column")
        )
    chosen = [*frame.columns, *wanted] if adds else wanted
    frame = frame[list(dict.fromkeys(chosen))]
    frame.attrs[ATTRS] = {**frame.attrs.get(ATTRS, {}), "asked": wanted}
    return frame


def arranged(frame: pd.DataFrame, *, sort: str | None, descending: bool, limit: int | None) -> pd.DataFrame:
    """The frame in another order, and cut; unknown sorts last either way, and equal rows keep their order."""
    if sort is not None:
        column = SORT_WORDS.get(sort, sort)
        if column not in frame:
            raise NotFoundError(
                f"No column named '{brief(sort)}' to sort by.", did_you_mean(sort, _names(frame), "column")
            )
        by = frame[column].str.casefold() if frame[column].dtype == TEXT else frame[column]
        order = by.sort_values(ascending=not descending, na_position="last", kind="stable").index
        frame = frame.loc[order]
    return frame.head(limit).reset_index(drop=True) if limit else frame.reset_index(drop=True)


def _all_sandbox(backends: Sequence[BackendInfo | None], otherwise: bool) -> bool:
    """Whether all that the rows are of is a sandbox; where there are none, as was said."""
    known = [backend.sandbox for backend in backends if backend]
    return all(known) if known else otherwise


def _frame(kind: str, records: Sequence[Any], **first: Iterable[Any]) -> pd.DataFrame:
    """The columns of `kind`, behind `backend` and `provider`."""
    data = {name: _series(list(first.get(name, [None] * len(records))), TEXT) for name in ("backend", "provider")}
    for column in COLUMNS[kind]:
        values = list(map(attrgetter(column.attribute), records))
        series = _series(values, column.dtype)
        data[column.name] = series if column.scale == 1.0 else series * column.scale
    return pd.DataFrame(data)


def _series(values: list[Any], dtype: str) -> pd.Series[Any]:
    """`values` with exactly this dtype, `None` as missing."""
    if values and values.count(values[0]) == len(values) and dtype != DAY:
        return pd.Series(values[0], index=range(len(values)), dtype=dtype)
    if dtype == TEXT and not PANDAS_3:
        return pd.Series(values, dtype="object")
    return pd.Series(values, dtype=dtype)


def _names(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns]


def _repeated(values: Sequence[str], counts: Sequence[int]) -> list[str]:
    return [value for value, count in zip(values, counts, strict=True) for _ in range(count)]


def _with_extras(frame: pd.DataFrame, names: Sequence[str], parts: Sequence[Listing[Any]]) -> pd.DataFrame:
    """The frame with these keys of `extra` as columns; a key that no record has is an unknown column."""
    if not names:
        return frame
    said = {(part.backend.name, record.id): record.extra for part in parts for record in part.records}
    rows = [said.get(pair, {}) for pair in zip(frame["backend"], frame["id"], strict=True)]
    every_key = {key for extra in said.values() for key in extra}
    for name in names:
        key = name.removeprefix(EXTRA_PREFIX)
        if key not in every_key:
            close = did_you_mean(name, [EXTRA_PREFIX + other for other in sorted(every_key)], "extra column")
            raise NotFoundError(f"No column named '{brief(name)}'.", close)
        frame = frame.assign(**{name: _series([_plain(row.get(key)) for row in rows], TEXT)})
    return frame


def _plain(value: Any) -> str | None:
    """A value of `extra` as text: a column of mixed objects would break grouping and export."""
    return None if value is None else clean(value if isinstance(value, str) else repr(value))


def _of_server(frame: pd.DataFrame, kind: str, *, sandbox: bool) -> pd.DataFrame:
    return _marked(frame, kind, sandbox=sandbox, fetched_at=_moment(datetime.now(UTC)))


def _moment(time: datetime) -> str:
    return time.isoformat(timespec="seconds")


def _marked(frame: pd.DataFrame, kind: str, **about: Any) -> pd.DataFrame:
    """The frame with a word on where it comes from; plain values only, so that it can be saved."""
    frame.attrs[ATTRS] = {"kind": kind, **about}
    return frame
