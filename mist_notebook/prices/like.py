"""The offers most like one size: near it in shape, cheapest first, with what differs and what would be saved.

The distance of two shapes adds up how far vCPUs, RAM and GPUs are, each as a part of the larger one; 0.5 for another
GPU; and 0.1 for each of: another architecture, less local disk, burstable or bare metal where the other one isn't. So
0 is the same shape, and half the RAM is 0.5. More local disk is no difference. Pure: offers and a reference → a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.display.view import sentence_list
from mist_notebook.ground import gpu_models
from mist_notebook.ground.errors import AmbiguousError, BadValueError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief, is_pasteable
from mist_notebook.ground.text_codes import present, where
from mist_notebook.records.columns import TEXT

from . import currencies
from .compare import GROUPS, LIMIT, own_words, plain
from .figures import HOURLY, Figures
from .fitting import fit, in_regions, of_provider
from .offer_words import beyond, dated, money, place_of
from .selection import Candidates, grouped
from .wish import LINUX, Wish, read

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Codes, Flags

    Column = np.ndarray[Any, np.dtype[np.float64]]

TOLERANCE = 0.25
OTHER = {"arch": 0.1, "gpu_name": 0.5, "burstable": 0.1, "bare_metal": 0.1, "disk_gb": 0.1}
ON_DEMAND = "on-demand"
_MOST_NAMED = 6
_CENT = 0.01
_FARTHEST = 100.0
_SHAPE = ("vcpus", "ram_gb", "gpus")
_FLAGS = ("burstable", "bare_metal")


@dataclass(frozen=True)
class Likeness:
    """How near is near, and what has a row; `anywhere` is also at the reference's own provider.

    `currency` is the one that the offers are in, `absent` are clouds that they have nothing of.
    """

    tolerance: float = TOLERANCE
    per: str = "size"
    limit: int | None = LIMIT
    anywhere: bool = False
    currency: str = currencies.HOME
    absent: tuple[str, ...] = ()


USUAL = Likeness()


@dataclass(frozen=True)
class Alike:
    """The offers that are like another one, the lines that go with them, and how many could have had a row."""

    frame: pd.DataFrame
    notes: tuple[str, ...]
    of: int


def like(
    offers: pd.DataFrame,
    reference: Any,
    wish: Wish | None = None,
    likeness: Likeness = USUAL,
    *,
    today: date | None = None,
) -> Alike:
    """The offers like `reference`: `EC2:m5.xlarge`, with `@us-east-1` in just that region, or a row of offers.

    Of other providers, where the wish names none. The frame has the columns of `offers`, and `distance differs
    diff_vcpus diff_ram_gb diff_disk_gb diff_hourly diff_percent saved_monthly`, all from the reference to the offer.
    Raises NotFoundError and AmbiguousError for the reference.
    """
    wish, today = wish or Wish(), today or date.today()
    offers, _ = currencies.in_one(offers, home=likeness.currency)
    own = offers.iloc[find(offers, reference)]
    found = fit(offers, wish, today)
    found = replace(found, rows=found.rows[_others(offers, own, wish, likeness)[found.rows]])
    distance = distances(offers, found.rows, own)
    near = distance <= likeness.tolerance
    if not near.any():
        lines = (about(own, likeness.currency), _none_near(offers, found.rows, distance, own, likeness))
        return marked(Alike(_frame(offers, found.rows[near], distance[near], own), lines, 0), own)
    found, distance = replace(found, rows=found.rows[near]), distance[near]
    figures = Figures(offers, found.rows, wish)
    columns = GROUPS[likeness.per]
    groups = grouped(offers, found.rows, (*columns, *(wish.apart if columns else ())))
    candidates = Candidates(offers, found, figures, figures[HOURLY], groups, (distance,))
    order = candidates.best(likeness.limit)
    frame = _frame(offers, found.rows[order], distance[order], own)
    return marked(Alike(frame, (about(own, likeness.currency), _best(frame, own, likeness, today)), candidates.of), own)


def marked(found: Alike, own: pd.Series[Any]) -> Alike:
    """The same, whose frame says what it answers."""
    about = {"kind": "like", "of": found.of, "rows": len(found.frame), "like": place_of(own)}
    found.frame.attrs["mist"] = {**about, "lines": list(found.notes)}
    return found


def like_words(offers: pd.DataFrame, reference: Any, asked: Mapping[str, Any]) -> Alike:
    """As `like`, in a person's words: those of a wish, and `tolerance per limit anywhere`."""
    words = dict(asked)
    own = own_words(words, ("tolerance", "per", "limit", "anywhere", "currency"))
    if "tolerance" in own:
        own["tolerance"] = tolerance(own["tolerance"])
    return like(offers, reference, read(**words), Likeness(**own))


def tolerance(given: Any) -> float:
    """How far two shapes may be apart. Raises BadValueError."""
    try:
        found = float(given)
    except (TypeError, ValueError):
        found = -1.0
    if not 0 <= found <= _FARTHEST:
        raise BadValueError(f"'{brief(str(given))}' is no tolerance.", "Give a distance from 0 to 100, such as 0.25.")
    return found


def find(offers: pd.DataFrame, reference: Any) -> int:
    """The row that a reference means: the one of its region, else the cheapest one; of its kind, else on demand."""
    provider, size, region = _parts(reference)
    if not size:
        raise BadValueError("Like what? The size is empty.", "Name one: EC2:m5.xlarge, or EC2:m5.xlarge@us-east-1.")
    there = of_provider(offers, provider) if provider else np.ones(len(offers), dtype=np.bool_)
    rows = np.flatnonzero(there & _size(offers, there, size, provider))
    if region:
        rows = rows[in_regions(offers.iloc[rows], (region,))]
    price = offers[HOURLY].to_numpy()[rows]
    kind, system = _word_of(reference, "kind", ON_DEMAND), _word_of(reference, "os", LINUX).casefold()
    is_other_kind = ~where(offers["kind"].iloc[rows], lambda text: text == kind)
    is_other_system = where(offers["os"].iloc[rows], lambda text: text.casefold() != system)
    return int(rows[np.lexsort([price, np.isnan(price), is_other_system, is_other_kind])[0]])


def _word_of(reference: Any, name: str, usual: str) -> str:
    """What a row says under this name; the usual where the reference says nothing."""
    said = reference[name] if hasattr(reference, "keys") and name in reference else None
    return said if isinstance(said, str) else usual


def _parts(reference: Any) -> tuple[str, str, str]:
    """Provider or backend, size and region of a reference; nothing where it doesn't say."""
    if hasattr(reference, "keys"):
        said = {name: reference[name] for name in ("backend", "provider", "id", "region") if name in reference}
        text = {name: value for name, value in said.items() if isinstance(value, str)}
        return text.get("backend") or text.get("provider", ""), text.get("id", ""), text.get("region", "")
    size, _, region = reference.partition("@") if isinstance(reference, str) else ("", "", "")
    provider, _, name = (part.strip() for part in size.rpartition(":"))
    return provider, name, region.strip()


def _size(offers: pd.DataFrame, there: Flags, wanted: str, provider: str) -> Flags:
    """The rows of the one size that the word means, among those `there`."""
    folded = wanted.casefold()
    ways: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("id", lambda text: text == wanted),
        ("name", lambda text: text == wanted),
        ("id", lambda text: text.casefold() == folded),
        ("name", lambda text: text.casefold() == folded),
    )
    for column, means in ways:
        found = there & where(offers[column], means)
        if found.any():
            _check_one(offers[found], wanted)
            return found
    known = present(offers["id"].iloc[np.flatnonzero(there)])
    of = f" at {brief(provider)}" if provider else ""
    raise NotFoundError(f"No size named '{brief(wanted)}'{of}.", did_you_mean(wanted, known, "size"))


def _check_one(found: pd.DataFrame, wanted: str) -> None:
    sizes = found[["provider", "id"]].astype("object").drop_duplicates()
    if len(sizes) == 1:
        return
    named = [f"{provider}:{size}" for provider, size in zip(sizes["provider"], sizes["id"], strict=True)]
    sayable = ", ".join(filter(is_pasteable, named[:_MOST_NAMED]))
    raise AmbiguousError(f"{len(sizes)} sizes match '{brief(wanted)}'.", f"Say which: {sayable}.")


def _others(offers: pd.DataFrame, own: pd.Series[Any], wish: Wish, likeness: Likeness) -> Flags:
    """The rows that are not the reference's own size, nor of its provider unless that is wanted."""
    same_provider = where(offers["provider"], lambda text: text == own["provider"])
    if wish.providers or likeness.anywhere:
        return ~(same_provider & where(offers["id"], lambda text: text == own["id"]))
    return ~same_provider


def distances(offers: pd.DataFrame, rows: Codes, own: pd.Series[Any]) -> Column:
    """How far each row is from the reference's shape; NaN where one of its figures is unknown."""
    distance = np.zeros(len(rows))
    if not {"vcpus", "ram_gb"} & {*_known(own)}:
        return distance + np.nan
    for name in _known(own):
        values = offers[name].to_numpy()[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.abs(values - own[name]) / np.maximum(values, own[name])
        distance += np.where((values == 0) & (own[name] == 0), 0.0, part)
    for name, other in _other(offers.iloc[rows], own).items():
        distance += OTHER[name] * other
    return np.round(distance, 6)


def _known(own: pd.Series[Any]) -> list[str]:
    """The figures of the reference's shape that are known, and are compared."""
    return [name for name in _SHAPE if not np.isnan(own[name])]


def _other(rows: pd.DataFrame, own: pd.Series[Any]) -> dict[str, Flags]:
    """What counts as another kind of thing, and for which rows; what is unknown on either side never does."""
    found = {"arch": _is_other(rows["arch"], own["arch"]), "gpu_name": _is_other_gpu(rows["gpu_name"], own["gpu_name"])}
    found |= {name: (rows[name] != own[name]).to_numpy(dtype=np.bool_, na_value=False) for name in _flags(own)}
    disk = rows["disk_gb"].to_numpy()
    found["disk_gb"] = ~(disk >= own["disk_gb"]) if own["disk_gb"] > 0 else np.zeros(len(rows), dtype=np.bool_)
    return found


def _is_other(texts: pd.Series[Any], own: Any) -> Flags:
    if not isinstance(own, str):
        return np.zeros(len(texts), dtype=np.bool_)
    return where(texts, lambda text: text != own)


def _is_other_gpu(texts: pd.Series[Any], own: Any) -> Flags:
    if not isinstance(own, str):
        return np.zeros(len(texts), dtype=np.bool_)
    return where(texts, lambda text: not gpu_models.is_same(text, own))


def _flags(own: pd.Series[Any]) -> list[str]:
    return [name for name in _FLAGS if not pd.isna(own[name])]


def _frame(offers: pd.DataFrame, rows: Codes, distance: Column, own: pd.Series[Any]) -> pd.DataFrame:
    """The offers at these rows, with how they differ from the reference; text is plain, and rows are numbered."""
    found = offers.iloc[rows]
    frame = plain(found)
    hourly, monthly = own[HOURLY], own["price_monthly"]
    return frame.assign(
        distance=distance,
        differs=pd.Series(_differs(found, own), dtype=TEXT),
        diff_vcpus=frame["vcpus"] - own["vcpus"],
        diff_ram_gb=frame["ram_gb"] - own["ram_gb"],
        diff_disk_gb=frame["disk_gb"] - own["disk_gb"],
        diff_hourly=frame[HOURLY] - hourly,
        diff_percent=100 * (frame[HOURLY] / hourly - 1),
        saved_monthly=monthly - frame["price_monthly"],
    )


def _differs(rows: pd.DataFrame, own: pd.Series[Any]) -> list[str]:
    """In words what counted as another kind of thing: `arm64, burstable`; an empty text where nothing did."""
    other = _other(rows, own)
    words: list[str] = []
    for place, (_, row) in enumerate(rows.iterrows()):
        said = [_said(name, row[name]) for name, flags in other.items() if flags[place]]
        words.append(", ".join(said))
    return words


def _said(name: str, value: Any) -> str:
    if name in _FLAGS:
        return f"{'' if value else 'not '}{name.replace('_', ' ')}"
    return "less disk" if name == "disk_gb" else str(value)


def about(own: pd.Series[Any], currency: str = currencies.HOME) -> str:
    """The reference in one line: where, its shape, and its price."""
    facts = [f"{own[name]:,.10g} {unit}" for name, unit in (("vcpus", "vCPUs"), ("ram_gb", "GB")) if own[name] > 0]
    facts += [f"{own['gpus']:g} {own['gpu_name'] if isinstance(own['gpu_name'], str) else 'GPUs'}"] * int(
        own["gpus"] > 0
    )
    facts += [own["arch"]] if isinstance(own["arch"], str) else []
    priced = "price unknown"
    if own[HOURLY] > 0:
        priced = f"{money(own[HOURLY])} {currency}/h, {own['price_monthly']:,.2f} a month"
    unknown = [name for name in ("vcpus", "ram_gb") if name not in _known(own)]
    left = f" Its {sentence_list(unknown)} is unknown, and not compared." if unknown else ""
    return f"{place_of(own)}: {', '.join((*facts, priced))}.{left}"


def _best(frame: pd.DataFrame, own: pd.Series[Any], likeness: Likeness, today: date) -> str:
    """What the first one saves; and what the distance is."""
    meaning = f"Distance: 0 is the same shape, 0.5 half the vCPUs or the RAM; up to {likeness.tolerance:g} is shown."
    first = frame.iloc[0]
    if not (first[HOURLY] > 0 and own[HOURLY] > 0):
        return f"No price to compare with is known. {meaning}"
    saved, percent = first["saved_monthly"], -first["diff_percent"]
    differs = f" ({first['differs']})" if first["differs"] else ""
    said = f"{place_of(first)}{differs} {_saving(saved, percent, likeness.currency)}."
    days = f"{dated(first).capitalize()}, the other one's {dated(own)}"
    return f"Cheapest: {said} {days}{beyond(likeness.absent, first['as_of'], today)}. {meaning}"


def _saving(saved: float, percent: float, currency: str) -> str:
    if abs(saved) < _CENT / 2:
        return "costs the same"
    if saved > 0:
        return f"saves {saved:,.2f} {currency} a month, {percent:,.0f} %"
    return f"costs {-saved:,.2f} {currency} a month more"


def _none_near(offers: pd.DataFrame, rows: Codes, distance: Column, own: pd.Series[Any], likeness: Likeness) -> str:
    """When nothing is near enough: the nearest, and the tolerance that it needs."""
    if not {"vcpus", "ram_gb"} & {*_known(own)}:
        return f"Nothing can be said to be like {place_of(own)}: no list knows its vCPUs or its memory."
    if not len(rows) or np.isnan(distance).all():
        return "Nothing else of a known shape is there to compare with."
    nearest = int(np.nanargmin(distance))
    needed = np.ceil(distance[nearest] * 100) / 100
    place = place_of(offers.iloc[int(rows[nearest])])
    return f"Nothing is within {likeness.tolerance:g} of it. The nearest is {place}: add --tolerance {needed:g}"
