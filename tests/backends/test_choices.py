"""Networks and groups by name, over real HTTP: what each cloud lists, and what goes over of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mist_notebook import MistClient
from mist_notebook.backends.provider_fields import GROUP, NETWORK, SUBNET
from mist_notebook.client.backend import Backend
from mist_notebook.ground.errors import AmbiguousError, ApiError, BadValueError
from mist_notebook.records.model import Location
from tests.backends.test_own_clouds import CLOUDS
from tests.rigs import hostile, own_clouds, token_clouds
from tests.rigs.own_clouds.azure import S
from tests.rigs.own_clouds.gce import P
from tests.rigs.quick_steps import steps
from tests.rigs.token_clouds import Cloud

Row = dict[str, Any]
NETS: list[Row] = [
    {"id": 7, "name": "lab", "ip_range": "10.0.0.0/16"},
    {"id": 8, "name": "twin"},
    {"id": 9, "name": "twin"},
]
VPCS: list[Row] = [{"id": "v-1", "name": "lab", "region": "ams3"}, {"id": "v-2", "name": "far", "region": "moon1"}]
LISTED: dict[str, dict[str, Row]] = {
    "hetzner": {
        "/networks": {"networks": NETS, "meta": {"pagination": {"total_entries": 3}}},
        "/firewalls": {
            "firewalls": [{"id": 3, "name": "web", "rules": [{}]}],
            "meta": {"pagination": {"total_entries": 1}},
        },
    },
    "digitalocean": {"/v2/vpcs": {"vpcs": VPCS, "meta": {"total": 2}, "links": {}}},
    "linode": {
        "/networking/firewalls": {"data": [{"id": 3, "label": "web"}], "page": 1, "pages": 1, "results": 1},
    },
    "vultr": {
        "/vpcs": {
            "vpcs": [{"id": "v-1", "description": "lab", "v4_subnet": "10.1.0.0", "v4_subnet_mask": 20}],
            "meta": {"total": 1, "links": {}},
        },
        "/firewalls": {"firewall_groups": [{"id": "f-1", "description": "web"}], "meta": {"total": 1, "links": {}}},
    },
    "scaleway": {"/security_groups": {"security_groups": [{"id": "s-1", "name": "web"}], "total_count": 1}},
}
SENT: list[tuple[str, Row, Row]] = [
    ("hetzner", {"networks": "lab", "firewalls": "web"}, {"networks": [7], "firewalls": [{"firewall": 3}]}),
    ("hetzner", {"networks": ["lab", "8"]}, {"networks": [7, 8]}),
    ("digitalocean", {"vpc_uuid": "lab"}, {"vpc_uuid": "v-1"}),
    ("linode", {"firewall_id": "WEB"}, {"firewall_id": 3}),
    ("vultr", {"attach_vpc": "lab", "firewall_group_id": "web"}, {"attach_vpc": ["v-1"], "firewall_group_id": "f-1"}),
    ("scaleway", {"security_group": "web"}, {"security_group": "s-1"}),
]
REFUSED: list[tuple[str, Row, type[Exception], str]] = [
    ("hetzner", {"networks": "labb"}, BadValueError, "There is no network 'labb'."),
    ("hetzner", {"networks": "twin"}, AmbiguousError, "2 networks match"),
    ("digitalocean", {"vpc_uuid": "far"}, BadValueError, "is in moon1, not in"),
    ("digitalocean", {"vpc_uuid": ["lab", "lab"]}, BadValueError, "vpc_uuid"),
    ("linode", {"firewall_id": "wb"}, BadValueError, "There is no security group 'wb'."),
]


@pytest.fixture
def cloud(provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    token_clouds.no_credentials(monkeypatch, str(tmp_path))
    with token_clouds.serve(provider, monkeypatch) as cloud:
        cloud.broken |= {path: hostile.json(answer) for path, answer in LISTED[provider].items()}
        yield cloud


@pytest.fixture
def backend(cloud: Cloud) -> Iterator[Backend]:
    with MistClient() as client:
        client.add_cloud(cloud.provider)
        client.make_key("mine")
        yield next(iter(client.backends.values()))


def wish(backend: Backend, cloud: Cloud, **more: Any) -> Any:
    return backend.spec("web", key="mine", **{**cloud.script.wish, **more})


@pytest.mark.parametrize(("provider", "extra", "sent"), SENT)
def test_a_clouds_networks_and_firewalls_go_over_by_their_ids(
    backend: Backend, cloud: Cloud, extra: Row, sent: Row
) -> None:
    steps(backend, wish(backend, cloud, **extra))
    (create,) = cloud.creates
    body = json.loads(create.body)
    assert {name: body[name] for name in sent} == sent


@pytest.mark.parametrize(("provider", "extra", "error", "said"), REFUSED)
def test_what_a_cloud_doesnt_list_there_is_refused(
    backend: Backend, cloud: Cloud, extra: Row, error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as found:
        wish(backend, cloud, **extra)
    assert said in found.value.message  # type: ignore[attr-defined]
    assert cloud.creates == []


@pytest.mark.parametrize("provider", ["hetzner"])
def test_a_listing_that_is_denied_is_an_error_and_leaves_the_word_to_the_cloud(backend: Backend, cloud: Cloud) -> None:
    cloud.broken["/networks"] = hostile.json({"error": {"code": "forbidden", "message": "no"}}, status=403)
    with pytest.raises(ApiError):
        backend.adapter.list_choices("networks")
    assert wish(backend, cloud, networks="7").extra == {"networks": ["7"]}


# ------------------------------------------------------------------------------------------------ by a vendor's login


@pytest.fixture
def own(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Backend]]:
    own_clouds.no_credentials(monkeypatch, tmp_path)
    with own_clouds.serve(CLOUDS[name]()) as cloud:
        cloud.configure(monkeypatch, tmp_path)  # type: ignore[attr-defined]
        with MistClient() as client:
            client.add_backend(provider=cloud.provider, **cloud.words)
            client.make_key("mine")
            yield cloud, next(iter(client.backends.values()))


def kinds(backend: Backend) -> dict[str, str]:
    return {field.name: field.lists for field in backend.adapter.needs().fields if field.lists}


@pytest.mark.parametrize("name", ["openstack"])
def test_openstacks_networks_and_groups(own: tuple[Any, Backend]) -> None:
    stack, backend = own
    stack.made["security-groups"] += [{"id": "g-1", "name": "web", "security_group_rules": []}]
    assert kinds(backend) == {"networks": NETWORK, "security_groups": GROUP}
    spec = backend.spec("web", key="mine", **stack.wish, networks="private", security_groups="web")
    assert spec.extra == {"networks": "n-in", "security_groups": "g-1"}
    with pytest.raises(BadValueError, match="no security group 'wbe'"):
        backend.spec("web", key="mine", **stack.wish, security_groups="wbe")


@pytest.mark.parametrize("name", ["gce"])
def test_googles_networks_and_the_subnetworks_of_a_zones_region(own: tuple[Any, Backend]) -> None:
    google, backend = own
    rows = [{"name": "inner", "ipCidrRange": "10.0.0.0/20", "network": "x/global/networks/lab"}]
    google.routes.insert(
        0, ("GET", f"{P}/regions/([^/]+)/subnetworks", lambda *_, **__: hostile.json({"kind": "x", "items": rows}))
    )
    assert kinds(backend) == {"networks": NETWORK, "subnetwork": SUBNET}
    spec = backend.spec("web", key="mine", **google.wish, networks="LAB", subnetwork="inner")
    assert spec.extra == {"networks": "lab", "subnetwork": "inner"}
    place = Location(id="us-central1-a", mist_id="us-central1-a", name="us-central1-a")
    listing = backend.adapter.list_choices("subnetwork", place)
    assert listing is not None and [(one.name, one.about) for one in listing.records] == [
        ("inner", "10.0.0.0/20 · lab")
    ]
    assert backend.adapter.list_choices("subnetwork") is None and backend.adapter.list_choices("spot") is None
    with pytest.raises(BadValueError, match="no subnet 'outer'"):
        backend.spec("web", key="mine", **google.wish, subnetwork="outer")


@pytest.mark.parametrize("name", ["azure"])
def test_azures_machine_stands_in_a_subnet_of_somebodys_own(own: tuple[Any, Backend]) -> None:
    manager, backend = own
    net, group = (
        f"{S}/resourceGroups/mine/providers/Microsoft.Network/{kind}"
        for kind in ("virtualNetworks/lab", "networkSecurityGroups/web")
    )
    rows = {
        "virtualNetworks": [
            {"id": net, "name": "lab", "location": "westeurope", "properties": {"subnets": [
                {"id": f"{net}/subnets/a", "name": "a", "properties": {"addressPrefix": "10.1.0.0/24"}}]}},
            {"id": net.replace("lab", "far"), "name": "far", "location": "northeurope", "properties": {"subnets": [
                {"id": f"{net}2/subnets/a", "name": "a", "properties": {}}]}},
        ],
        "networkSecurityGroups": [{"id": group, "name": "web", "location": "westeurope", "properties": {}}],
    }  # fmt: skip
    manager.routes.insert(
        0,
        (
            "GET",
            f"{S}/providers/Microsoft.Network/(virtualNetworks|networkSecurityGroups)",
            lambda kind, **_: hostile.json({"value": rows[kind]}),
        ),
    )
    spec = backend.spec("web", key="mine", **manager.wish, subnet_id="lab", security_group="web")
    assert spec.extra == {"subnet_id": f"{net}/subnets/a", "security_group": group}
    steps(backend, spec)
    cards = [one for own_id, one in manager.resources.items() if "/networkinterfaces/" in own_id]
    (way,) = cards[0]["properties"]["ipConfigurations"]
    assert way["properties"]["subnet"] == {"id": f"{net}/subnets/a"}
    assert cards[0]["properties"]["networkSecurityGroup"] == {"id": group}
    made = " ".join(manager.resources)
    assert "/virtualnetworks/network" not in made and "/networksecuritygroups/ssh" not in made
    with pytest.raises(BadValueError, match="is in northeurope, not in westeurope"):
        backend.spec("other", key="mine", **manager.wish, subnet_id="far")
