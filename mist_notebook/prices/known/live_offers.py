"""What live backends list, as offers; and these beside the catalogue's: one frame in which the same offer stands once.

A backend's size and the catalogue's are the same offer where provider, id (or name), region, kind and system are; then
the backend's row wins, and takes from the catalogue only what the backend doesn't say. A backend that names no region
has its price in every region of the size, but where the catalogue knows that the price differs between them: then it is
an offer of an unknown region.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.text_codes import coded
from mist_notebook.records.columns import OFFERS, PANDAS_3, TEXT
from mist_notebook.records.model import Listing, Size
from mist_notebook.records.units import UNITS

if TYPE_CHECKING:
    Numbers = np.ndarray[Any, np.dtype[np.int64]]

_PRICE = ("price_hourly", "price_monthly", "cap_hours", "currency", "as_of", "source", "confidence")
_SPEC: tuple[str, ...] = (
    "family",
    "vcpus",
    "ram_gb",
    "disk_gb",
    "gpus",
    "gpu_name",
    "gpu_ram_gb",
    "gpu_form",
    "arch",
    "burstable",
    "bare_metal",
)
_SPEC += ("net_gbps", "spec_source")
_ARCH = {"x86": "x86_64"}  # a provider's word for the family: its machines of today are 64-bit
_DISK_IN_MB = {"linode": 10_240.0}  # above that it is MB: Linode's own API counts so, and no disk there is that large


def rows(part: Listing[Size]) -> pd.DataFrame:
    """What one backend lists, as offers: units and prices as PRICES.md has them per provider, unknown as missing."""
    provider = part.backend.provider
    unit = UNITS.get(provider)
    cap_hours = unit.cap_hours if unit and unit.cap_hours < HOURS_A_MONTH else np.nan
    said = [size.extra for size in part.records]
    values: dict[str, Iterable[Any]] = {
        "id": (size.id for size in part.records),
        "name": (size.name for size in part.records),
        "vcpus": (size.vcpus for size in part.records),
        "ram_gb": (size.ram_mb and size.ram_mb / 1024 for size in part.records),
        "disk_gb": (_disk_gb(size, provider) for size in part.records),
        "gpus": (_number(extra.get("gpus", extra.get("gpu"))) for extra in said),
        "arch": (_ARCH.get(size.arch or "", size.arch) for size in part.records),
        "spec_source": (size.spec_source for size in part.records),
        "price_hourly": (size.price.hourly for size in part.records),
        "price_monthly": (size.price.monthly for size in part.records),
        "currency": (size.price.currency for size in part.records),
        "as_of": (size.price.as_of for size in part.records),
        "source": (size.price.source for size in part.records),
        "confidence": (size.price.confidence for size in part.records),
    }
    same = {
        "backend": part.backend.name,
        "provider": provider,
        "region": part.backend.region,
        "kind": "on-demand",
        "os": "linux",
        "cap_hours": cap_hours,
    }
    many = len(part.records)
    return pd.DataFrame(
        {
            column.name: _series(list(values.get(column.name, [same.get(column.name)] * many)), column.dtype)
            for column in OFFERS
        }
    )


def merged(known: pd.DataFrame, live: pd.DataFrame) -> pd.DataFrame:
    """The catalogue's offers and the live ones, a live one in the place of the same offer; all columns of OFFERS."""
    sizes = _Sizes(known)
    live = live.assign(size=sizes.of(live), row=np.arange(len(live)))
    own = _of_these_sizes(known, sizes.numbers, live["size"])
    met = live.merge(own.drop(columns=["provider"]), on=["size", "kind", "os"], suffixes=("", "_known"), how="inner")
    met = met[_is_same_offer(met)]
    alone = live[~live["row"].isin(met["row"])]
    taken = np.zeros(len(known), dtype=np.bool_)
    taken[met["place"].to_numpy(dtype=np.int64)] = True
    return _stacked(known[~taken], [_filled(met), _with_specs(alone, own)])


def _is_same_offer(met: pd.DataFrame) -> pd.Series[bool]:
    """Whether a live size and one of the catalogue's are one offer, by what both say of the region."""
    same_region = met["region"].str.casefold() == met["region_known"].str.casefold()
    return same_region | (met["region"].isna() & (met["price_hourly"].isna() | met["is_flat"]))


class _Sizes:
    """The sizes that the catalogue has, as a number for each, and the number of each of its rows."""

    def __init__(self, known: pd.DataFrame) -> None:
        providers, self._providers = coded(known["provider"])
        ids, self._ids = coded(known["id"])
        self.numbers = providers.astype(np.int64) * len(self._ids) + ids
        self._known = set(np.unique(self.numbers).tolist())
        self._provider_places = {text: place for place, text in enumerate(self._providers)}
        self._id_places = {text: place for place, text in enumerate(self._ids)}

    def number(self, provider: str, size: str) -> int | None:
        """The number of a size that the catalogue has."""
        if provider not in self._provider_places or size not in self._id_places:
            return None
        number = self._provider_places[provider] * len(self._ids) + self._id_places[size]
        return number if number in self._known else None

    def of(self, live: pd.DataFrame) -> list[int]:
        """The number of each live size, by its id, else by its name; -1 for one that the catalogue hasn't."""
        rows = zip(live["provider"], live["id"], live["name"], strict=True)
        found = ((self.number(provider, own), self.number(provider, name)) for provider, own, name in rows)
        return [next((number for number in pair if number is not None), -1) for pair in found]


def _of_these_sizes(known: pd.DataFrame, numbers: Numbers, wanted: pd.Series[Any]) -> pd.DataFrame:
    """The catalogue's rows of live sizes as plain text: their place in it, and whether every region costs the same."""
    places = np.flatnonzero(np.isin(numbers, wanted.unique()))
    own = _plain(known.iloc[places]).drop(columns=["backend", "id", "name"]).assign(size=numbers[places], place=places)
    return own.assign(is_flat=own.groupby("size")["price_hourly"].transform("nunique") <= 1)


def _filled(met: pd.DataFrame) -> pd.DataFrame:
    """Live rows beside the catalogue's: what the backend doesn't say is the catalogue's, prices as a whole."""
    filled = met[[column.name for column in OFFERS]].copy()
    for name in (*_SPEC, "region"):
        filled[name] = filled[name].where(filled[name].notna(), met[f"{name}_known"])
    unpriced = met["price_hourly"].isna()
    for name in _PRICE:
        filled[name] = filled[name].where(~unpriced, met[f"{name}_known"])
    return filled


def _with_specs(alone: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Live rows of a region that the catalogue hasn't, with what it knows of the size elsewhere."""
    specs = own.drop_duplicates("size")[["size", *_SPEC]]
    met = alone.merge(specs, on="size", suffixes=("", "_known"), how="left")
    for name in _SPEC:
        met[name] = met[name].where(met[name].notna(), met[f"{name}_known"])
    return met[[column.name for column in OFFERS]]


def _stacked(known: pd.DataFrame, more: list[pd.DataFrame]) -> pd.DataFrame:
    """One frame below the other, the catalogue's categories widened by the live texts rather than given up."""
    live = pd.concat(more, ignore_index=True)
    wide, added = known.copy(deep=False), live.copy(deep=False)
    for name in known.columns:
        if isinstance(known[name].dtype, pd.CategoricalDtype):
            texts = known[name].cat.categories.union(pd.Index(live[name].dropna().unique(), dtype=TEXT), sort=False)
            wide[name] = known[name].cat.set_categories(texts)
            added[name] = pd.Categorical(live[name], categories=texts)
    return pd.concat([wide, added.astype(wide.dtypes.to_dict())], ignore_index=True)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with plain text in the place of categories, and rows numbered."""
    frame = frame.reset_index(drop=True)
    texts = [str(name) for name, dtype in frame.dtypes.items() if isinstance(dtype, pd.CategoricalDtype)]
    return frame.assign(**{name: _series(list(frame[name].astype("object")), TEXT) for name in texts})


def _series(values: list[Any], dtype: str) -> pd.Series[Any]:
    """`values` with this dtype, `None` and NaN as missing."""
    if dtype == TEXT and not PANDAS_3:
        return pd.Series([None if value != value else value for value in values], dtype="object")
    return pd.Series(values, dtype=dtype)


def _disk_gb(size: Size, provider: str) -> float | None:
    most = _DISK_IN_MB.get(provider)
    return size.disk_gb / 1024 if most and size.disk_gb and size.disk_gb > most else size.disk_gb


def _number(said: Any) -> float | None:
    """A count that a provider gives as a number, or as text."""
    try:
        number = float(said) if isinstance(said, str | int | float) and not isinstance(said, bool) else -1.0
    except ValueError:
        return None
    return number if 0 <= number < 1e6 else None
