"""RunPod's own prices of GPUs: one question to its GraphQL API, which answers without a key.

A market, whose prices move by the week. What is asked for is a machine with one GPU, in its own data centres
(`secure`) and at others' (`community`); it has one price for all places of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import ON_DEMAND, SPOT, PriceRow, figure, only_whole

_QUESTION = (
    "query { gpuTypes { id displayName memoryInGb securePrice communityPrice secureSpotPrice communitySpotPrice "
    "lowestPrice(input: {gpuCount: 1}) { minVcpu minMemory } } }"
)


class _Lowest(msgspec.Struct, rename="camel"):
    min_vcpu: float | None = None
    min_memory: float | None = None


class _Gpu(msgspec.Struct, rename="camel"):
    id: str
    display_name: str | None = None
    memory_in_gb: float | None = None
    secure_price: float | None = None
    community_price: float | None = None
    secure_spot_price: float | None = None
    community_spot_price: float | None = None
    lowest_price: _Lowest | None = None


class _Data(msgspec.Struct, rename="camel"):
    gpu_types: list[_Gpu]


class _Answer(msgspec.Struct):
    data: _Data


@dataclass(frozen=True)
class RunPod:
    """The prices of RunPod, whole."""

    url: str = "https://api.runpod.io"
    total_s: float = 30.0
    name: str = "runpod"
    provider: str = "runpod"
    source: str = "RunPod API"
    kinds: tuple[str, ...] = (ON_DEMAND, SPOT)
    currency: str = "USD"

    def region(self, text: str) -> str:
        """There is no asking for one region."""
        raise only_whole(self.name, text)

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:  # noqa: ARG002 - every list takes both
        """Every kind of GPU, one of it, on demand and spot."""
        found = reader.answer("/graphql", _Answer, {"query": _QUESTION}).data.gpu_types
        reader.count(len(found))
        return [row for gpu in found for row in _rows(gpu)]


def _rows(gpu: _Gpu) -> Iterator[PriceRow]:
    least = gpu.lowest_price or _Lowest()
    for region, kind, price in (
        ("secure", ON_DEMAND, gpu.secure_price),
        ("secure", SPOT, gpu.secure_spot_price),
        ("community", ON_DEMAND, gpu.community_price),
        ("community", SPOT, gpu.community_spot_price),
    ):
        hourly = figure(price)
        if hourly is None:
            continue
        yield PriceRow(
            id=gpu.id,
            name=gpu.display_name,
            vcpus=figure(least.min_vcpu),
            ram_gb=figure(least.min_memory),
            gpus=1.0,
            gpu_name=gpu.display_name or gpu.id,
            gpu_ram_gb=figure(gpu.memory_in_gb),
            arch="x86_64",
            burstable=False,
            bare_metal=False,
            region=region,
            kind=kind,
            price_hourly=hourly,
            price_monthly=hourly * HOURS_A_MONTH,
            spec_source="api",
        )
