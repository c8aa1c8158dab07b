"""More public price lists in their recorded shapes, a few rows each, to be served over real HTTP on loopback.

Field names, nesting and units are those of the answers of Amazon's price pages, gcloud-compute.com, Oracle's price list
and cost estimator, the APIs of Scaleway, OVHcloud, Hetzner, Verda and RunPod, and the European Central Bank.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mist_notebook.prices.catalogue.sources.ec2_locations import LOCATIONS
from mist_notebook.prices.catalogue.sources.scaleway import ZONES
from tests.rigs import hostile

Json = dict[str, Any]


def sold(size: str, price: str, **other: Any) -> Json:
    """One row of Amazon's file, as it comes: all of it text."""
    return {
        "rateCode": "2223B6PCG6QAUYY6.JRTCKXETXF.6YS6EN2CT7", "price": price, "Location": "", "Instance Type": size,
        "Instance Family": "General purpose", "vCPU": "4", "Memory": "16 GiB", "Storage": "EBS only",
        "Network Performance": "Up to 5 Gigabit", "Operating System": "Linux", "Pre Installed S/W": "NA",
        "License Model": "No License required",
    } | other  # fmt: skip


SOLD = {
    "m7i xlarge": sold("m7i.xlarge", "0.2016000000", **{"Network Performance": "12.5 Gigabit"}),
    "i4i 4xlarge": sold("i4i.4xlarge", "1.3730000000", Storage="1 x 3750 NVMe SSD", vCPU="16", Memory="128 GiB"),
    "x2 metal": sold("x2iedn.metal", "26.6760000000", Storage="2 x 1.9 TB NVMe SSD", Memory="4,096 GiB"),
    "free": sold("m9z.large", "0.0000000000"),
    "sql": sold("m7i.xlarge", "9.9000000000", **{"Pre Installed S/W": "SQL Std"}),
    "byol": sold("m7i.xlarge", "0.1000000000", **{"License Model": "Bring your own license"}),
    "suse": sold("m7i.xlarge", "0.0100000000", **{"Operating System": "SUSE"}),
}


def ec2(
    rows: Mapping[str, Json] = SOLD, *, day: str = "2026-11-27T20:16:05Z", currency: str = "USD", **places: Any
) -> hostile.Step:
    """Amazon's files, one a place; a place in `places` (by region) answers what stands there instead."""

    def step(exchange: hostile.Exchange) -> None:
        path = urlsplit(exchange.request.target).path
        place = unquote(path.split("/")[-3])
        region = LOCATIONS.get(place, "").replace("-", "_")
        if region in places:
            return places[region](exchange)
        manifest = {"serviceId": "ec2", "hawkFilePublicationDate": day, "currencyCode": currency}
        body = {"manifest": manifest, "sets": {}, "regions": {place: dict(rows)}}
        return hostile.answer(json.dumps(body))(exchange)

    return step


def spot(*regions: Json, currency: str = "USD") -> hostile.Step:
    """Amazon's one file of spot prices."""
    usual = [
        {"region": "us-east", "footnotes": {}, "instanceTypes": [{"type": "generalCurrentGen", "sizes": [
            {"size": "m7i.xlarge", "valueColumns": [
                {"name": "linux", "prices": {"USD": "0.0782"}}, {"name": "mswin", "prices": {"USD": "0.2622"}}]},
            {"size": "m9z.large", "valueColumns": [{"name": "linux", "prices": {"USD": "N/A*"}}]},
        ]}]},
        {"region": "eu-central-1", "instanceTypes": [{"type": "x", "sizes": [
            {"size": "m7i.xlarge", "valueColumns": [{"name": "linux", "prices": {"USD": "0.0911"}}]}]}]},
        {"region": "moon", "instanceTypes": [{"type": "x", "sizes": [{"size": "a.b", "valueColumns": []}]}]},
    ]  # fmt: skip
    config = {"rate": "perhr", "valueColumns": ["linux", "mswin"], "currencies": [currency]}
    return hostile.answer(json.dumps({"vers": 0.01, "config": config | {"regions": list(regions) or usual}}))


GOOGLE = """\
name,region,location,regionLocation,vCpus,memoryGB,acceleratorCount,acceleratorType,hour,hourSpot,month1yCud,month3yCud
c4-standard-4,us-central1,Iowa,us,4,15,0,,0.1976,0.0790,90.85,64.90
c4-standard-4,europe-west3,Frankfurt,eu,4,15,0,,0.2545,,0,
a3-highgpu-8g,us-central1,Iowa,us,208,1872,8,nvidia-h100-80gb,88.4902,26.5,,
e2-micro,us-central1,Iowa,us,2,1,0,,0.00838,0.0025,,
x4-none,us-central1,Iowa,us,480,6144,0,,0,,,
"""


def gce(table: str = GOOGLE) -> hostile.Step:
    return hostile.answer(table, content_type="text/csv")


PRODUCTS = [
    {"partNumber": part, "displayName": part, "metricName": "OCPU Per Hour", "serviceCategory": "Compute",
     "currencyCodeLocalizations": [{"currencyCode": "USD", "prices": [{"model": "PAY_AS_YOU_GO", "value": value}]}]}
    for part, value in (("B93297", 0.01), ("B93298", 0.0015), ("B97384", 0.03), ("B97385", 0.002), ("B98415", 10.0))
]  # fmt: skip


def shape(name: str, *products: tuple[str, str, float], kind: str = "flexible", **other: Any) -> Json:
    return {
        "name": name, "hidden": False, "status": "ACTIVE", "allowPreemptible": kind == "flexible",
        "bundleMemoryQty": 0, "gpuQty": None, "gpuMemoryQty": None, "processorType": {"value": "amd"},
        "shapeType": {"value": "vm"}, "subType": {"value": kind},
        "products": [{"type": {"value": what}, "partNumber": part, "qty": qty} for what, part, qty in products],
    } | other  # fmt: skip


SHAPES = [
    shape("VM.Standard.A1.Flex", ("ocpu", "B93297", 1), ("memory", "B93298", 1), processorType={"value": "arm"}),
    shape("VM.Standard.E5.Flex", ("ocpu", "B97384", 1), ("memory", "B97385", 1)),
    shape("BM.GPU.H100.8", ("gpu", "B98415", 8), kind="gpu", gpuQty=8, gpuMemoryQty=640, bundleMemoryQty=2048,
          shapeType={"value": "bm"}),
    shape("VM.Old", ("ocpu", "B0", 1)),
    shape("VM.Hidden.Flex", ("ocpu", "B97384", 1), hidden=True),
]  # fmt: skip


def oracle(products: list[Json] = PRODUCTS, shapes: list[Json] = SHAPES) -> hostile.Step:
    return _routed({
        "/pls/apex/cetools/api/v1/products/": lambda _: {"items": products, "count": len(products)},
        "/a/ocom/docs/cloudestimator2/data/shapes.json": lambda _: {"items": shapes, "count": len(shapes)},
    })  # fmt: skip


SERVERS = {
    "PRO2-S": {"hourly_price": 0.0438, "monthly_price": 31.97, "ncpus": 2, "ram": 8589934592, "arch": "x86_64",
               "gpu": 0, "gpu_info": None, "end_of_service": False, "baremetal": False,
               "volumes_constraint": {"min_size": 0, "max_size": 0}, "network": {"sum_internet_bandwidth": 350000000}},
    "H100-1-80G": {"hourly_price": 2.73, "ncpus": 24, "ram": 257698037760, "arch": "x86_64", "gpu": 1,
                   "gpu_info": {"gpu_manufacturer": "NVIDIA", "gpu_name": "H100-PCIe", "gpu_memory": 85899345920},
                   "end_of_service": False},
    "AMP2-C1": {"hourly_price": 0.005, "ncpus": 1, "ram": 4294967296, "arch": "arm64", "end_of_service": True},
    "FREE": {"hourly_price": 0, "ncpus": 1, "ram": 1073741824, "arch": "arm"},
}  # fmt: skip


def scaleway(servers: Mapping[str, Json] = SERVERS, *, size: int = 100) -> hostile.Step:
    def zone(asked: Mapping[str, str]) -> Json:
        begin = (int(asked["page"]) - 1) * size
        return {"servers": dict(list(servers.items())[begin : begin + size])}

    return _routed({f"/instance/v1/zones/{name}/products/servers": zone for name in ZONES})


def plan(code: str, price: int, **technical: Any) -> Json:
    shape_ = {"cpu": {"cores": 4}, "memory": {"size": 15}, "storage": {"disks": [{"capacity": 100, "number": 1}]}}
    return {
        "planCode": code, "invoiceName": code, "product": "publiccloud-instance",
        "pricings": [{"capacities": ["consumption"], "price": price, "type": "consumption", "interval": 0}],
        "blobs": {"technical": shape_ | {"bandwidth": {"level": 500}} | technical, "commercial": {"brick": "instance"}},
        "configurations": [{"name": "region", "values": ["GRA11", "SBG5"], "isMandatory": True}],
    }  # fmt: skip


PLANS = [
    plan("b3-16.consumption", 20260000),
    plan("b3-16.monthly.postpaid", 7400000000),
    plan("h100-380.consumption", 280000000, gpu={"model": "H100", "number": 1, "memory": {"size": 80}}),
    plan("win-b3-16.consumption", 40260000),
    plan("free.consumption", 0),
    {"planCode": "volume.consumption", "invoiceName": "v", "pricings": [{"capacities": [], "price": 1}], "blobs": None},
]


def ovh(plans: list[Json] = PLANS, *, currency: str = "EUR") -> hostile.Step:
    found = {"catalogId": 1, "locale": {"currencyCode": currency, "subsidiary": "FR", "taxRate": 20}, "addons": plans}
    return _routed({"/1.0/order/catalog/public/cloud": lambda _: found})


def server_type(name: str, hourly: str, monthly: str, **other: Any) -> Json:
    money = {"price_hourly": {"net": hourly, "gross": hourly}, "price_monthly": {"net": monthly, "gross": monthly}}
    return {
        "id": 1, "name": name, "cores": 4, "memory": 8.0, "disk": 80, "cpu_type": "shared", "deprecated": False,
        "architecture": "arm" if name.startswith("cax") else "x86",
        "prices": [{"location": place, **money} for place in ("nbg1", "fsn1")],
    } | other  # fmt: skip


TYPES = [
    server_type("cax21", "0.0112000000", "6.4900000000"),
    server_type("cx33", "0.0088000000", "5.4900000000"),
    server_type("cx11", "0.0060000000", "3.2900000000", deprecated=True),
]


def hetzner(types: list[Json] = TYPES, *, size: int = 2, promised: int | None = None) -> hostile.Step:
    def page(asked: Mapping[str, str]) -> Json:
        number = int(asked["page"])
        more = number + 1 if number * size < len(types) else None
        pages = {"page": number, "per_page": size, "next_page": more, "total_entries": promised or len(types)}
        return {"server_types": types[(number - 1) * size : number * size], "meta": {"pagination": pages}}

    return _routed({"/server_types": page})


KINDS = [
    {"id": "a", "instance_type": "1H100.80S.30V", "model": "H100 SXM5 80GB", "price_per_hour": "2.29",
     "spot_price": "0.80", "currency": "usd", "cpu": {"description": "30 CPU", "number_of_cores": 30},
     "gpu": {"description": "1x H100 SXM5 80GB", "number_of_gpus": 1}, "memory": {"size_in_gigabytes": 120},
     "gpu_memory": {"size_in_gigabytes": 80}},
    {"id": "b", "instance_type": "CPU.4V.16G", "model": "CPU Node", "price_per_hour": "0.0279", "spot_price": "",
     "currency": "usd", "cpu": {"number_of_cores": 4}, "gpu": {"number_of_gpus": 0},
     "memory": {"size_in_gigabytes": 16}, "gpu_memory": {"size_in_gigabytes": 0}},
]  # fmt: skip


def verda(kinds: list[Json] = KINDS) -> hostile.Step:
    return hostile.answer(json.dumps(kinds))


GPUS = [
    {"id": "NVIDIA H100 80GB HBM3", "displayName": "H100 SXM", "memoryInGb": 80, "securePrice": 2.69,
     "communityPrice": 2.5, "secureSpotPrice": 1.75, "communitySpotPrice": 0,
     "lowestPrice": {"minVcpu": 16, "minMemory": 188}},
    {"id": "unknown", "displayName": "unknown", "memoryInGb": 0, "securePrice": None, "communityPrice": None,
     "secureSpotPrice": None, "communitySpotPrice": None, "lowestPrice": {"minVcpu": None, "minMemory": None}},
]  # fmt: skip


def runpod(gpus: list[Json] = GPUS) -> hostile.Step:
    return hostile.answer(json.dumps({"data": {"gpuTypes": gpus}}))


RATES = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube><Cube time='2026-11-27'>
<Cube currency='USD' rate='1.1600'/><Cube currency='GBP' rate='0.8800'/><Cube currency='XXX' rate='0'/>
</Cube></Cube></gesmes:Envelope>"""


def rates(text: str = RATES) -> hostile.Step:
    return hostile.answer(text, content_type="text/xml")


def _routed(routes: Mapping[str, Callable[[Mapping[str, str]], Json]]) -> hostile.Step:
    def step(exchange: hostile.Exchange) -> None:
        parts = urlsplit(exchange.request.target)
        route = routes.get(parts.path)
        if route is None:
            return hostile.json({"error": f"no {parts.path}"}, status=404)(exchange)
        return hostile.answer(json.dumps(route(dict(parse_qsl(parts.query)))))(exchange)

    return step
