"""What holds for every wish over every market: only what fits, nothing dearer first, and a way out of nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from mist_notebook.ground.amounts.quantity import GpuWish, RamWish, Range
from mist_notebook.magic.line import reading as line
from mist_notebook.prices.comparing.compare import compare
from mist_notebook.prices.comparing.nearest_miss import nearest_miss
from mist_notebook.prices.comparing.ranking import EVERY_OFFER, GROUPS, Ranking
from mist_notebook.prices.wishes import wish
from mist_notebook.prices.wishes.wish import DEFAULTS, Wish
from tests.rigs.offer_rows import offers

TODAY = date(2026, 11, 25)
EVERY = Ranking(per=EVERY_OFFER, limit=None)
FIGURES = st.sampled_from([None, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 16.0, 64.0, 1.699219])
PRICES = st.sampled_from([None, 0.0042, 0.01, 0.1, 0.1000001, 0.2, 4.0, 109.2])
REGIONS = {"ec2": ("us-east-1", "eu-west-1", None), "linode": ("eu-west", "us-east"), "own": ("RegionOne", None)}


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    provider = draw(st.sampled_from(list(REGIONS)))
    gpus = draw(st.sampled_from([None, 0.0, 0.0, 1.0, 8.0]))
    return {
        "backend": draw(st.sampled_from([None, None, "Mine"])),
        "provider": provider,
        "id": draw(st.sampled_from(["a", "b", "c1", "c2"])),
        "name": "A size",
        "vcpus": draw(FIGURES),
        "ram_gb": draw(FIGURES),
        "disk_gb": draw(st.sampled_from([None, 0.0, 20.0, 100.0])),
        "net_gbps": draw(st.sampled_from([None, 1.0, 25.0])),
        "gpus": gpus,
        "gpu_name": draw(st.sampled_from(["A100", "NVIDIA H100 80GB"])) if gpus else None,
        "gpu_ram_gb": draw(st.sampled_from([40.0, 80.0, None])) if gpus else None,
        "arch": draw(st.sampled_from(["x86_64", "arm64", None])),
        "burstable": draw(st.sampled_from([True, False, None])),
        "bare_metal": draw(st.sampled_from([True, False, None])),
        "region": draw(st.sampled_from(REGIONS[provider])),
        "kind": draw(st.sampled_from(["on-demand", "on-demand", "spot"])),
        "price_hourly": draw(PRICES),
        "as_of": draw(st.sampled_from(["2026-11-01", "2020-08-30", None])),
    }


# Of every provider, region and GPU that a wish may name there is one that nothing fits, so that no word is unknown.
ANCHORS = [
    {"provider": provider, "id": "none", "name": "none", "region": region, "gpu_name": gpu, "kind": "none"}
    for provider, regions in REGIONS.items()
    for region in regions
    for gpu in ("A100", "H100")
]
RANGES = st.tuples(st.sampled_from([0.0, 1.0, 2.0, 4.0, 7.0, 64.0, 500.0]), st.sampled_from([None, 4.0, 16.0])).map(
    lambda ends: Range(ends[0]) if ends[1] is None else Range(min(ends[0], ends[1]), max(ends[0], ends[1]))
)
GPUS = st.builds(GpuWish, RANGES, st.sampled_from([(), ("A100",), ("H100", "A100")]), st.none() | RANGES)
CONDITIONS: dict[str, st.SearchStrategy[Any]] = {
    "kind": st.sampled_from(["on-demand", "spot", "any"]),
    "providers": st.sampled_from([("ec2",), ("AWS", "linode"), ("own",)]),
    "regions": st.sampled_from([("eu",), ("us-east",), ("us-east-1", "gb"), ("RegionOne",)]),
    "search": st.sampled_from(["c", "SIZE", "nothing"]),
    "arch": st.sampled_from([("arm64",), ("x86_64", "arm64")]),
    "gpu": GPUS,
    "cpus": RANGES,
    "ram": st.builds(RamWish, RANGES, st.booleans()),
    "disk": RANGES,
    "net": RANGES,
    "burstable": st.booleans(),
    "bare_metal": st.booleans(),
    "max_price": st.sampled_from([0.005, 0.1, 0.15, 50.0]),
    "max_age": st.sampled_from([1.0, 30.0, 5000.0]),
}
MARKETS = st.lists(rows(), max_size=12).map(lambda some: offers(*some, *ANCHORS, categories=len(some) % 2 == 0))
WISHES = st.lists(st.sampled_from(list(CONDITIONS)), unique=True, max_size=5).flatmap(
    lambda names: st.fixed_dictionaries({name: CONDITIONS[name] for name in names}).map(lambda given: Wish(**given))
)


def fits(row: Any, wished: Wish) -> bool:
    """Whether a row fits, written down anew: one row at a time, in plain Python."""
    told = {name: None if pd.isna(row[name]) else row[name] for name in row.index}
    checks = {
        "kind": wished.kind == "any" or told["kind"] == wished.kind,
        "providers": not wished.providers
        or any({"aws": "ec2"}.get(word.lower(), word.lower()) == told["provider"] for word in wished.providers),
        "regions": not wished.regions or any(_is_there(told, word) for word in wished.regions),
        "search": any(wished.search.lower() in str(told[name]).lower() for name in ("id", "name")),
        "arch": not wished.arch or told["arch"] in wished.arch,
        "gpu": wished.gpu is None or _has_gpus(told, wished.gpu),
        "cpus": _inside(told["vcpus"], wished.cpus),
        "ram": _has_ram(told, wished.ram),
        "disk": _inside(told["disk_gb"], wished.disk),
        "net": _inside(told["net_gbps"], wished.net),
        "burstable": wished.burstable is None or told["burstable"] == wished.burstable,
        "bare_metal": wished.bare_metal is None or told["bare_metal"] == wished.bare_metal,
        "price": _inside(told["price_hourly"], None if wished.max_price is None else Range(0, wished.max_price)),
        "age": _inside(
            _age(told["as_of"] if told["price_hourly"] else None),
            None if wished.max_age is None else Range(0, wished.max_age),
        ),
    }
    return all(checks.values())


def _age(day: Any) -> int | None:
    return None if day is None else (pd.Timestamp(TODAY) - day).days


def _inside(value: Any, wanted: Range | None) -> bool:
    return wanted is None or (value is not None and wanted.low <= value <= wanted.high)


def _has_ram(told: dict[str, Any], wanted: RamWish | None) -> bool:
    if wanted is None:
        return True
    if told["ram_gb"] is None or (wanted.per_vcpu and told["vcpus"] is None):
        return False
    return _inside(told["ram_gb"] / (told["vcpus"] if wanted.per_vcpu else 1), wanted.gib)


def _has_gpus(told: dict[str, Any], wanted: GpuWish) -> bool:
    named = not wanted.models or any(model in (told["gpu_name"] or "").split() for model in wanted.models)
    return named and _inside(told["gpus"], wanted.count) and _inside(told["gpu_ram_gb"], wanted.nominal_gib)


def _is_there(told: dict[str, Any], word: str) -> bool:
    named = {
        "eu": ("eu-west-1", "eu-west"),
        "us-east": ("us-east-1", "us-east"),
        "gb": ("eu-west",),
    }
    return told["region"] in named.get(word, (word,))


@settings(max_examples=40)
@given(MARKETS, WISHES)
def test_every_row_that_is_shown_fits_and_every_row_that_fits_is_shown(market: pd.DataFrame, wished: Wish) -> None:
    found = compare(market, wished, EVERY, today=TODAY)
    expected = [row for _, row in market.iterrows() if fits(row, wished)]
    assert found.fits == len(found.frame) == len(expected)
    assert all(fits(row, wished) for _, row in found.frame.iterrows())


@settings(max_examples=40)
@given(
    MARKETS, WISHES, st.sampled_from(list(CONDITIONS)).flatmap(lambda name: st.tuples(st.just(name), CONDITIONS[name]))
)
def test_one_more_condition_never_adds_a_row(market: pd.DataFrame, wished: Wish, more: tuple[str, Any]) -> None:
    name, value = more
    loose = replace(wished, kind="any") if name == "kind" else wished
    if getattr(loose, name) != DEFAULTS[name] and name != "kind":
        loose = replace(loose, **{name: DEFAULTS[name]})
    before = compare(market, loose, EVERY, today=TODAY)
    after = compare(market, replace(loose, **{name: value}), EVERY, today=TODAY)
    assert after.fits <= before.fits


@settings(max_examples=40)
@given(MARKETS, WISHES, st.sampled_from(list(GROUPS)), st.sampled_from([1, 3, None]))
def test_the_first_is_never_dearer_than_any_that_fits_and_unknown_is_never_cheaper(
    market: pd.DataFrame, wished: Wish, per: str, limit: int | None
) -> None:
    shown = compare(market, wished, Ranking(per=per, limit=limit), today=TODAY).frame["price_hourly"].to_numpy()
    every = compare(market, wished, EVERY, today=TODAY).frame["price_hourly"].to_numpy()
    priced = shown[~np.isnan(shown)]
    assert list(priced) == sorted(priced)
    assert not np.isnan(shown[: len(priced)]).any()
    assert (shown > 0).sum() == len(priced)
    if len(every):
        assert np.array_equal(shown[:1], [np.nanmin(every)] if not np.isnan(every).all() else [np.nan], equal_nan=True)


@settings(max_examples=40)
@given(MARKETS, WISHES)
def test_when_nothing_fits_the_line_to_type_finds_the_nearest(market: pd.DataFrame, wished: Wish) -> None:
    found = compare(market, wished, EVERY, today=TODAY)
    if found.fits:
        return
    miss = nearest_miss(market, wished, TODAY)
    assert miss is not None
    typed = line.read(line.words_of(found.notes[-1].removeprefix("%mist "), {}))[1]
    attributes = {name: getattr(typed, wish.flag(name)[2:].replace("-", "_")) for name in DEFAULTS}
    again = Wish(**{name: value for name, value in attributes.items() if value is not None})
    assert again == miss.relaxed
    assert fits(market.iloc[miss.row], again)
    assert compare(market, again, EVERY, today=TODAY).fits >= 1
