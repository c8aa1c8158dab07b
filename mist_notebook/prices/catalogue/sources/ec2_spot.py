"""Amazon's own prices of EC2 on the spot market: the one file behind its page, which needs no key.

It is a site's file and no documented API. `N/A*` stands for unknown. It names sizes and no shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.errors import ApiError
from mist_notebook.ground.text import brief
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import SPOT, PriceRow, figure, only_whole

from .ec2 import number
from .ec2_locations import LOCATIONS

# The file has the names of regions that Amazon used before 2013, beside those of today.
_OLD_NAMES = {"us-east": "us-east-1", "us-west": "us-west-1", "eu-ireland": "eu-west-1", "apac-sin": "ap-southeast-1"}
_OLD_NAMES |= {"apac-syd": "ap-southeast-2", "apac-tokyo": "ap-northeast-1"}


class _Prices(msgspec.Struct):
    usd: str | None = msgspec.field(name="USD", default=None)


class _Column(msgspec.Struct):
    name: str
    prices: _Prices


class _Size(msgspec.Struct):
    size: str
    columns: list[_Column] = msgspec.field(name="valueColumns", default_factory=list)


class _Type(msgspec.Struct):
    sizes: list[_Size]


class _Region(msgspec.Struct):
    region: str
    types: list[_Type] = msgspec.field(name="instanceTypes")


class _Config(msgspec.Struct):
    regions: list[_Region]
    currencies: list[str] = []


class _File(msgspec.Struct):
    config: _Config


@dataclass(frozen=True)
class Ec2Spot:
    """The spot prices of EC2, whole."""

    url: str = "https://website.spot.ec2.aws.a2z.com"
    total_s: float = 60.0
    name: str = "ec2-spot"
    provider: str = "ec2"
    source: str = "Amazon EC2 spot prices"
    kinds: tuple[str, ...] = (SPOT,)
    currency: str = "USD"

    def region(self, text: str) -> str:
        """There is no asking for one region."""
        raise only_whole(self.name, text)

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:  # noqa: ARG002 - every list takes both
        """Every size of every region that has a spot price of Linux."""
        file = reader.page("/spot.json", _File, {})
        if file.config.currencies and "USD" not in file.config.currencies:
            raise ApiError(f"Amazon's spot prices are in {brief(file.config.currencies[0])}, where USD was asked for.")
        found: dict[tuple[str, str], PriceRow] = {}
        for region in file.config.regions:
            for row in _rows(region, reader):
                found.setdefault((row.id, row.region), row)
        return list(found.values())


def _rows(region: _Region, reader: Reader) -> Iterator[PriceRow]:
    name = _OLD_NAMES.get(region.region, region.region)
    sizes = [size for kind in region.types for size in kind.sizes]
    if name not in LOCATIONS.values() and "-" not in name:
        reader.note(f"{brief(name)} isn't a region that is known here: {len(sizes):,} sizes were left out.")
        return
    reader.count(len(sizes))
    for size in sizes:
        price = next((figure(number(column.prices.usd)) for column in size.columns if column.name == "linux"), None)
        if price is not None:
            yield PriceRow(
                id=size.size, region=name, kind=SPOT, price_hourly=price, price_monthly=price * HOURS_A_MONTH
            )
