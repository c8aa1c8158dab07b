"""How our frames show: in JupyterLab, in a terminal and in a saved notebook.

The frame keeps all its columns. What is the same in every row (backend, currency, date, source) or unknown in every
row moves from the picture into the line above it, so that a listing reads at a glance. Frames of others, and ours
with columns taken away, show as pandas shows them, but for text that is always inert.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.text import clean, escape_html

from .formatters import show_as
from .view import Table, sentence_list, terminal_width

if TYPE_CHECKING:
    import pandas as pd

_MOST_ROWS = 60
_SHOWN_OF_MANY = 20
_ALWAYS = {"id", "name", "vcpus", "ram_gb", "disk_gb", "price_hourly", "price_monthly"}
_SAID_ABOVE = {"backend", "provider", "currency", "as_of", "source", "confidence", "sandbox", "server", "spec_source"}
# What another column of the same kind of frame says already; of backends and providers it is the subject.
_SAID_TWICE = {"backends": {"name"}, "providers": {"id"}}
_SUBJECT = {"backends": {"backend", "provider"}, "providers": {"provider"}}
_ADDRESSES = (("pandas", "DataFrame"), ("pandas.core.frame", "DataFrame"))
_COUNTED = {"journal": "journal records", "history": "dated prices", "history-summary": "price paths"}
_MONEY = ("price_", "cost_")
_MONEY_OF = ("_hourly", "_monthly", "total")  # in whatever currency: eur_hourly
_MONTHS = ("_monthly", "total")
_PER = "_per_"  # what df.mist.per adds: usd_per_vcpus
_SMALLEST_FOR_4 = 0.001
_CELL_LIMIT = 256
UNKNOWN = "–"


def install(shell: Any) -> Callable[[], None]:
    """Show our frames our way in this shell; the answer undoes it. Imports no pandas."""
    return show_as(shell, _ADDRESSES, html=_show_html, plain=_show_plain)


def html(frame: pd.DataFrame) -> str:
    """One of our frames as HTML: the line that says what it is, and the table."""
    table, above, below = _picture(frame)
    drawn = table.html() if len(table.header) > 1 or table.rows else ""
    after = "".join(map(_line_html, below))
    return f'<div class="mathjax_ignore tex2jax_ignore"><div>{escape_html(above)}</div>{drawn}{after}</div>'


def plain(frame: pd.DataFrame) -> str:
    """One of our frames as text: the line that says what it is, and the table."""
    from . import offer_picture

    table, above, below = _picture(frame)
    if frame.attrs["mist"].get("kind") in offer_picture.KINDS:
        table = offer_picture.narrowed(table, frame.attrs["mist"], terminal_width())
    return "\n".join(part for part in (clean(above), table.plain(), *map(clean, below)) if part)


def is_ours(frame: pd.DataFrame) -> bool:
    """Whether the frame came from here, and still has an index of row numbers and plain columns."""
    return (
        isinstance(frame.attrs.get("mist"), dict)
        and frame.columns.nlevels == 1
        and frame.columns.is_unique
        and frame.index.nlevels == 1
    )


def _show_html(frame: pd.DataFrame) -> str | None:
    return html(frame) if is_ours(frame) else frame._repr_html_()  # type: ignore[operator]


def _show_plain(frame: pd.DataFrame, printer: Any, cycle: bool) -> None:  # noqa: ARG001 - IPython's signature
    printer.text(plain(frame) if is_ours(frame) else repr(frame))


def _picture(frame: pd.DataFrame) -> tuple[Table, str, list[str]]:
    """The table to show, the line above it, and those below."""
    from . import offer_picture

    about = frame.attrs["mist"]
    offers = offer_picture.folded(frame, about)
    said, unknown = (list(offers.said), list(offers.unknown)) if offers else _folded(frame, about)
    shown = frame[list(offers.drawn)] if offers else frame.drop(columns=[*said, *unknown])
    rows = len(shown) if len(shown) <= _MOST_ROWS else _SHOWN_OF_MANY
    more = [f"… and {len(shown) - rows:,} more rows."] if rows < len(shown) else []
    more += offer_picture.below(frame, about, offers) if offers else []
    above = _line_above(frame, about, said, unknown, offers is not None)
    return _table(shown.head(rows), offers.rates if offers else ()), above, more


def _line_html(line: str) -> str:
    """A line under the table; one to type as such."""
    text = escape_html(line)
    return f"<div><code>{text}</code></div>" if line.startswith("%mist ") else f"<div>{text}</div>"


def _folded(frame: pd.DataFrame, about: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The columns that one word above the table can stand for, and those of which nothing is known."""
    from mist_notebook.records.columns import COLUMNS

    usual = {"backend", "provider", *(column.name for column in COLUMNS.get(about.get("kind", ""), ()))}
    if not len(frame) or not usual <= set(frame.columns):
        return [], []
    unknown = [name for name in frame.columns if name not in _ALWAYS and frame[name].isna().all()]
    said = [name for name in frame.columns if name in _SAID_ABOVE and name not in unknown and _is_constant(frame[name])]
    kind = about.get("kind", "")
    twice = _SAID_TWICE.get(kind, set() if "backend" in unknown else {"provider"} - set(unknown))
    return list({*said, *twice} - _SUBJECT.get(kind, set())), unknown


def _is_constant(column: pd.Series[Any]) -> bool:
    """Whether all known values are the same; a person may have put lists there, which can't be compared so."""
    try:
        return bool(column.nunique(dropna=True) == 1)
    except TypeError:
        return False


def _line_above(
    frame: pd.DataFrame, about: dict[str, Any], said: list[str], unknown: list[str], of_offers: bool
) -> str:
    value = {name: frame[name].dropna().iloc[0] for name in said}
    parts = _head_of_offers(frame, about, value) if of_offers else _head(frame, about, value, unknown)
    if about.get("sandbox"):
        parts.insert(0, "SANDBOX")
    if "price_hourly" in frame and frame["price_hourly"].notna().any():
        parts.append(_prices(value, example=bool(about.get("sandbox"))))
    if about.get("fetched_at"):
        parts.append(_read_at(about["fetched_at"]))
    if missed := [name for name in unknown if name not in {"backend", "provider"}]:
        parts.append(f"not known: {', '.join(missed)}")
    return " · ".join(part for part in parts if part)


def _head(frame: pd.DataFrame, about: dict[str, Any], value: dict[str, Any], unknown: list[str]) -> list[str]:
    """Whose rows they are, and how many."""
    kind = str(about.get("kind") or "rows") if frame.index.dtype.kind in "iu" else "rows"
    kind = _COUNTED.get(kind, kind)
    many = f"{len(frame):,} {kind if len(frame) != 1 else kind.removesuffix('s')}"
    whose = "provider" if "backend" in unknown else "backend"
    return [str(value.get(whose, "")) or sentence_list(about.get("backends", [])), many]


def _head_of_offers(frame: pd.DataFrame, about: dict[str, Any], value: dict[str, Any]) -> list[str]:
    from . import offer_picture

    return offer_picture.head(frame, about, value)


def _prices(value: dict[str, Any], *, example: bool) -> str:
    """What one can say of all the prices at once."""
    words = ["example prices" if example else "prices"]
    words += [f"in {value['currency']}"] if "currency" in value else []
    words += [f"of {_cell(value['as_of'], 0)}"] if "as_of" in value else []
    words += [f"({value['source']})"] if "source" in value else []
    return " ".join(words)


def _read_at(moment: str) -> str:
    then = datetime.fromisoformat(moment)
    seconds = (datetime.now(UTC) - then).total_seconds()
    age = f", {_age(seconds)} ago" if seconds >= 60 else ""
    return f"read {then:%H:%M} UTC{age}"


def _age(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def _table(frame: pd.DataFrame, rates: Collection[str] = ()) -> Table:
    """The table; `rates` are columns of prices of which a missing one says nothing."""
    columns = [_cells(frame[name], str(name), is_rate=name in rates or _PER in str(name)) for name in frame.columns]
    index = [_cut(label) for label in frame.index]
    rows = zip(index, *columns, strict=True) if len(frame.columns) else ((label,) for label in index)
    return Table(
        header=("", *(_cut(name) for name in frame.columns)),
        rows=tuple(tuple(row) for row in rows),
        left=(False, *(not _is_figure(frame[name]) for name in frame.columns)),
    )


def _is_figure(column: pd.Series[Any]) -> bool:
    return column.dtype.kind in "iuf"


def _cells(column: pd.Series[Any], name: str, *, is_rate: bool = False) -> list[str]:
    """The column as text: figures with as many decimals as the column needs, so that they stand under each other."""
    missing = "unknown" if _is_money(name) and not is_rate else UNKNOWN
    known = column.notna()
    decimals = _decimals(column[known], name, is_rate=is_rate) if _is_figure(column) else 0
    return [_cell(value, decimals) if is_known else missing for value, is_known in zip(column, known, strict=True)]


def _is_money(name: str) -> bool:
    return name.startswith(_MONEY) or name.endswith(_MONEY_OF)


def _decimals(figures: pd.Series[Any], name: str, *, is_rate: bool = False) -> int:
    if name.endswith(_MONTHS):
        return 2
    if name == "diff_percent":
        return 1
    if is_rate or _is_money(name):
        return 4 if (figures >= _SMALLEST_FOR_4).all() else 6
    return next((places for places in (0, 1) if (figures == figures.round(places)).all()), 2)


def _cell(value: Any, decimals: int) -> str:
    if type(value).__name__.startswith("bool"):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,.{decimals}f}"
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m-%d" if _is_day(value) else "%Y-%m-%d %H:%M"))
    return _cut(value)


def _cut(value: Any) -> str:
    return clean(str(value), _CELL_LIMIT)


def _is_day(value: Any) -> bool:
    """Whether a date has no time of day, or midnight's: all of our own columns."""
    return not (getattr(value, "hour", 0) or getattr(value, "minute", 0) or getattr(value, "second", 0))
