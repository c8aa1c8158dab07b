"""Google's prices of Compute Engine, from a daily table that a private person makes of Google's own catalogue.

Google's catalogue needs a key; gcloud-compute.com publishes what it says as CSV, under Apache-2.0. Empty or 0 is
unknown. A commitment's month is read as its price an hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.errors import ApiError
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import (
    ON_DEMAND,
    RESERVED_1Y,
    RESERVED_3Y,
    SPOT,
    PriceRow,
    figure,
    only_whole,
)

from .ec2 import number

_WANTED = ("name", "region", "vCpus", "memoryGB", "hour")
_MONTHLY = {"month1yCud": RESERVED_1Y, "month3yCud": RESERVED_3Y}
_SHARED_CORE = ("e2-micro", "e2-small", "e2-medium", "f1-micro", "g1-small")


@dataclass(frozen=True)
class Gce:
    """The prices of Compute Engine, whole."""

    url: str = "https://gcloud-compute.com"
    total_s: float = 60.0
    name: str = "gce"
    provider: str = "gce"
    source: str = "gcloud-compute.com"
    kinds: tuple[str, ...] = (ON_DEMAND, SPOT, RESERVED_1Y, RESERVED_3Y)
    currency: str = "USD"

    def region(self, text: str) -> str:
        """There is no asking for one region."""
        raise only_whole(self.name, text)

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:  # noqa: ARG002 - every list takes both
        """Every machine type of every region, at each price that the table has."""
        lines = reader.table("/machine-types-regions.csv", _WANTED)
        reader.count(len(lines))
        found: dict[tuple[str, str, str], PriceRow] = {}
        for line in lines:
            for row in _rows(line):
                found.setdefault((row.id, row.region, row.kind), row)
        if not found:
            raise ApiError("The table of gcloud-compute.com has no price in it.")
        return list(found.values())


def _rows(line: Mapping[str, str]) -> Iterator[PriceRow]:
    prices = {ON_DEMAND: number(line.get("hour")), SPOT: number(line.get("hourSpot"))}
    for column, kind in _MONTHLY.items():
        month = number(line.get(column))
        prices[kind] = month / HOURS_A_MONTH if month else None
    name, region = line.get("name", "").strip(), line.get("region", "").strip()
    gpus = number(line.get("acceleratorCount"))
    for kind, price in prices.items():
        if not (name and region and figure(price) and price):
            continue
        yield PriceRow(
            id=name,
            family=name.partition("-")[0],
            vcpus=figure(number(line.get("vCpus"))),
            ram_gb=figure(number(line.get("memoryGB"))),
            gpus=gpus,
            gpu_name=_gpu(line.get("acceleratorType")) if gpus else None,
            burstable=name in _SHARED_CORE,
            bare_metal=name.endswith("-metal"),
            region=region,
            kind=kind,
            price_hourly=price,
            price_monthly=price * HOURS_A_MONTH,
            spec_source="list",
        )


def _gpu(kind: str | None) -> str | None:
    """`nvidia-h100-80gb` is an H100: the maker's name goes, the rest is for the table of GPUs."""
    return (kind or "").removeprefix("nvidia-").removeprefix("tesla-").upper() or None
