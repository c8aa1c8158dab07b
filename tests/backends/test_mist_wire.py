"""Mist's answers over real HTTP, of every age and with every fault: what becomes a record, and what is unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from mist_notebook.backends import provider_fields
from mist_notebook.backends.mist.adapter import MistAdapter, MistServer
from mist_notebook.backends.needs import Needs
from mist_notebook.frames import frames
from mist_notebook.ground.errors import ApiError, AuthError, MistError
from mist_notebook.ground.text import clean
from mist_notebook.records.model import BackendInfo, Image, Key, Listing, Location, Network, Price, Provider, Size
from mist_notebook.settings import settings
from tests.rigs import hostile

CLOUD = {"id": "c1", "name": "NephoScale", "provider": "nephoscale", "enabled": True, "state": "online"}
TODAY = datetime.now(UTC).date()


class Wire:
    """A server that answers each path with a body of one's choice, and one backend there."""

    def __init__(self, stack: ExitStack) -> None:
        self.answers: dict[str, hostile.Step] = {}
        running = stack.enter_context(hostile.serve(self._step))
        self.url, self.ledger = running.url, running.ledger
        environment = {"MIST_URL": self.url, "MIST_API_TOKEN": "x-token"}
        self.server = MistServer(settings.load(environment=environment, path=Path("/nonexistent/settings.toml")))
        stack.callback(self.server.close)

    def _step(self, exchange: hostile.Exchange) -> None:
        missing = hostile.answer("Not Found", status=404, content_type="text/plain")
        self.answers.get(exchange.request.path.removeprefix("/api/v1/"), missing)(exchange)

    def say(self, path: str, body: object) -> None:
        """Answer `path` with these bytes, or with this as JSON."""
        self.answers[path] = hostile.answer(body) if isinstance(body, bytes | str) else hostile.json(body)

    def adapter(self, provider: str = "nephoscale") -> MistAdapter:
        return MistAdapter(
            self.server, BackendInfo(id="c1", mist_id="c1", name="NephoScale", provider=provider, server=self.url)
        )

    def images(self, body: object, search: str = "") -> Listing[Image]:
        self.say("clouds/c1/images", body)
        return self.adapter().list_images(search)

    def sizes(self, body: object, provider: str = "nephoscale") -> Listing[Size]:
        self.say("providers", {"supported_providers": []})
        self.say("clouds/c1/sizes", body)
        return self.adapter(provider).list_sizes()

    def image(self, **fields: Any) -> Image:
        (image,) = self.images([{"id": "1", "name": "a", **fields}]).records
        return image

    def size(self, provider: str = "nephoscale", **fields: Any) -> Size:
        (size,) = self.sizes([{"id": "1", "name": "a", **fields}], provider).records
        return size


@pytest.fixture
def wire() -> Iterator[Wire]:
    with ExitStack() as stack:
        yield Wire(stack)


def said(record: Any, **more: Any) -> dict[str, Any]:
    """A record as fields, without the raw JSON of its extras."""
    return {name: getattr(record, name) for name in record.__struct_fields__ if name != "extra_json"} | more


def figures(price: Price) -> tuple[float | None, float | None]:
    return tuple(None if amount is None else round(amount, 6) for amount in (price.hourly, price.monthly))  # type: ignore[return-value]


# ------------------------------------------------------------------------------------------------- shapes of each age


def test_an_image_of_v1_is_read_whole(wire: Wire) -> None:
    image = wire.image(
        id="m1", external_id="ami-1", name="Debian 12", starred=True, os_type="linux", os_distro="debian",
        architecture=["x86"], origin="system", owner="136693071363", created="2026-09-30T00:00:00", min_disk_size=8,
        min_memory_size=512, extra={"architecture": "x86_64", "region": "us-east-1"},
    )  # fmt: skip
    assert said(image) == {
        "id": "ami-1", "mist_id": "m1", "name": "Debian 12", "starred": True, "arch": "x86_64", "os": "debian",
        "called": None,
        "owner": "136693071363", "origin": "system", "created": date(2026, 9, 30), "min_disk_gb": 8.0,
        "min_ram_mb": 512.0,
    }  # fmt: skip
    assert image.extra == {"architecture": "x86_64", "region": "us-east-1"}


def test_an_image_of_2014_is_read_whole(wire: Wire) -> None:
    image = wire.image(id="3", name="Linux CentOS 5.5 32-bit", star=True, extra={"architecture": "x86", "uri": ""})
    assert said(image) == {
        "id": "3", "mist_id": "3", "name": "Linux CentOS 5.5 32-bit", "starred": True, "arch": "i386", "os": None,
        "called": None,
        "owner": None, "origin": None, "created": None, "min_disk_gb": None, "min_ram_mb": None,
    }  # fmt: skip


def test_a_size_of_v1_is_read_whole(wire: Wire) -> None:
    size = wire.size(
        id="m1", external_id="52", name="CS4", cpus=8, ram=16384, disk=600, bandwidth=None, architecture="x86",
        extra={"price": 0.48, "price_as_of": "2014-04-10", "price_source": "a list"},
    )  # fmt: skip
    price = Price(
        hourly=0.48, monthly=0.48 * 730, currency="USD", as_of=date(2014, 4, 10), source="a list", confidence="list"
    )
    assert said(size) == {
        "id": "52", "mist_id": "m1", "name": "CS4", "vcpus": 8.0, "spec_source": "api", "ram_mb": 16384.0,
        "disk_gb": 600.0, "bandwidth": None, "arch": "x86", "driver": "nephoscale", "wire_price": 0.48, "price": price,
        "allowed_images": None,
    }  # fmt: skip


def test_a_size_of_2014_takes_its_vcpus_from_the_name(wire: Wire) -> None:
    size = wire.size(
        id="219", name="CS05-SSD - 0.5GB, 1Core, 25GB, 10 Gbps", ram=512, disk=25, bandwidth=None, price=None,
        driver="NephoScale",
    )  # fmt: skip
    assert (size.vcpus, size.spec_source, size.ram_mb, size.disk_gb, size.price) == (1.0, "name", 512.0, 25.0, Price())


def test_locations_and_networks_are_read_whole(wire: Wire) -> None:
    wire.say("clouds/c1/locations", [
        {"id": "m1", "external_id": "86945", "name": "SJC-1", "country": "US", "location_type": "zone"},
        {"id": "87729", "name": "RIC-1", "country": "US"}, {"id": "x", "name": None, "country": None},
    ])  # fmt: skip
    wire.say(
        "clouds/c1/networks",
        [{"id": "m1", "network_id": "vpc-1", "external_id": "vpc-1", "name": "n", "cidr": "10.0.0.0/8"}],
    )
    locations = [said(record) for record in wire.adapter().list_locations().records]
    free = {"region": None, "available_sizes": None, "available_images": None}
    assert locations == [
        {"id": "86945", "mist_id": "m1", "name": "SJC-1", "country": "US", "kind": "zone", **free},
        {"id": "87729", "mist_id": "87729", "name": "RIC-1", "country": "US", "kind": None, **free},
        {"id": "x", "mist_id": "x", "name": "x", "country": None, "kind": None, **free},
    ]
    assert [said(record) for record in wire.adapter().list_networks().records] == [
        {"id": "vpc-1", "mist_id": "m1", "name": "n", "cidr": "10.0.0.0/8", "description": None}
    ]


@pytest.mark.parametrize("shape", ["v1", "ce4", "2014"])
def test_backends_of_every_age_are_read(wire: Wire, shape: str) -> None:
    cloud = {"id": "c1", "provider": "ec2", "enabled": True, "region": "us-east-1", "state": "online"}
    bodies: dict[str, Any] = {
        "v1": cloud | {"name": "EC2"},
        "ce4": cloud | {"title": "EC2", "poll_interval": 10, "owner": "o", "tags": []},
        "2014": cloud | {"title": "EC2", "poll_interval": 10000},
    }
    wire.say("clouds", [bodies[shape]])
    wire.say("ping", {"hello": "me@example"})
    (info,) = wire.server.backends()
    assert said(info) == {
        "id": "c1", "mist_id": "c1", "name": "EC2", "provider": "ec2", "provider_name": "", "enabled": True,
        "state": "online", "region": "us-east-1", "sandbox": False, "server": wire.url,
    }  # fmt: skip


def test_providers_and_keys_of_both_ages_are_read(wire: Wire) -> None:
    wire.say("providers", {"supported_providers": [
        {"name": "Amazon", "driver": "ec2", "aliases": ["aws"], "category": "compute",
         "regions": [{"location": "Virginia", "id": "us-east-1"}], "features": {"compute": True}},
        {"title": "NephoScale", "provider": "nephoscale", "regions": []},
        {"title": 3, "provider": {}, "aliases": "aws", "regions": {"a": 1}, "features": []},
    ]})  # fmt: skip
    wire.say("keys", [
        {"id": "k1", "name": "mine", "isDefault": True, "machines": [["c", "m"]]},
        {"id": "k2", "name": None, "isDefault": "yes", "machines": None}, {"name": "no id"},
    ])  # fmt: skip
    found: list[Provider] = wire.server.providers()
    assert [(one.id, one.name, one.aliases, one.regions, one.extra) for one in found] == [
        ("ec2", "Amazon", ("aws",), ("us-east-1",), {"compute": True}),
        ("nephoscale", "NephoScale", (), (), {}),
        ("", "3", (), (), {}),
    ]
    keys: list[Key] = wire.server.keys()
    assert [(key.id, key.name, key.default, key.machines) for key in keys] == [
        ("k1", "mine", True, 1), ("k2", "k2", None, None),
    ]  # fmt: skip


# --------------------------------------------------------------------------------------------------------- B83 to B86


def test_what_has_no_id_is_left_out_and_said(wire: Wire) -> None:
    rows: list[Any] = [{"name": "none"}, {"id": {}}, {"id": []}, {"id": None}, {"id": ""}, {"id": True}, {"id": 1.5},
                       {"id": "a\x1bb"}, {"id": "x" * 1000}, {"id": 3, "name": "good"}]  # fmt: skip
    listing = wire.images(rows)
    assert [(image.id, image.name) for image in listing.records] == [("3", "good")]
    assert listing.notes == ("NephoScale: 9 of its images were left out, because their ids can't be read.",)


def test_one_that_is_left_out_is_said_in_the_singular(wire: Wire) -> None:
    listing = wire.images([{"name": "none"}, {"id": "1"}])
    assert listing.notes == ("NephoScale: 1 of its images was left out, because its id can't be read.",)


def test_rows_that_are_no_objects_are_left_out_and_said(wire: Wire) -> None:
    listing = wire.images([{"id": "1"}, 3, "text", None, [], {"id": "2"}])
    assert [image.id for image in listing.records] == ["1", "2"]
    assert len(listing.notes) == 1 and "4 of its images were left out" in listing.notes[0]


@pytest.mark.parametrize(("ids", "count"), [(["1", "1"], 1), (["1", "1", "1"], 1), (["1", "2", "2", "1"], 2)])
def test_an_id_that_several_share_is_said(wire: Wire, ids: list[str], count: int) -> None:
    listing = wire.sizes([{"id": one, "name": f"size {place}"} for place, one in enumerate(ids)])
    assert [size.id for size in listing.records] == ids
    many = "1 id stands" if count == 1 else f"{count} ids stand"
    assert listing.notes == (f"NephoScale: {many} for several sizes, such as '1'; none of these can be used.",)


def test_a_number_as_an_id_is_text_everywhere(wire: Wire) -> None:
    listing = wire.images([{"id": 3, "name": 5}, {"id": "m", "external_id": 7}])
    assert [(image.id, image.mist_id, image.name) for image in listing.records] == [("3", "3", "5"), ("7", "m", "7")]
    assert list(frames.listings("images", [listing])["id"]) == ["3", "7"]


# --------------------------------------------------------------------------------------------------------- B87 to B91


@pytest.mark.parametrize(
    ("provider", "extra", "expected"),
    [
        ("linode", {"price": 0.03, "price_monthly": 20.0}, (0.03, 20.0)),
        ("linode", {"price": 0.03}, (0.03, 20.0)),
        ("vultr", {"price": 5}, (0.006849, 5.0)),
        ("vultr", {"price": "5.00"}, (0.006849, 5.0)),
        ("digitalocean", {"price_hourly": 0.00744, "price_monthly": 5}, (0.00744, 5.0)),
        ("digitalocean", {"price": 0.00744}, (0.00744, 4.99968)),
        ("digitalocean", {"price_monthly": 5}, (0.007440, 5.0)),
        ("ec2", {"price": 0.044}, (0.044, 32.12)),
        ("ec2", {"price": {"linux": {"us-east-1": 0.044}}}, (None, None)),
        ("ec2", {"price": [0.044]}, (None, None)),
        ("ec2", {"price": "$0.02"}, (0.02, 14.6)),
        ("ec2", {"price": "0.02"}, (0.02, 14.6)),
        ("ec2", {"price": "0.02 USD"}, (0.02, 14.6)),
        ("ec2", {"price": "€5"}, (None, None)),
        ("ec2", {"price": "5 EUR"}, (None, None)),
        ("ec2", {"price": "free"}, (None, None)),
        ("ec2", {"price": "nan"}, (None, None)),
        ("ec2", {"price": "1e999"}, (None, None)),
        ("ec2", {"price": ""}, (None, None)),
        ("ec2", {"price": -3}, (None, None)),
        ("ec2", {"price": "-3"}, (None, None)),
        ("ec2", {"price": 0}, (None, None)),
        ("ec2", {"price": True}, (None, None)),
        ("ec2", {"price": None}, (None, None)),
        ("somebody", {"price": 0.02}, (None, None)),
        ("somebody", {"price_hourly": 0.02}, (0.02, 14.6)),
        ("somebody", {"monthly_price": 7.3}, (0.01, 7.3)),
        ("nephoscale", None, (None, None)),
        ("nephoscale", [], (None, None)),
        ("nephoscale", "text", (None, None)),
    ],
)
def test_a_price_is_what_its_provider_means_by_it(
    wire: Wire, provider: str, extra: Any, expected: tuple[float | None, float | None]
) -> None:
    price = wire.size(provider, extra=extra).price
    assert figures(price) == expected
    assert (price.currency is None) == (price == Price()) == (expected == (None, None))


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400])
def test_a_price_out_of_range_is_unknown_and_the_rest_stays(wire: Wire, number: str) -> None:
    plain = f'{{"id":"1","name":"a","ram":512,"price":{number}}}'
    in_extra = f'{{"id":"2","extra":{{"price":{number},"price_monthly":5}}}}'
    first, second = wire.sizes(f"[{plain},{in_extra}]").records
    assert (first.id, first.ram_mb, first.price) == ("1", 512.0, Price())
    assert (second.id, second.price.monthly, second.extra["price_monthly"]) == ("2", 5.0, 5)


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_a_literal_that_is_not_json_makes_the_answer_unreadable(wire: Wire, literal: str) -> None:
    with pytest.raises(ApiError) as caught:
        wire.sizes(f'[{{"id":"1","name":"a","price":{literal}}}]')
    assert caught.value.message == "The answer to /api/v1/clouds/c1/sizes is not JSON."


def test_a_price_is_dated_and_sourced(wire: Wire) -> None:
    plain = wire.size("ec2", extra={"price": 1}).price
    assert (plain.as_of, plain.source, plain.confidence) == (TODAY, wire.url, "list")
    computed = wire.size("vultr", extra={"price": 1, "price_as_of": "soon", "price_source": 3}).price
    assert (computed.as_of, computed.source, computed.confidence) == (TODAY, wire.url, "computed")


# --------------------------------------------------------------------------------------------------------- B92, B93


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("ram", "512MB", None),
        ("ram", "512", 512.0),
        ("ram", None, None),
        ("ram", 0, None),
        ("ram", -1, None),
        ("ram", {}, None),
        ("ram", True, None),
        ("ram", "nan", None),
        ("ram", 1.5, 1.5),
        ("disk", 0, 0.0),
        ("disk", "25", 25.0),
        ("disk", [25], None),
        ("cpus", None, None),
        ("cpus", 0, None),
        ("cpus", "2", 2.0),
        ("cpus", "many", None),
        ("cpus", 0.5, 0.5),
        ("bandwidth", "inf", None),
    ],
)
def test_a_figure_that_is_none_is_unknown(wire: Wire, field: str, value: Any, expected: float | None) -> None:
    attribute = {"ram": "ram_mb", "disk": "disk_gb", "cpus": "vcpus", "bandwidth": "bandwidth"}[field]
    assert getattr(wire.size(**{field: value}), attribute) == expected


def test_unknown_figures_are_missing_in_the_frame(wire: Wire) -> None:
    frame = frames.listings("sizes", [wire.sizes([{"id": "1", "ram": "512MB", "cpus": None, "price": "free"}])])
    assert frame[["vcpus", "ram_gb", "price_hourly", "price_monthly"]].isna().all(axis=None)


# ------------------------------------------------------------------------------------------------------- B94 to B99

NAMES = [
    ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    (r"$\href{javascript:alert(1)}{x}$", r"$\href{javascript:alert(1)}{x}$"),
    ("\x1b[31mred\x1b]8;;http://x\x07", "\\x1b[31mred\\x1b]8;;http://x\\x07"),
    ("=1+1", "=1+1"),
    ("a\u202eb\u200bc", "a\\u202eb\\u200bc"),
    ("a\nb\r\nc\x00", "a\\x0ab\\x0d\\x0ac\\x00"),
    ("x" * 1_000_000, "x" * 128 + "…"),
    ("\x1b" * 1_000_000, clean("\x1b" * 129, 128)),
    ("", "1"),
    (None, "1"),
    ({}, "1"),
    (["a"], "1"),
    (5, "5"),
]


@pytest.mark.parametrize(("name", "shown"), NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_is_kept_as_harmless_text(wire: Wire, name: Any, shown: str) -> None:
    assert wire.image(name=name).name == shown
    assert wire.size(name=name).name == shown


@pytest.mark.parametrize("field", ["os_distro", "owner", "origin", "architecture"])
@pytest.mark.parametrize("value", [{}, [], [[]], 3, True, "", None, "None", "\x1b[31m", "x" * 100_000])
def test_the_other_fields_take_anything_too(wire: Wire, field: str, value: Any) -> None:
    image = wire.image(**{field: value})
    for text in (image.os, image.owner, image.origin, image.arch):
        assert text is None or (text.isprintable() and 0 < len(text) <= 129)


@pytest.mark.parametrize("value", ["weird", "\x1b[31m", {}, 3, None])
def test_a_state_of_any_kind_does_no_harm(wire: Wire, value: Any) -> None:
    wire.say("ping", {})
    wire.say("clouds", [CLOUD | {"state": value, "enabled": value, "region": value, "provider": value}])
    (info,) = wire.server.backends()
    assert info.state is None or info.state.isprintable()


@pytest.mark.parametrize("day", ["2014-13-45", "yesterday", 5, {}, "", "20", "0000-00-00"])
def test_a_day_that_is_none_is_unknown(wire: Wire, day: Any) -> None:
    assert wire.image(created=day).created is None


@pytest.mark.parametrize(
    ("extra", "family", "name", "arch"),
    [
        ("x86_64", None, "a", "x86_64"), ("AMD64", None, "a", "x86_64"), ("x86", None, "a", "i386"),
        ("ppc64", None, "a", "ppc64"), (None, ["arm"], "a", "arm64"), (None, "x86", "Debian 7 64-bit", "x86_64"),
        (None, "x86", "Debian 7 32-bit", "i386"), (None, ["x86"], "a x86_64 b", "x86_64"),
        (None, "x86", "Debian", "x86"), (None, None, "Debian 64-bit", None), (None, [], "a", None), ({}, {}, "a", None),
    ],
)  # fmt: skip
def test_an_architecture_is_spelled_in_one_way(
    wire: Wire, extra: Any, family: Any, name: str, arch: str | None
) -> None:
    assert wire.image(name=name, architecture=family, extra={"architecture": extra}).arch == arch


# ------------------------------------------------------------------------------------------------- searches and faults


def test_a_search_keeps_what_holds_the_words_and_says_when_the_server_stopped(wire: Wire) -> None:
    rows = [{"id": f"ami-{number}", "name": "Ubuntu"} for number in range(39)]
    assert wire.images([*rows, {"id": "x", "name": "Debian"}], "ubuntu").notes == (
        "The server stops a search at 40 images: there may be more. Search for more words.",
    )
    found = wire.images([*rows[:2], {"id": "x", "name": "Debian"}], "AMI-1")
    assert ([image.id for image in found.records], found.notes) == (["ami-1"], ())
    assert json.loads(wire.ledger[-1].body) == {"search_term": "AMI-1"}


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_provider_list_that_is_refused_does_not_fail_the_sizes(wire: Wire, status: int) -> None:
    wire.answers["providers"] = hostile.answer("no", status=status, content_type="text/plain")
    wire.say("clouds/c1/sizes", [{"id": "1", "name": "a"}])
    assert [size.driver for size in wire.adapter().list_sizes().records] == ["nephoscale"]


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "null", '{"supported_providers": null}', "<html>", '{"supported_providers": [3]}']
)
def test_a_provider_list_that_is_nonsense_does_not_fail_the_sizes(wire: Wire, body: str) -> None:
    wire.say("providers", body)
    wire.say("clouds/c1/sizes", [{"id": "1", "name": "a"}])
    assert [size.driver for size in wire.adapter().list_sizes().records] == ["nephoscale"]


def test_the_server_names_the_driver_and_is_asked_once(wire: Wire) -> None:
    wire.say("providers", {"supported_providers": [{"name": "NephoScale", "driver": "nephoscale"}]})
    wire.say("clouds/c1/sizes", [{"id": "1", "name": "a"}])
    adapter = wire.adapter()
    assert [adapter.list_sizes().records[0].driver for _ in range(3)] == ["NephoScale"] * 3
    assert [request.path for request in wire.ledger].count("/api/v1/providers") == 1


@pytest.mark.parametrize("body", ["{}", "null", '"ok"', "[[]]", "", "[3]", '[{"id":"1"},{"id"'])
@pytest.mark.parametrize("kind", ["images", "sizes", "locations", "networks"])
def test_a_listing_of_the_wrong_shape_is_an_error_and_never_empty(wire: Wire, kind: str, body: str) -> None:
    wire.say("providers", {"supported_providers": []})
    wire.say(f"clouds/c1/{kind}", body)
    with pytest.raises(ApiError) as caught:
        getattr(wire.adapter(), f"list_{kind}")()
    assert f"/api/v1/clouds/c1/{kind}" in caught.value.message
    assert len(str(caught.value).splitlines()) <= 2


@pytest.mark.parametrize("kind", ["images", "sizes", "locations", "networks"])
def test_an_empty_list_is_an_empty_listing(wire: Wire, kind: str) -> None:
    wire.say("providers", {"supported_providers": []})
    wire.say(f"clouds/c1/{kind}", [])
    listing: Listing[Any] = getattr(wire.adapter(), f"list_{kind}")()
    assert (listing.records, listing.notes, listing.backend) == ([], (), wire.adapter().info)


@pytest.mark.parametrize(("status", "kind"), [(401, AuthError), (402, ApiError), (403, ApiError), (500, ApiError)])
def test_a_refusal_is_an_error_with_the_servers_words(wire: Wire, status: int, kind: type[MistError]) -> None:
    wire.answers["clouds/c1/images"] = hostile.answer("sorry \x1b[31mdave", status=status, content_type="text/plain")
    with pytest.raises(kind) as caught:
        wire.adapter().list_images()
    assert "x-token" not in str(caught.value) and "\x1b" not in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 2


def test_an_id_of_a_backend_is_one_segment_of_the_path(wire: Wire) -> None:
    info = BackendInfo(id="../../x?y#z", mist_id="../../x?y#z", name="evil", provider="ec2", server=wire.url)
    with pytest.raises(ApiError):
        MistAdapter(wire.server, info).list_locations()
    assert wire.ledger[-1].target == "/api/v1/clouds/..%2F..%2Fx%3Fy%23z/locations"


def test_a_location_with_an_empty_id_is_kept_as_some_clouds_have_one(wire: Wire) -> None:
    wire.say("clouds/c1/locations", [{"id": "m1", "external_id": "", "name": "default"}])
    records: list[Location] = wire.adapter().list_locations().records
    assert [(one.id, one.mist_id, one.name) for one in records] == [("", "m1", "default")]


def test_networks_without_anything_are_read(wire: Wire) -> None:
    wire.say("clouds/c1/networks", [{"id": "n1"}])
    records: list[Network] = wire.adapter().list_networks().records
    assert [said(one) for one in records] == [
        {"id": "n1", "mist_id": "n1", "name": "n1", "cidr": None, "description": None}
    ]


def test_restrictions_are_the_ids_that_the_wire_names(wire: Wire) -> None:
    wire.say("clouds/c1/locations", [
        {"id": "l1", "name": "a", "available_sizes": {"s1": "Small", "s2": "Large"}, "available_images": ["i1", 7, {}]},
        {"id": "l2", "name": "b", "available_sizes": {}, "available_images": "all"},
    ])  # fmt: skip
    first, second = wire.adapter().list_locations().records
    assert (first.available_sizes, first.available_images) == (frozenset({"s1", "s2"}), frozenset({"i1", "7"}))
    assert (second.available_sizes, second.available_images) == (None, None)
    size = wire.sizes([{"id": "s1", "name": "S", "allowed_images": {"i1": "A"}}]).records[0]
    assert size.allowed_images == frozenset({"i1"})


def test_an_image_for_several_architectures_is_of_none_of_them(wire: Wire) -> None:
    assert wire.image(architecture=["x86", "arm"]).arch is None


FEATURES = {
    "provision": {
        "location": False, "cloudinit": True, "custom_size": True, "custom_image": True, "key": {"required": False},
        "restrictions": {"location-size-restriction": True, "size-image-restriction": True},
    }
}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "provider", "wanted"),
    [
        (
            [{"driver": "zzz", "name": "Z", "features": FEATURES}],
            "zzz",
            Needs(location=False, key_required=False, cloud_init=True, custom_size=True, custom_image=True,
                  location_size=True, size_image=True, said=True),
        ),
        ([{"driver": "zzz", "features": {"provision": {}}}], "zzz", Needs(cloud_init=False, said=True)),
        ([{"driver": "zzz", "features": {"provision": {"key": False}}}], "zzz",
         Needs(key=False, key_required=False, cloud_init=False, said=True)),
        ([{"driver": "", "name": "Other", "category": "other", "features": {"provision": False}}], "other",
         Needs(machines=False, said=True)),
        ([{"driver": "ec2", "aliases": ["aws"], "features": {"provision": {}}}], "aws",
         Needs(cloud_init=False, said=True)),
        ([{"driver": "zzz"}], "zzz", Needs()),
        ([{"driver": "zzz", "features": {"provision": "yes"}}], "zzz", Needs()),
        ([], "zzz", Needs()),
        ([], "docker", Needs(key_required=False, lists_a_part=True, fields=provider_fields.fields("docker"))),
        ([], "cloudsigma", Needs()),
        ([], "other", Needs(machines=False)),
    ],
)  # fmt: skip
def test_what_a_backend_needs_is_what_the_server_says_and_else_what_is_usual(
    wire: Wire, rows: list[dict[str, Any]], provider: str, wanted: Needs
) -> None:
    wire.say("providers", {"supported_providers": rows})
    assert wire.adapter(provider).needs() == replace(wanted, public_key=False)


def test_a_server_without_a_list_of_providers_needs_what_is_usual(wire: Wire) -> None:
    assert wire.adapter("zzz").needs() == Needs(public_key=False)


def test_what_a_backend_needs_is_asked_for_again_where_nobody_answered(wire: Wire) -> None:
    wire.answers["providers"] = hostile.answer("no", status=401, content_type="text/plain")
    with pytest.raises(AuthError):
        wire.adapter("zzz").needs()
    wire.say("providers", {"supported_providers": [{"driver": "zzz", "features": FEATURES}]})
    assert wire.adapter("zzz").needs().said
