"""A frame as a page of its own: filters, a table and a chart, from one file, offline, in any browser.

Nothing is fetched, and what the frame holds is only ever text there. The page's parts are files beside this one.
"""

from __future__ import annotations

import json
import math
from importlib.resources import files
from typing import Any

import pandas as pd

from mist_notebook.charts.look import looks_of
from mist_notebook.display.headers import header
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import clean, escape_html
from mist_notebook.records.provider_names import called

_MOST_ROWS = 100_000
_LONGEST = 200
_OURS = ("provider", "id", "region", "price_hourly", "as_of", "vcpus", "ram_gb", "disk_gb", "gpus", "gpu_name", "arch")
_MORE = ("kind", "os", "price_monthly", "currency", "family", "name", "source", "confidence")


def page_bytes(frame: pd.DataFrame) -> bytes:
    """The page in UTF-8. Raises BadValueError for a frame of more rows than a browser would show with pleasure."""
    if len(frame) > _MOST_ROWS:
        raise BadValueError(f"{len(frame):,} rows are too many for a page.", f"Ask for {_MOST_ROWS:,} at most.")
    here = files(__package__)
    text, done = (here / "page.html").read_text(encoding="utf-8"), ""
    parts = {
        "title": escape_html(_title(frame)),
        "heading": escape_html(_title(frame)),
        "said": _said(frame),
        "css": (here / "page.css").read_text(encoding="utf-8"),
        "js": (here / "page.js").read_text(encoding="utf-8"),
        "data": _inside(json.dumps(_data(frame), ensure_ascii=False, separators=(",", ":"), allow_nan=False)),
    }
    for name in ("title", "css", "heading", "said", "data", "js"):
        before, _, text = text.partition(f"@{name}@")
        done += before + parts[name]  # what is put in is never read as a place
    return (done + text).encode("utf-8", errors="replace")


def _inside(data: str) -> str:
    """JSON that can end no script and begin no comment."""
    return data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _title(frame: pd.DataFrame) -> str:
    return "Sizes and prices" if "price_hourly" in frame else f"{len(frame):,} rows"


def _said(frame: pd.DataFrame) -> str:
    """Where the rows come from, and what they are of, as paragraphs."""
    about = frame.attrs.get("mist", {})
    lines = []
    if about.get("sandbox"):
        lines.append("SANDBOX: example prices.")
    if "as_of" in frame and frame["as_of"].notna().any():
        days = frame["as_of"].dropna()
        lines.append(f"Prices of {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}; each row has its day.")
    if "currency" in frame:
        lines.append(f"In {', '.join(sorted(map(str, frame['currency'].dropna().unique())))}.")
    line = str(about.get("line") or about.get("question") or "")
    made = f"<p>Made by <code>{escape_html(clean(line, 400))}</code>.</p>" if line.startswith("%mist") else ""
    return f"<p>{escape_html(' '.join(lines))}</p>{made}" if lines or made else ""


def _data(frame: pd.DataFrame) -> dict[str, Any]:
    names = [str(name) for name in frame.columns]
    first = [name for name in (*_OURS, *_MORE) if name in names]
    shown = [*first, *(name for name in names if name not in first)] if "price_hourly" in names else names
    currency = _only_currency(frame)
    columns = [_column(name, frame.iloc[:, names.index(name)], currency) for name in shown]
    kept = [column for column in columns if column is not None]
    owners: list[str] = next(
        (column["words"] for column in kept if column["name"] == "provider" and "words" in column), []
    )
    looks = {name: (look.colour, look.shape) for name, look in zip(owners, looks_of(owners), strict=True)}
    return {"rows": len(frame), "columns": kept, "looks": looks}


def _only_currency(frame: pd.DataFrame) -> str | None:
    known = set(frame["currency"].dropna()) if "currency" in frame else set()
    return str(known.pop()) if len(known) == 1 else None


def _column(name: str, values: pd.Series[Any], currency: str | None) -> dict[str, Any] | None:
    """One column; `None` for one that says nothing."""
    if values.isna().all() and len(values):
        return None
    about = {
        "name": name,
        "title": clean(header(name, currency), _LONGEST),
        "money": "price" in name or "total" in name,
    }
    if values.dtype.kind in "iuf":
        return {**about, "kind": "figure", "values": [_figure(value) for value in values.tolist()]}
    codes: list[int] = []
    places: dict[str, int] = {}
    for value in _texts(name, values):
        place = -1 if value is None else places.setdefault(value, len(places))
        codes.append(place)
    return {**about, "money": False, "kind": "text", "values": codes, "words": list(places)}


def _texts(name: str, values: pd.Series[Any]) -> list[str | None]:
    if values.dtype.kind == "M":
        return [None if pd.isna(value) else f"{value:%Y-%m-%d}" for value in values]
    told = [None if _is_nothing(value) else clean(str(value), _LONGEST) for value in values.tolist()]
    return [called(text) if text else text for text in told] if name == "provider" else told


def _is_nothing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _figure(value: float) -> float | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else float(f"{value:.10g}")
