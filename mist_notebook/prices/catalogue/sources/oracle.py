"""Oracle's own prices: its public list of products, and the shapes that its cost estimator knows; neither needs a key.

A shape costs what its parts cost: so many OCPUs and gigabytes, or GPUs, an hour. Prices are the same in every
commercial region. Fixed shapes are offers as they are, flexible ones in the usual steps. An OCPU is two vCPUs on x86
and on A2; on other Arm processors it is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from mist_notebook.ground.amounts.hours import HOURS_A_MONTH
from mist_notebook.ground.errors import ApiError
from mist_notebook.prices.catalogue.reading.pages import Reader
from mist_notebook.prices.catalogue.reading.price_row import (
    COMPUTED,
    LISTED,
    ON_DEMAND,
    SPOT,
    PriceRow,
    figure,
    only_whole,
)

_PAYG = "PAY_AS_YOU_GO"
_OCPUS = (1, 2, 4, 8, 16, 32, 64)
_GB_PER_VCPU = (2, 4, 8)
_PREEMPTIBLE = 0.5
_ONE_VCPU = (".A1", ".A4")
_CHIPS = {"GPU2": "P100", "GPU3": "V100", "GPU4": "A100"}


class _Word(msgspec.Struct, frozen=True):
    value: str = ""


class _Price(msgspec.Struct):
    model: str
    value: float | None = None


class _InCurrency(msgspec.Struct, rename="camel"):
    currency_code: str
    prices: list[_Price] = []


class _Product(msgspec.Struct, rename="camel"):
    part_number: str
    currency_code_localizations: list[_InCurrency] = []


class _Products(msgspec.Struct):
    items: list[_Product]


class _Part(msgspec.Struct, rename="camel"):
    part_number: str
    type: _Word = _Word()
    qty: float | None = None


class _Shape(msgspec.Struct, rename="camel"):
    name: str
    products: list[_Part]
    hidden: bool = False
    status: str = "ACTIVE"
    bundle_memory_qty: float | None = None
    gpu_qty: float | None = None
    gpu_memory_qty: float | None = None
    processor_type: _Word = _Word()
    shape_type: _Word = _Word()
    sub_type: _Word = _Word()
    allow_preemptible: bool = False


class _Shapes(msgspec.Struct):
    items: list[_Shape]


@dataclass(frozen=True)
class Oracle:
    """The price list of Oracle Cloud, whole, at every commercial region that is known."""

    url: str = "https://apexapps.oracle.com"
    shapes_url: str = "https://www.oracle.com"
    total_s: float = 60.0
    name: str = "oci"
    provider: str = "oci"
    source: str = "Oracle price list"
    kinds: tuple[str, ...] = (ON_DEMAND, SPOT)
    currency: str = "USD"

    def region(self, text: str) -> str:
        """There is no asking for one region."""
        raise only_whole(self.name, text)

    def rows(self, reader: Reader, regions: Sequence[str] = ()) -> list[PriceRow]:  # noqa: ARG002 - every list takes both
        """Every shape at every region, on demand, and preemptible where Oracle allows it."""
        parts = _parts(reader)
        with reader.beside(self.shapes_url) as shapes:
            known = shapes.page("/a/ocom/docs/cloudestimator2/data/shapes.json", _Shapes, {}).items
        reader.count(len(known))
        found = [row for shape in known if _is_sold(shape) for row in _rows(shape, parts, reader)]
        return [replace(row, region=region) for row in found for region in _commercial()]


def _commercial() -> list[str]:
    """Oracle's commercial regions."""
    from mist_notebook.prices.wishes.places import regions

    return [name for name, _ in regions(("oci",)) if "-gov-" not in name and "-dcc-" not in name]


def _parts(reader: Reader) -> dict[str, float]:
    """What a unit of each part costs an hour, in USD; the price beyond a free amount, where there is one."""
    found: dict[str, float] = {}
    asked = {"currencyCode": "USD"}
    for product in reader.page("/pls/apex/cetools/api/v1/products/", _Products, asked).items:
        for local in product.currency_code_localizations:
            values = [price.value for price in local.prices if price.model == _PAYG]
            priced = [value for value in values if value is not None and figure(value)]
            if local.currency_code == "USD" and priced:
                found[product.part_number] = priced[-1]
    if not found:
        raise ApiError("Oracle's list has no price in USD.")
    return found


def _is_sold(shape: _Shape) -> bool:
    return not shape.hidden and shape.status == "ACTIVE" and shape.shape_type.value in ("vm", "bm")


def _rows(shape: _Shape, parts: Mapping[str, float], reader: Reader) -> Iterator[PriceRow]:
    if not shape.products or any(part.part_number not in parts for part in shape.products):
        reader.note("What some shapes of Oracle's cost is not known: a part of theirs has no price.")
        return
    for row in _flexible(shape, parts) if shape.sub_type.value == "flexible" else _fixed(shape, parts):
        yield row
        price = row.price_hourly
        if shape.allow_preemptible and price:
            half = price * _PREEMPTIBLE
            yield replace(row, kind=SPOT, price_hourly=half, price_monthly=half * HOURS_A_MONTH, confidence=COMPUTED)


def _flexible(shape: _Shape, parts: Mapping[str, float]) -> Iterator[PriceRow]:
    """The shape in steps: each number of OCPUs, with 2, 4 and 8 GB for each vCPU; the usual memory has a short id."""
    prices = {part.type.value: parts[part.part_number] for part in shape.products}
    if set(prices) - {"ocpu", "memory"} or "ocpu" not in prices:
        return
    each = 1 if any(word in shape.name for word in _ONE_VCPU) else 2
    usual = 6 if shape.processor_type.value == "arm" else 4 * each
    for ocpus in _OCPUS:
        for memory_gb in sorted({ocpus * usual, *(ocpus * each * ratio for ratio in _GB_PER_VCPU)}):
            price = figure(ocpus * prices["ocpu"] + memory_gb * prices.get("memory", 0.0))
            size = f"{shape.name}.{ocpus}OCPU" + ("" if memory_gb == ocpus * usual else f".{memory_gb}GB")
            if price:
                yield _row(shape, size, ocpus * each, memory_gb, price)


def _fixed(shape: _Shape, parts: Mapping[str, float]) -> Iterator[PriceRow]:
    """The shape as it is: its parts by their number, or by the number of its GPUs where those are what is paid."""
    is_gpu = shape.sub_type.value == "gpu" and shape.gpu_qty
    price = sum(parts[part.part_number] * ((shape.gpu_qty if is_gpu else part.qty) or 0.0) for part in shape.products)
    ocpus = next((part.qty for part in shape.products if part.type.value == "ocpu"), None)
    each = 1 if any(word in shape.name for word in _ONE_VCPU) else 2
    if figure(price):
        yield _row(shape, shape.name, ocpus and ocpus * each, shape.bundle_memory_qty, price)


def _row(shape: _Shape, size: str, vcpus: float | None, memory_gb: float | None, price: float) -> PriceRow:
    gpus = shape.gpu_qty or 0.0
    is_arm = shape.processor_type.value == "arm" and not gpus  # it says so of machines with A10 and A100, which aren't
    return PriceRow(
        id=size,
        family=shape.name.partition(".Flex")[0],
        vcpus=figure(vcpus),
        ram_gb=figure(memory_gb),
        gpus=gpus,
        gpu_name=_chip(shape.name) if gpus else None,
        gpu_ram_gb=shape.gpu_memory_qty / gpus if gpus and shape.gpu_memory_qty else None,
        arch="arm64" if is_arm else "x86_64",
        burstable=False,
        bare_metal=shape.shape_type.value == "bm",
        region="",
        price_hourly=price,
        price_monthly=price * HOURS_A_MONTH,
        confidence=LISTED,
        spec_source="api",
    )


def _chip(name: str) -> str | None:
    """`BM.GPU.A100-v2.8` has A100s, `VM.GPU3.2` V100s."""
    words = name.replace("-", ".").upper().split(".")
    after = words[words.index("GPU") + 1] if "GPU" in words[:-1] else ""
    return after or next((chip for word, chip in _CHIPS.items() if word in words), None)
