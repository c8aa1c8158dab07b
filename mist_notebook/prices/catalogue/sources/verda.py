"""Verda's own prices (DataCrunch, before): the kinds of its API, which lists them without a key.

A market of GPUs, whose prices move by the week. It has one price for all its places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.errors import ApiError
from mist_notebook.ground.text import brief
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import ON_DEMAND, SPOT, PriceRow, figure, only_whole

from .ec2 import number

_REGION = "all"
_MODEL = re.compile(r"\b(A100|H100|H200|B200|B300|GB300|L40S|RTX ?(?:PRO )?[0-9]+(?: Ada)?|V100|A6000)\b", re.I)


class _Amount(msgspec.Struct):
    count: float | None = msgspec.field(name="number_of_gpus", default=None)
    cores: float | None = msgspec.field(name="number_of_cores", default=None)
    gigabytes: float | None = msgspec.field(name="size_in_gigabytes", default=None)
    description: str | None = None


class _Kind(msgspec.Struct):
    instance_type: str
    price_per_hour: str | float | None = None
    spot_price: str | float | None = None
    currency: str = "usd"
    model: str | None = None
    cpu: _Amount = msgspec.field(default_factory=_Amount)
    gpu: _Amount = msgspec.field(default_factory=_Amount)
    memory: _Amount = msgspec.field(default_factory=_Amount)
    gpu_memory: _Amount = msgspec.field(default_factory=_Amount)


@dataclass(frozen=True)
class Verda:
    """The prices of Verda, whole."""

    url: str = "https://api.datacrunch.io"
    total_s: float = 30.0
    name: str = "verda"
    provider: str = "verda"
    source: str = "Verda API"
    kinds: tuple[str, ...] = (ON_DEMAND, SPOT)
    currency: str = "USD"

    def region(self, text: str) -> str:
        """There is no asking for one region."""
        raise only_whole(self.name, text)

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:  # noqa: ARG002 - every list takes both
        """Every kind, on demand and spot."""
        kinds = reader.page("/v1/instance-types", list[_Kind], {})
        reader.count(len(kinds))
        for kind in kinds:
            if kind.currency.casefold() != "usd":
                raise ApiError(f"Verda's prices are in {brief(kind.currency)}, where USD was expected.")
        return [
            _row(kind, name, price)
            for kind in kinds
            for name, said in ((ON_DEMAND, kind.price_per_hour), (SPOT, kind.spot_price))
            if (price := figure(number(str(said)))) is not None
        ]


def _row(kind: _Kind, name: str, price: float) -> PriceRow:
    gpus = kind.gpu.count or 0.0
    model = _MODEL.search(kind.model or kind.gpu.description or "")
    memory = figure(kind.gpu_memory.gigabytes)
    return PriceRow(
        id=kind.instance_type,
        family=kind.instance_type.partition(".")[0],
        vcpus=figure(kind.cpu.cores),
        ram_gb=figure(kind.memory.gigabytes),
        gpus=gpus,
        gpu_name=model[1].upper() if model and gpus else None,
        gpu_ram_gb=memory / gpus if memory and gpus else None,
        arch="x86_64",
        burstable=False,
        bare_metal=False,
        region=_REGION,
        kind=name,
        price_hourly=price,
        price_monthly=price * HOURS_A_MONTH,
        spec_source="api",
    )
