"""Each provider's price list, in its recorded shape over real HTTP: what is read of it, and in which units."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mist_notebook.ground.errors import ApiError, BadValueError, MistUsageError
from mist_notebook.magic.commands.offers import refresh as command
from mist_notebook.prices.catalogue import specs
from mist_notebook.prices.catalogue.lists import PRICE_LISTS, PriceList
from mist_notebook.prices.catalogue.reading import pages as reading
from mist_notebook.prices.catalogue.reading import price_row
from mist_notebook.prices.catalogue.reading.pages import Means, Reader
from mist_notebook.prices.catalogue.reading.price_row import PriceRow
from mist_notebook.prices.catalogue.sources.azure import Azure
from mist_notebook.prices.catalogue.sources.linode import Linode
from mist_notebook.prices.catalogue.sources.vultr import Vultr
from mist_notebook.records.columns import OFFERS
from tests.rigs import hostile, price_lists
from tests.rigs.offer_rows import offers

TODAY = date(2026, 11, 25)


def read(wanted: PriceList, *regions: str, means: Means = reading.USUAL) -> list[PriceRow]:
    with Reader(wanted.url, wanted.name, wanted.total_s, TODAY, means) as reader:
        return wanted.rows(reader, regions)


def told(row: PriceRow, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


# ------------------------------------------------------------------------------------------------------------- Azure


def test_azure_is_read_page_by_page_and_of_each_size_the_price_that_holds() -> None:
    with hostile.serve(price_lists.azure(size=5)) as server:
        rows = read(Azure(server.url))
    assert [told(row, "id", "region", "kind", "price_hourly") for row in rows] == [
        ("Standard_D2s_v3", "eastus", "on-demand", 0.096),
        ("Standard_D2s_v3", "eastus", "spot", 0.0251),
        ("Standard_D2s_v3", "westeurope", "on-demand", 0.112),
        ("Standard_D96as_v6", "westeurope", "on-demand", 4.128),
        ("Basic_A0", "eastus", "on-demand", 0.018),
    ]
    assert rows[0] == PriceRow(
        id="Standard_D2s_v3", region="eastus", price_hourly=0.096, price_monthly=0.096 * 730, confidence="list"
    )
    assert len(server.ledger) == 4
    assert [parse_qs(urlsplit(request.target).query).get("$skip") for request in server.ledger] == [
        None, ["5"], ["10"], ["15"],
    ]  # fmt: skip


def test_azure_is_asked_without_a_key_for_virtual_machines_by_the_hour() -> None:
    with hostile.serve(price_lists.azure()) as server:
        read(Azure(server.url), "eastus", "westeurope")
    asked = [parse_qs(urlsplit(request.target).query)["$filter"] for request in server.ledger]
    assert asked == [
        [f"serviceName eq 'Virtual Machines' and priceType eq 'Consumption' and armRegionName eq '{region}'"]
        for region in ("eastus", "westeurope")
    ]
    assert all("authorization" not in request.headers and "cookie" not in request.headers for request in server.ledger)


def test_low_priority_counts_where_there_is_no_spot_price() -> None:
    items = [price_lists.meter("Standard_A1", 0.012, skuName="A1 Low Priority", meterName="A1 Low Priority")]
    with hostile.serve(price_lists.azure(*items)) as server:
        assert [told(row, "kind", "price_hourly") for row in read(Azure(server.url))] == [("spot", 0.012)]


@pytest.mark.parametrize("region", ["east us", "eastus'", "' or 1 eq 1", "", "-", "x" * 50, "ostkreuz-ß", "eastus\n"])
def test_what_can_be_no_region_of_azure_is_refused(region: str) -> None:
    if region == "eastus\n":
        assert Azure().region(region) == "eastus"
        return
    with pytest.raises(BadValueError, match="can't be a region of Azure"):
        Azure().region(region)


def test_a_region_of_azure_may_be_written_in_capitals() -> None:
    assert Azure().region(" EastUS2 ") == "eastus2"


def test_prices_of_azure_in_another_currency_are_refused() -> None:
    with (
        hostile.serve(price_lists.azure(price_lists.meter("Standard_A1", 1.0, currencyCode="EUR"))) as server,
        pytest.raises(ApiError, match=r"Azure's prices are in EUR, where USD was asked for\."),
    ):
        read(Azure(server.url))


# ------------------------------------------------------------------------------------------------------------ Linode


def test_linode_offers_a_type_where_its_class_can_be_had_at_the_regions_own_price() -> None:
    with hostile.serve(price_lists.linode(size=2)) as server:
        rows = read(Linode(server.url))
    assert [told(row, "id", "region", "price_hourly", "price_monthly", "confidence") for row in rows] == [
        ("g6-nanode-1", "us-east", 0.0075, 5.0, "list"),
        ("g6-nanode-1", "id-cgk", 0.009, 6.0, "list"),
        ("g1-gpu-rtx6000-1", "us-east", 1.5, 1000.0, "list"),
        ("g7-premium-4", "id-cgk", 86.0 / (2000 / 3), 86.0, "computed"),
    ]
    assert told(rows[0], "name", "family", "vcpus", "ram_gb", "disk_gb", "gpus", "net_gbps", "arch", "cap_hours") == (
        "Nanode 1GB", "nanode", 1.0, 1.0, 25.0, 0.0, 1.0, "x86_64", 2000 / 3,
    )  # fmt: skip
    assert told(rows[2], "gpus", "gpu_name", "gpu_ram_gb", "disk_gb", "spec_source") == (
        1.0,
        "RTX6000",
        None,
        640.0,
        "api",
    )
    assert [request.target for request in server.ledger] == [
        "/linode/types?page=1&page_size=500",
        "/linode/types?page=2&page_size=500",
        "/regions?page=1&page_size=500",
        "/regions?page=2&page_size=500",
    ]


# ------------------------------------------------------------------------------------------------------------- Vultr


def test_vultr_offers_a_plan_at_each_of_its_places_by_its_month() -> None:
    with hostile.serve(price_lists.vultr(size=3)) as server:
        rows = read(Vultr(server.url))
    shown = [
        (
            row.id,
            row.region,
            row.kind,
            row.price_hourly and round(row.price_hourly, 6),
            row.price_monthly,
            row.cap_hours,
        )
        for row in rows
    ]
    assert shown == [
        ("vc2-1c-1gb", "ewr", "on-demand", 0.006849, 5.0, None),
        ("vc2-1c-1gb", "ams", "on-demand", 0.006849, 5.0, None),
        ("vdc-8vcpu-32gb", "ewr", "on-demand", 0.357143, 240.0, 672.0),
        ("vcg-a100-1c-6g-4vram", "ewr", "on-demand", 0.123288, 90.0, None),
        ("vcg-a16-6c-48g-32vram", "ewr", "on-demand", 0.5, 345.0, 690.0),
        ("vcg-x9-1c-6g-4vram", "ewr", "on-demand", 0.25, 182.5, None),
        ("vbm-4c-32gb", "ewr", "on-demand", 0.178571, 120.0, 672.0),
        ("vbm-112c-2048gb-8-h100-gpu", "sea", "on-demand", 23.92, 16074.24, 672.0),
        ("vbm-112c-2048gb-8-h100-gpu", "sea", "spot", 18.4, 12364.8, 672.0),
    ]
    assert [row.confidence for row in rows] == ["computed"] * 2 + ["list"] * 4 + ["computed", "list", "list"]
    assert [request.target for request in server.ledger] == [
        "/plans?per_page=500&type=all",
        "/plans?per_page=500&type=all&cursor=3",
        "/plans?per_page=500&type=vcg",
        "/plans-metal?per_page=500",
    ]


def test_the_shapes_of_vultr_are_in_our_units() -> None:
    with hostile.serve(price_lists.vultr()) as server:
        rows = {row.id: row for row in read(Vultr(server.url))}
    shape = ("vcpus", "ram_gb", "disk_gb", "gpus", "gpu_name", "gpu_ram_gb", "bare_metal", "family")
    assert told(rows["vdc-8vcpu-32gb"], *shape) == (8.0, 32.0, 440.0, 0.0, None, None, False, "vdc")
    assert told(rows["vcg-a100-1c-6g-4vram"], *shape) == (1.0, 6.0, 70.0, 0.05, "A100", 4.0, False, "vcg")
    assert told(rows["vcg-a16-6c-48g-32vram"], *shape) == (6.0, 48.0, 200.0, 2.0, "A16", 16.0, False, "vcg")
    assert told(rows["vcg-x9-1c-6g-4vram"], *shape) == (1.0, 6.0, 70.0, None, "X9", None, False, "vcg")
    assert told(rows["vbm-4c-32gb"], *shape) == (8.0, 32.0, 480.0, 0.0, None, None, True, "vbm")
    assert told(rows["vbm-112c-2048gb-8-h100-gpu"], *shape) == (224.0, 2048.0, 1920.0, 8.0, "H100", 80, True, "vbm")


# -------------------------------------------------------------------------------------------------------- all of them


@pytest.mark.parametrize("wanted", [Linode(), Vultr()])
def test_a_short_list_is_read_whole(wanted: PriceList) -> None:
    with pytest.raises(MistUsageError, match="is read whole, not for 'fra' alone"):
        wanted.region("fra")


def test_the_command_names_every_list_and_no_other() -> None:
    assert tuple(PRICE_LISTS) == command.PRICE_LISTS
    assert all(one.url.startswith("https://") for one in PRICE_LISTS.values())


def test_a_frame_of_rows_has_the_columns_of_offers_and_no_price_of_0() -> None:
    with hostile.serve(price_lists.linode()) as server:
        frame = price_row.frame(read(Linode(server.url)), provider="linode", as_of=TODAY, source="Linode API v4")
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        name: str(dtype) for name, dtype in price_row.empty().dtypes.items()
    }
    assert list(frame.columns) == [column.name for column in OFFERS]
    assert (frame["price_hourly"] > 0).all() and frame["as_of"].notna().all()
    assert set(frame["provider"]) == {"linode"} and frame["backend"].isna().all()


@pytest.mark.parametrize("text", ["", " ", "a\nb", "x" * 200, "a\u202eb", "\x00"])
def test_an_id_that_cannot_be_one_spoils_the_list(text: str) -> None:
    with pytest.raises(ApiError, match="which can't be one"):
        price_row.frame([PriceRow(id=text, region="r")], provider="p", as_of=TODAY, source="s")
    with pytest.raises(ApiError, match="as region"):
        price_row.frame([PriceRow(id="i", region=text)], provider="p", as_of=TODAY, source="s")


def test_shapes_that_the_list_lacks_come_from_the_catalogue_and_the_ids_are_spelled_as_there() -> None:
    embedded = offers(
        {"provider": "azure_arm", "id": "Standard_D2s_v3", "region": "eastus", "vcpus": 2, "ram_gb": 8,
         "arch": "x86_64", "gpus": 0, "burstable": False, "name": "D2s v3", "spec_source": "a package"},
        {"provider": "azure_arm", "id": "Standard_D2s_v3", "region": "westus", "vcpus": 2, "ram_gb": 8},
        {"provider": "azure_arm", "id": "basicA0", "vcpus": 1, "ram_gb": 0.75},
        {"provider": "ec2", "id": "Standard_D96as_v6", "vcpus": 96},
        categories=True,
    )  # fmt: skip
    rows = [
        PriceRow(id="Standard_D2s_v3", region="eastus", price_hourly=0.1),
        PriceRow(id="STANDARD_D2S_V3", region="westus", price_hourly=0.1, vcpus=3),
        PriceRow(id="Basic_A0", region="eastus", price_hourly=0.1),
        PriceRow(id="Standard_D96as_v6", region="eastus", price_hourly=0.1),
    ]
    frame = price_row.frame(rows, provider="azure_arm", as_of=TODAY, source="s")
    found = specs.joined(frame, embedded, "azure_arm")
    assert list(found["id"]) == ["Standard_D2s_v3", "Standard_D2s_v3", "basicA0", "Standard_D96as_v6"]
    assert [None if value != value else value for value in found["vcpus"]] == [2.0, 3.0, 1.0, None]
    assert [None if value != value else value for value in found["ram_gb"]] == [8.0, 8.0, 0.75, None]
    assert found["spec_source"].notna().tolist() == [True, True, False, False]
    assert list(found["name"]) == ["D2s v3", "D2s v3", "basicA0", "Standard_D96as_v6"]
    assert dict(found.dtypes) == dict(frame.dtypes)


def test_no_price_list_is_asked_at_import() -> None:
    """The modules make no door and open no file when they are loaded: only functions do."""
    folder = Path(price_row.__file__).parent.parent
    lists = {type(one).__name__ for one in PRICE_LISTS.values()}
    read = sorted([*folder.glob("reading/*.py"), *folder.glob("sources/*.py")])
    assert len(read) > len(PRICE_LISTS)
    for path in read:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {
            ast.unparse(node.func)
            for statement in tree.body
            if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
            for node in ast.walk(statement)
            if isinstance(node, ast.Call)
        } - lists
        assert not {call.partition(".")[0] for call in called} & {"Http", "Reader", "requests", "open", "read"}, path
