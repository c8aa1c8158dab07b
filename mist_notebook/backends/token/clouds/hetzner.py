"""Hetzner Cloud: one project a token, prices by location in the account's currency, names unique in the project.

Facts of its documentation and of its own clients; an address costs beside the machine, so it is in the price.
"""

from __future__ import annotations

from mist_notebook.backends import tag_rules
from mist_notebook.backends.mist import fields
from mist_notebook.backends.provider_fields import GROUP, IDS, NETWORK, Field
from mist_notebook.backends.token import pricing, row, tools
from mist_notebook.backends.token.facts import Amount, Facts, Fields, Listed, Pages, Row, Rows, Terms, Words
from mist_notebook.records.model import Image, Location, Machine, MachineSpec, Size

_ARCHITECTURES = {"x86": "x86_64", "arm": "arm64"}
_STATES = {
    "initializing": "pending", "starting": "starting", "running": "running", "stopping": "stopping", "off": "stopped",
    "deleting": "deleting", "migrating": "migrating", "rebuilding": "updating",
}  # fmt: skip


def _next(answer: Row, number: int, count: int) -> Fields | None:
    del number, count
    following = fields.id_of(row.inside(answer, "meta", "pagination", "next_page"))
    return {"page": following} if following else None


def _words(body: Row) -> tuple[str, str]:
    return str(row.inside(body, "error", "code") or ""), str(row.inside(body, "error", "message") or "")


def _terms(answer: Row) -> Terms:
    """The account's currency, and what a public IPv4 address costs at each location."""
    kinds = [one for one in row.dicts(answer, "pricing", "primary_ips") if one.get("type") == "ipv4"]
    amounts = {str(one.get("location")): _net(one) for kind in kinds for one in row.dicts(kind, "prices")}
    currency = fields.text_of(row.inside(answer, "pricing", "currency")) or "EUR"
    return Terms(currency, amounts, ", with its public IPv4 address" if amounts else ", without its address")


def _net(price: Row) -> Amount:
    hourly, monthly = (row.inside(price, name, "net") for name in ("price_hourly", "price_monthly"))
    return Amount(row.amount(hourly), row.amount(monthly))


def _prices(size: Row, terms: Terms) -> dict[str, Amount]:
    found = {str(one.get("location")): _net(one) for one in row.dicts(size, "prices")}
    return {place: pricing.together(one, terms.address.get(place)) for place, one in found.items()}


def _size(one: Row) -> Size | None:
    known = row.named(one, "name")
    if known is None or one.get("deprecated") is True:
        return None
    memory = fields.figure_of(one.get("memory"))
    return Size(
        **known,
        vcpus=fields.figure_of(one.get("cores")),
        ram_mb=None if memory is None else memory * 1024,
        disk_gb=fields.figure_of(one.get("disk")),
        arch=_ARCHITECTURES.get(str(one.get("architecture"))),
    )


def _image(one: Row) -> Image | None:
    known = row.named(one)
    if known is None or one.get("deprecated") or one.get("status") not in ("available", None):
        return None
    known["name"] = fields.name_of(one.get("name") or one.get("description"), known["id"])
    return Image(
        **known,
        os=fields.text_of(one.get("os_flavor")),
        arch=_ARCHITECTURES.get(str(one.get("architecture"))),
        owner="Hetzner" if one.get("type") == "system" else None,
        origin=fields.text_of(one.get("type")),
        created=fields.day_of(one.get("created")),
        min_disk_gb=fields.figure_of(one.get("disk_size")),
    )


def _location(one: Row) -> Location | None:
    known = row.named(one, "name", "description")
    return None if known is None else Location(**known, country=fields.text_of(one.get("country")), kind="location")


def _machine(one: Row) -> Machine | None:
    known = row.named(one)
    if known is None:
        return None
    place = row.inside(one, "location", "name") or row.inside(one, "datacenter", "location", "name")
    labels = one.get("labels")
    return Machine(
        **known,
        state=row.state(one.get("status"), _STATES),
        public_ips=row.addresses([row.inside(one, "public_net", "ipv4", "ip")]),
        private_ips=row.addresses(net.get("ip") for net in row.dicts(one, "private_net")),
        size_id=fields.text_of(row.inside(one, "server_type", "name")),
        image_id=fields.id_of(row.inside(one, "image", "id")),
        location_id=fields.text_of(place),
        created=row.moment(one.get("created")),
        actions=tuple(FACTS.acts),
        tags=tuple((str(name), str(value)) for name, value in labels.items()) if isinstance(labels, dict) else (),
    )


def _create(spec: MachineSpec, user_data: str | None, project: str) -> Row:
    del project
    return {
        "name": spec.name,
        "server_type": spec.size.id,
        "image": spec.image.id,
        "location": spec.location.id if spec.location else None,
        "ssh_keys": [spec.key.name] if spec.key else None,  # unique there; its ids are numbers, which it wants as text
        "labels": tag_rules.of(spec) or None,
        "networks": row.ids(spec.extra.get("networks")),
        "firewalls": [{"firewall": own} for own in row.ids(spec.extra.get("firewalls")) or ()] or None,
        "user_data": user_data,
        "start_after_create": True,
    }


FACTS = Facts(
    provider="hetzner",
    name="Hetzner",
    url="https://api.hetzner.cloud/v1",
    variables=("HCLOUD_TOKEN",),
    tool=tools.Tool("hcloud", "run hcloud context create NAME", tools.hcloud_path, tools.hcloud_contexts),
    renew="A project's tokens are at console.hetzner.cloud, Security, API tokens; it needs to read and write.",
    sizes=Rows("/server_types", "server_types"),
    images=Rows("/images", "images", {"status": "available"}),
    locations=Rows("/locations", "locations"),
    machines=Rows("/servers", "servers"),
    keys=Rows("/ssh_keys", "ssh_keys"),
    pages=Pages({"per_page": "50"}, _next, lambda answer: row.inside(answer, "meta", "pagination", "total_entries")),
    words=Words(
        _words,
        certain=frozenset({
            "invalid_input", "json_error", "forbidden", "unauthorized", "not_found", "rate_limit_exceeded", "locked",
            "resource_limit_exceeded", "resource_unavailable", "placement_error", "uniqueness_error", "protected",
            "unsupported_error", "token_readonly", "maintenance",
        }),
        doubtful=frozenset({"conflict", "server_error", "service_error", "timeout"}),
        no_room=frozenset({"resource_unavailable", "placement_error"}),
    ),
    size=_size,
    prices=_prices,
    image=_image,
    location=_location,
    machine=_machine,
    one=lambda answer: answer.get("server"),
    key=row.key,
    new_key=lambda name, public, _: {"name": name, "public_key": public},
    create=_create,
    acts={
        "start": ("POST", "/actions/poweron", None),
        "stop": ("POST", "/actions/shutdown", None),
        "reboot": ("POST", "/actions/reboot", None),
        "destroy": ("DELETE", "", None),
    },
    machine_path="/servers/{id}",
    terms_path="/pricing",
    terms=_terms,
    most_user_data=32 << 10,
    choices=(
        Listed(
            Field("networks", "a private network to be in too", lists=NETWORK, shape=IDS),
            Rows("/networks", "networks"),
            lambda one: row.choice(one, "name", fields.text_of(one.get("ip_range"))),
        ),
        Listed(
            Field("firewalls", "a firewall to stand behind", lists=GROUP, shape=IDS),
            Rows("/firewalls", "firewalls"),
            lambda one: row.choice(one, "name", f"{len(row.dicts(one, 'rules'))} rules"),
        ),
    ),
)  # fmt: skip
