"""DigitalOcean: prices the same in every region that has the size, in USD; names need not be unique there."""

from __future__ import annotations

from mist_notebook.backends.mist import fields
from mist_notebook.backends.provider_fields import NETWORK, Field
from mist_notebook.backends.token import row, tools
from mist_notebook.backends.token.facts import Amount, Facts, Fields, Listed, Pages, Row, Rows, Terms, Words
from mist_notebook.records.model import Image, Location, Machine, MachineSpec, Quota, Size

_STATES = {"new": "pending", "active": "running", "off": "stopped", "archive": "terminated"}


def _next(answer: Row, number: int, count: int) -> Fields | None:
    del count
    return {"page": str(number + 1)} if row.inside(answer, "links", "pages", "next") else None


def _words(body: Row) -> tuple[str, str]:
    return str(body.get("id") or ""), str(body.get("message") or "")


def _prices(size: Row, terms: Terms) -> dict[str, Amount]:
    del terms
    price = Amount(row.amount(size.get("price_hourly")), row.amount(size.get("price_monthly")))
    return {place: price for place in row.listed(size, "regions") if isinstance(place, str)}


def _size(one: Row) -> Size | None:
    known = row.named(one, "slug", "slug")
    if known is None or one.get("available") is False:
        return None
    return Size(
        **known,
        vcpus=fields.figure_of(one.get("vcpus")),
        ram_mb=fields.figure_of(one.get("memory")),
        disk_gb=fields.figure_of(one.get("disk")),
        arch="x86_64",
    )


def _image(one: Row) -> Image | None:
    known = row.named(one, "slug") or row.named(one)
    if known is None or one.get("status") not in ("available", None):
        return None
    system = fields.text_of(one.get("distribution"))
    called = f"{system} {known['name']}" if system and not known["name"].startswith(system) else known["name"]
    return Image(
        **{**known, "name": called},
        os=system,
        owner="DigitalOcean" if one.get("public") is True else None,
        created=fields.day_of(one.get("created_at")),
        min_disk_gb=fields.figure_of(one.get("min_disk_size")),
    )


def _location(one: Row) -> Location | None:
    known = row.named(one, "slug")
    if known is None or one.get("available") is False:
        return None
    return Location(**known, kind="region", available_sizes=fields.ids_of(one.get("sizes")))


def _machine(one: Row) -> Machine | None:
    known = row.named(one)
    if known is None:
        return None
    nets = row.dicts(one, "networks", "v4")
    return Machine(
        **known,
        state=row.state(one.get("status"), _STATES),
        public_ips=row.addresses(net.get("ip_address") for net in nets if net.get("type") == "public"),
        private_ips=row.addresses(net.get("ip_address") for net in nets if net.get("type") == "private"),
        size_id=fields.text_of(one.get("size_slug")),
        image_id=fields.id_of(row.inside(one, "image", "slug")) or fields.id_of(row.inside(one, "image", "id")),
        location_id=fields.text_of(row.inside(one, "region", "slug")),
        created=row.moment(one.get("created_at")),
        actions=tuple(FACTS.acts),
        tags=row.colon_tags(one),
    )


def _create(spec: MachineSpec, user_data: str | None, project: str) -> Row:
    del project
    return {
        "name": spec.name,
        "size": spec.size.id,
        "image": row.number_or_text(spec.image.id),
        "region": spec.location.id if spec.location else None,
        "ssh_keys": [row.number_or_text(spec.key.id)] if spec.key else None,
        "tags": row.colon_tags_for(spec),
        "vpc_uuid": spec.extra.get("vpc_uuid"),
        "user_data": user_data,
    }


def _who(answer: Row) -> tuple[str, str]:
    account = answer.get("account")
    return str(row.inside(account, "uuid") or ""), fields.text_of(row.inside(account, "email")) or ""


FACTS = Facts(
    provider="digitalocean",
    name="DigitalOcean",
    url="https://api.digitalocean.com",
    variables=("DIGITALOCEAN_ACCESS_TOKEN", "DIGITALOCEAN_TOKEN"),
    tool=tools.Tool("doctl", "run doctl auth init", tools.doctl_path, tools.doctl_contexts),
    renew="Tokens are at cloud.digitalocean.com, API.",
    sizes=Rows("/v2/sizes", "sizes"),
    images=Rows("/v2/images", "images", {"type": "distribution"}),
    locations=Rows("/v2/regions", "regions"),
    machines=Rows("/v2/droplets", "droplets"),
    keys=Rows("/v2/account/keys", "ssh_keys"),
    pages=Pages({"per_page": "200"}, _next, lambda answer: row.inside(answer, "meta", "total")),
    words=Words(
        _words,
        certain=frozenset({"unprocessable_entity", "unauthorized", "forbidden", "not_found", "too_many_requests"}),
        doubtful=frozenset({"server_error", "service_unavailable", "conflict"}),
    ),
    size=_size,
    prices=_prices,
    image=_image,
    location=_location,
    machine=_machine,
    one=lambda answer: answer.get("droplet"),
    key=row.key,
    new_key=lambda name, public, _: {"name": name, "public_key": public},
    create=_create,
    acts={
        "start": ("POST", "/actions", {"type": "power_on"}),
        "stop": ("POST", "/actions", {"type": "shutdown"}),
        "reboot": ("POST", "/actions", {"type": "reboot"}),
        "destroy": ("DELETE", "", None),
    },
    machine_path="/v2/droplets/{id}",
    who=_who,
    quota_path="/v2/account",
    quota=lambda answer: Quota(what="machines", most=fields.figure_of(row.inside(answer, "account", "droplet_limit"))),
    labels=Rows("/v2/tags", "tags"),
    label="name",
    who_path="/v2/account",
    most_user_data=64 << 10,
    choices=(
        Listed(
            Field("vpc_uuid", "the network (VPC) to be in; the region's default without it", lists=NETWORK),
            Rows("/v2/vpcs", "vpcs"),
            lambda one: row.choice(
                one,
                "name",
                fields.text_of(one.get("ip_range")),
                "the default" if one.get("default") is True else None,
                places=[fields.text_of(one.get("region"))],
            ),
        ),
    ),
)
