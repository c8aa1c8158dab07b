"""What is asked for as it was written, and what that costs: false values, extra fields, one rule for a month."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from mist_notebook.backends.mist import machine_wire
from mist_notebook.ground.errors import LimitError
from mist_notebook.provision import guard, receipt
from mist_notebook.provision.costs import costly, price_of
from mist_notebook.records.model import Image, Price, Size
from mist_notebook.records.units import monthly_of
from tests.rigs.machine_service import INFO, World, spec

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", [False, 0, [], {}, "", "false", "0", 0.0, True, "no"])
def test_what_a_person_wrote_is_sent_and_stands_on_the_receipt(value: Any) -> None:
    asked = spec(extra={"ipv6": value})
    sent = machine_wire.create_fields(asked, now=NOW)
    assert sent["ipv6"] == value
    assert type(sent["ipv6"]) is type(value)
    assert dict(receipt.asked([asked]))["ipv6"] in (str(value), str(value).lower(), '""')


def test_several_false_values_are_all_sent() -> None:
    extra = {"ipv6": False, "n": 0, "x": [], "note": ""}
    sent = machine_wire.create_fields(spec(extra=extra), now=NOW)
    assert {name: sent[name] for name in extra} == extra


@pytest.mark.parametrize("origin", ["community", "Community", "community images", None, "vendor", "system"])
@pytest.mark.parametrize("owner", ["099720109477", "898082745236", None])
def test_an_image_that_anybody_published_is_warned_of_with_its_owner_and_id(
    origin: str | None, owner: str | None
) -> None:
    image = Image(id="ami-1e749f67", name="ubuntu/images/hvm-ssd/ubuntu-trusty-14.04", owner=owner, origin=origin)
    said = dict(receipt.asked([spec(image=image)]))["image"]
    assert ("COMMUNITY" in said) == ("ommunity" in (origin or ""))
    assert f"(ami-1e749f67, owner {owner or 'unknown'})" in said


@pytest.mark.parametrize(
    ("extra", "changing"),
    [
        ({"disk": 200}, ["disk=200"]),
        ({"ram": "8192"}, ["ram=8192"]),
        ({"cores": 4}, ["cores=4"]),
        ({"libvirt_disk_size": 40, "libvirt_disk_path": "/var"}, ["libvirt_disk_size=40"]),
        ({"size_disk_primary": 40}, ["size_disk_primary=40"]),
        ({"diskSize": 40}, ["diskSize=40"]),
        ({"memory_mb": 1024}, ["memory_mb=1024"]),
        ({"num_cpus": 2}, ["num_cpus=2"]),
        ({"volumes": [{"size": 10}]}, ["volumes=[{'size': 10}]"]),
        ({"backups": "true"}, ["backups=true"]),
        ({"bare_metal": True}, ["bare_metal=True"]),
        ({"hourly": "false"}, ["hourly=false"]),
        ({"number": 3}, ["number=3"]),
        ({"min_count": "2", "max_count": 1}, ["min_count=2"]),
        ({"instances": 1.0}, []),
        ({"flavor": "huge"}, ["flavor=huge"]),
        ({"accelerators": [{"type": "a100"}]}, ["accelerators=[{'type': 'a100'}]"]),
        ({"zz": {"disk_gb": 500}}, ["zz={'disk_gb': 500}"]),
        ({"zz": [{"a": {"cores": 96}}]}, ["zz=[{'a': {'cores': 96}}]"]),
        ({"zz": {"disk_gb": 0, "name": "x"}, "networks": ["n1"], "security_group": "sg-1"}, []),
        ({"hourly": True, "disk": 0, "volumes": [], "backups": "false", "ram": ""}, []),
        ({"cpu_priority": 50, "storage_account": "a", "networks": ["n"], "ipv6": True, "port_speed": 100}, []),
    ],
)
def test_extras_that_cost_make_the_price_unknown(extra: dict[str, Any], changing: list[str]) -> None:
    asked = spec(extra=extra)
    assert costly(extra) == changing
    assert price_of(asked) == (Price() if changing else asked.size.price)
    text = dict(receipt.money([asked]))["price"]
    assert text.startswith("unknown") == bool(changing)
    assert all(words in text for words in changing if len(words) < 40)
    if changing:
        with pytest.raises(LimitError, match="is unknown, so nothing was created"):
            guard.check_price(asked, accepted=False)
    guard.check_price(asked, accepted=True)


def test_an_unknown_price_is_recorded_as_unknown(tmp_path: Any) -> None:
    world = World(tmp_path)
    world.make(extra={"disk": 500}, accept_unknown_price=True)
    assert (world.record().price_hourly, world.record().price_monthly) == (None, None)
    world.make("db", hourly=0.15)
    assert (world.record("db").price_hourly, world.record("db").price_monthly) == (0.15, 109.5)


@pytest.mark.parametrize(
    ("hourly", "said", "month"),
    [
        (0.15, None, 109.5),
        (0.15, 109.5, 109.5),
        (0.15, 100.0, 100.0),
        (0.0075, 5.0, 5.0),
        (0.027, 18.0, 18.0),
        (None, 7.3, 7.3),
        (None, None, None),
    ],
)
def test_a_month_is_730_hours_unless_the_provider_has_a_price_of_its_own(
    hourly: float | None, said: float | None, month: float | None
) -> None:
    assert monthly_of(hourly, said) == month
    if hourly is not None:
        size = Size(id="s1", name="Small", price=Price(hourly=hourly, monthly=said, currency="USD"))
        text = dict(receipt.money([spec(size=size)]))
        assert f"{month:,.2f} USD a month" in text["price"]
        assert text["worst case"].startswith(f"{month:,.2f} USD each month")


@pytest.mark.parametrize(
    ("cost", "month"),
    [
        ({"hourly": 0.15, "monthly": 108.0}, 109.5),
        ({"hourly": 0.15, "monthly": 111.6}, 109.5),
        ({"hourly": 0.15}, 109.5),
        ({"hourly": 0.0075, "monthly": 5.0}, 5.0),
        ({"monthly": 7.3}, 7.3),
        ({}, None),
    ],
)
def test_a_machines_month_that_its_server_only_multiplied_is_730_hours(
    cost: dict[str, float], month: float | None
) -> None:
    row = msgspec.convert({"id": "m1", "name": "web", "cost": cost}, machine_wire.WireMachine)
    machine = machine_wire.machine(row, INFO, now=NOW)
    assert machine is not None and machine.price.monthly == month
