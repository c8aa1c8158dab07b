"""The public price lists in their recorded shapes, a few rows each, to be served over real HTTP on loopback.

Field names, nesting, paging and units are those of the providers' answers: Azure Retail Prices, Vultr API v2 and Linode
API v4. The rows are chosen for what can go wrong with them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.rigs import hostile

Json = dict[str, Any]
Asked = dict[str, str]


def meter(sku: str, price: float, region: str = "eastus", **other: Any) -> Json:
    """One item of Azure's list, as it comes."""
    return {
        "currencyCode": "USD", "tierMinimumUnits": 0.0, "retailPrice": price, "unitPrice": price,
        "armRegionName": region, "location": "US East", "effectiveStartDate": "2021-11-01T00:00:00Z",
        "meterId": "001fa4dd-bbe2-5502-b172-8a1af70ea8b8", "meterName": sku.removeprefix("Standard_").replace("_", " "),
        "productId": "DZH318Z0BQ3P", "skuId": "DZH318Z0BQ3P/001J", "productName": "Virtual Machines Dsv3 Series",
        "skuName": sku.removeprefix("Standard_").replace("_", " "), "serviceName": "Virtual Machines",
        "serviceId": "DZH313Z7MMC8", "serviceFamily": "Compute", "unitOfMeasure": "1 Hour", "type": "Consumption",
        "isPrimaryMeterRegion": True, "armSkuName": sku,
    } | other  # fmt: skip


AZURE = [
    meter("Standard_D2s_v3", 0.096),
    meter("Standard_D2s_v3", 0.188, productName="Virtual Machines Dsv3 Series Windows"),
    meter("Standard_D2s_v3", 0.0192, meterName="D2s v3 Low Priority", skuName="D2s v3 Low Priority"),
    meter("Standard_D2s_v3", 0.0251, meterName="D2s v3 Spot", skuName="D2s v3 Spot"),
    meter("Standard_D2s_v3", 0.099, effectiveStartDate="2019-01-01T00:00:00Z"),
    meter("Standard_D2s_v3", 0.050, effectiveStartDate="2027-01-01T00:00:00Z"),
    meter("Standard_D2s_v3", 0.077, type="DevTestConsumption"),
    meter("Standard_D2s_v3", 0.01, isPrimaryMeterRegion=False),
    meter("Standard_D2s_v3", 0.02, tierMinimumUnits=100.0),
    meter("Standard_D2s_v3", 70.0, unitOfMeasure="1 Month"),
    meter("Standard_D2s_v3", 0.085, productName="Dsv3 Series Cloud Services"),
    meter("Standard_D2s_v3", 4.2, productName="Dsv3 Series Dedicated Host"),
    meter("Standard_A1_v2", 0.0),
    meter("", 0.5),
    meter("Standard_D2s_v3", 0.112, "westeurope"),
    meter("Standard_D96as_v6", 4.128, "westeurope", meterName="D96as v6", productName="Virtual Machines Dasv6 Series"),
    meter("Basic_A0", 0.018, productName="Virtual Machines A Series Basic"),
]

TYPES = [
    {
        "addons": {"backups": {"price": {"hourly": 0.003, "monthly": 2.0}}}, "class": "nanode", "disk": 25600,
        "gpus": 0, "id": "g6-nanode-1", "label": "Nanode 1GB", "memory": 1024, "network_out": 1000,
        "price": {"hourly": 0.0075, "monthly": 5.0}, "successor": None, "transfer": 1000, "vcpus": 1,
        "accelerated_devices": 0,
        "region_prices": [
            {"id": "id-cgk", "hourly": 0.009, "monthly": 6.0}, {"id": "br-gru", "hourly": 0.0105, "monthly": 7.0}
        ],
    },
    {
        "class": "gpu", "disk": 655360, "gpus": 1, "id": "g1-gpu-rtx6000-1", "label": "Dedicated 32GB + RTX6000 GPU x1",
        "memory": 32768, "network_out": 10000, "price": {"hourly": 1.5, "monthly": 1000.0}, "successor": None,
        "transfer": 16000, "vcpus": 8, "region_prices": [],
    },
    {
        "class": "dedicated", "disk": 81920, "gpus": 0, "id": "g6-free", "label": "Unpriced", "memory": 4096,
        "network_out": 0, "price": {"hourly": 0, "monthly": None}, "transfer": 0, "vcpus": 2, "region_prices": [],
    },
    {
        "class": "premium", "disk": 163840, "gpus": 0, "id": "g7-premium-4", "label": "Premium 8GB", "memory": 8192,
        "network_out": 5000, "price": {"hourly": None, "monthly": 86.0}, "transfer": 5000, "vcpus": 4,
        "region_prices": [],
    },
]  # fmt: skip
REGIONS = [
    {"id": "us-east", "label": "Newark, NJ", "country": "us", "capabilities": ["Linodes", "GPU Linodes"],
     "status": "ok", "site_type": "core"},
    {"id": "id-cgk", "label": "Jakarta, ID", "country": "id", "capabilities": ["Linodes", "Premium Plans"],
     "status": "ok", "site_type": "core"},
    {"id": "us-den-edge-1", "label": "Edge - Denver, CO", "country": "us",
     "capabilities": ["Linodes", "Distributed Plans"], "status": "ok", "site_type": "distributed"},
]  # fmt: skip

PLANS = [
    {"id": "vc2-1c-1gb", "vcpu_count": 1, "ram": 1024, "disk": 25, "disk_count": 1, "bandwidth": 1024,
     "monthly_cost": 5, "type": "vc2", "locations": ["ewr", "ams"]},
    {"id": "vdc-8vcpu-32gb", "vcpu_count": 8, "ram": 32768, "disk": 110, "disk_count": 4, "bandwidth": 40960,
     "monthly_cost": 240, "hourly_cost": 0.357, "type": "vdc", "locations": ["ewr"]},
    {"id": "vhf-none", "vcpu_count": 1, "ram": 1024, "disk": 32, "disk_count": 1, "bandwidth": 1024,
     "monthly_cost": 0, "type": "vhf", "locations": ["ewr"]},
    {"id": "vhf-nowhere", "vcpu_count": 1, "ram": 1024, "disk": 32, "disk_count": 1, "bandwidth": 1024,
     "monthly_cost": 6, "type": "vhf", "locations": []},
]  # fmt: skip
GPU_PLANS = [
    {"id": "vcg-a100-1c-6g-4vram", "vcpu_count": 1, "ram": 6144, "disk": 70, "disk_count": 1, "bandwidth": 1024,
     "monthly_cost": 90, "hourly_cost": 0.123, "type": "vcg", "locations": ["ewr"], "gpu_vram_gb": 4,
     "gpu_type": "NVIDIA_A100"},
    {"id": "vcg-a16-6c-48g-32vram", "vcpu_count": 6, "ram": 49152, "disk": 200, "disk_count": 1, "bandwidth": 1024,
     "monthly_cost": 345, "hourly_cost": 0.5, "type": "vcg", "locations": ["ewr"], "gpu_vram_gb": 32,
     "gpu_type": "NVIDIA_A16"},
    {"id": "vcg-x9-1c-6g-4vram", "vcpu_count": 1, "ram": 6144, "disk": 70, "disk_count": 1, "bandwidth": 1024,
     "hourly_cost": 0.25, "type": "vcg", "locations": ["ewr"], "gpu_vram_gb": 4, "gpu_type": "ACME_X9"},
]  # fmt: skip
METAL = [
    {"id": "vbm-4c-32gb", "cpu_count": 4, "cpu_threads": 8, "cpu_model": "E3-1270v6", "ram": 32768, "disk": 240,
     "disk_count": 2, "bandwidth": 5120, "monthly_cost": 120, "type": "SSD", "locations": ["ewr"]},
    {"id": "vbm-112c-2048gb-8-h100-gpu", "physical_cpus": 2, "cpu_count": 112, "cpu_cores": 112, "cpu_threads": 224,
     "cpu_model": "Platinum 8480+", "cpu_mhz": 2000, "ram": 2097152, "disk": 960, "disk_count": 2, "bandwidth": 15360,
     "monthly_cost": 16074.24, "hourly_cost": 23.92, "monthly_cost_preemptible": 12364.8,
     "hourly_cost_preemptible": 18.4, "type": "NVMe", "locations": ["sea"]},
]  # fmt: skip


def azure(*items: Json, size: int = 1000, spoiled: Mapping[int, hostile.Step] | None = None) -> hostile.Step:
    """Azure's list, filtered by region as it was asked for, in pages of `size`; `spoiled` is the n-th answer."""

    def page(asked: Asked, base: str) -> Json:
        region = asked["$filter"].rpartition("armRegionName eq ")[2].strip("'") if "arm" in asked["$filter"] else ""
        found = [item for item in items or AZURE if not region or item["armRegionName"] == region]
        skip = int(asked.get("$skip", 0))
        more = f"{base}/api/retail/prices?$filter={asked['$filter'].replace(' ', '%20')}&$skip={skip + size}"
        return {
            "BillingCurrency": "USD", "CustomerEntityId": "Default", "CustomerEntityType": "Retail",
            "Items": found[skip : skip + size], "NextPageLink": more if skip + size < len(found) else None,
            "Count": len(found[skip : skip + size]),
        }  # fmt: skip

    return _routed({"/api/retail/prices": page}, spoiled or {})


def linode(*, types: list[Json] = TYPES, regions: list[Json] = REGIONS, size: int = 100) -> hostile.Step:
    """Linode's types and regions, in pages of `size`, whatever was asked."""

    def of(rows: list[Json]) -> Callable[[Asked, str], Json]:
        def page(asked: Asked, base: str) -> Json:
            number, pages = int(asked["page"]), max(-(-len(rows) // size), 1)
            data = rows[(number - 1) * size : number * size]
            return {"data": data, "page": number, "pages": pages, "results": len(rows)}

        return page

    return _routed({"/linode/types": of(types), "/regions": of(regions)}, {})


def vultr(
    *, plans: list[Json] = PLANS, gpu_plans: list[Json] = GPU_PLANS, metal: list[Json] = METAL, size: int = 100
) -> hostile.Step:
    """Vultr's plans, in pages of `size` with a cursor, whatever was asked."""

    def of(name: str, rows: Callable[[Asked], list[Json]]) -> Callable[[Asked, str], Json]:
        def page(asked: Asked, base: str) -> Json:
            begin, every = int(asked.get("cursor", "0")), rows(asked)
            more = str(begin + size) if begin + size < len(every) else ""
            return {
                name: every[begin : begin + size],
                "meta": {"total": len(every), "links": {"next": more, "prev": ""}},
            }

        return page

    by_type = {"all": plans, "vcg": gpu_plans}
    routes = {
        "/plans": of("plans", lambda asked: by_type[asked["type"]]),
        "/plans-metal": of("plans_metal", lambda _: metal),
    }
    return _routed(routes, {})


def _routed(routes: Mapping[str, Callable[[Asked, str], Json]], spoiled: Mapping[int, hostile.Step]) -> hostile.Step:
    """Answers by path, counting from 1."""
    seen: list[str] = []

    def step(exchange: hostile.Exchange) -> None:
        parts = urlsplit(exchange.request.target)
        seen.append(parts.path)
        if len(seen) in spoiled:
            return spoiled[len(seen)](exchange)
        route = routes.get(parts.path)
        if route is None:
            return hostile.json({"error": f"no {parts.path}"}, status=404)(exchange)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        body = json.dumps(route(asked, f"http://{exchange.request.headers['host']}"))
        return hostile.answer(body)(exchange)

    return step
