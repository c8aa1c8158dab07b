"""Azure's own price list of virtual machines: the Retail Prices API, for which nobody needs an account.

It has prices and no shapes: vCPUs, memory and the rest come from the embedded catalogue, by the size's name. Left out
are reservations, savings plans, DevTest, dedicated hosts and Cloud Services, and Windows unless it is asked for. A
region is some thousand rows in a handful of pages of 1,000; all of them are over a hundred pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.errors import ApiError, BadValueError
from mist_notebook.ground.text import brief
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import LINUX, ON_DEMAND, SPOT, WINDOWS, PriceRow, figure

_PATH = "/api/retail/prices"
_ASKED = "serviceName eq 'Virtual Machines' and priceType eq 'Consumption'"
_REGION = re.compile(r"[a-z][a-z0-9]{1,40}", re.ASCII)
_OTHER_PRODUCTS = ("cloud services", "cloudservices", "dedicated")
_HOUR = "1 Hour"
_Key = tuple[str, str, str, str]
_Rank = tuple[int, str, float]


class _Item(msgspec.Struct, rename="camel"):
    """One meter. Prices of a future day and of a past one may stand side by side."""

    retail_price: float
    currency_code: str
    arm_region_name: str | None = None
    arm_sku_name: str | None = None
    sku_name: str | None = None
    meter_name: str | None = None
    product_name: str | None = None
    unit_of_measure: str | None = None
    type: str | None = None
    effective_start_date: str | None = None
    tier_minimum_units: float | None = None
    is_primary_meter_region: bool | None = None


class _Page(msgspec.Struct):
    items: list[_Item] = msgspec.field(name="Items")
    next: str | None = msgspec.field(name="NextPageLink", default=None)
    count: int | None = msgspec.field(name="Count", default=None)


@dataclass(frozen=True)
class Azure:
    """The price list of Azure; whole, or some regions of it."""

    url: str = "https://prices.azure.com"
    total_s: float = 1800.0
    name: str = "azure"
    provider: str = "azure_arm"
    source: str = "Azure Retail Prices"
    kinds: tuple[str, ...] = (ON_DEMAND, SPOT)
    currency: str = "USD"
    systems: tuple[str, ...] = (LINUX,)

    def region(self, text: str) -> str:
        """A region as the list spells it. Raises BadValueError for what can't be one."""
        spelled = text.strip().casefold()
        if not _REGION.fullmatch(spelled):
            raise BadValueError(f"'{brief(text)}' can't be a region of Azure.", "They look like eastus or westeurope.")
        return spelled

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:
        """Every offer of these regions, or of all."""
        best: dict[_Key, tuple[_Rank, _Item]] = {}
        for region in regions or ("",):
            _keep_best(best, self._items(reader, region), str(reader.today), self.systems)
        return [_row(key, item) for key, (_, item) in best.items()]

    def _items(self, reader: Reader, region: str) -> Iterator[_Item]:
        params = {"$filter": f"{_ASKED} and armRegionName eq '{region}'" if region else _ASKED}
        while True:
            page = reader.page(_PATH, _Page, params)
            if page.count is not None and page.count != len(page.items):
                raise ApiError(f"Azure says that a page has {page.count:,} rows, and sends {len(page.items):,}.")
            reader.count(len(page.items))
            yield from page.items
            if not page.next:
                return
            params = reader.linked(page.next, _PATH)


def _keep_best(
    best: dict[_Key, tuple[_Rank, _Item]], items: Iterable[_Item], today: str, systems: Sequence[str]
) -> None:
    """Of the meters for one offer, the one that is in force: spot before low priority, then the newest."""
    for item in items:
        if item.currency_code != "USD":
            raise ApiError(f"Azure's prices are in {brief(item.currency_code)}, where USD was asked for.")
        system = WINDOWS if WINDOWS in (item.product_name or "").casefold() else LINUX
        if system not in systems or not _is_meant(item, today):
            continue
        kind, preference = _kind(item)
        rank = (preference, item.effective_start_date or "", -item.retail_price)
        key = (str(item.arm_sku_name), str(item.arm_region_name), kind, system)
        if key not in best or rank > best[key][0]:
            best[key] = (rank, item)


def _is_meant(item: _Item, today: str) -> bool:
    """Whether it is a virtual machine, by the hour, at a price that holds today."""
    product = (item.product_name or "").casefold()
    return bool(
        item.arm_sku_name
        and item.arm_region_name
        and figure(item.retail_price)
        and item.type in (None, "Consumption")
        and item.unit_of_measure == _HOUR
        and item.is_primary_meter_region is not False
        and not item.tier_minimum_units
        and (item.effective_start_date or "")[:10] <= today
        and not any(word in product for word in _OTHER_PRODUCTS)
    )


def _kind(item: _Item) -> tuple[str, int]:
    """On demand or spot, and which of two to prefer: low priority is what came before spot."""
    said = f" {item.sku_name or ''} {item.meter_name or ''}".casefold()
    if " spot" in said:
        return SPOT, 1
    return (SPOT, 0) if " low priority" in said else (ON_DEMAND, 1)


def _row(key: _Key, item: _Item) -> PriceRow:
    size, region, kind, system = key
    price = item.retail_price
    return PriceRow(
        id=size, region=region, kind=kind, os=system, price_hourly=price, price_monthly=price * HOURS_A_MONTH
    )
