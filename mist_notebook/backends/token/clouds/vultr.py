"""Vultr: prices in USD, the same wherever a plan is; a name is a label, and need not be unique there."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import parse_qs, urlsplit

from mist_notebook.backends.mist import fields
from mist_notebook.backends.provider_fields import GROUP, IDS, NETWORK, Field
from mist_notebook.backends.token import row, tools
from mist_notebook.backends.token.facts import Amount, Facts, Fields, Listed, Pages, Row, Rows, Terms, Words
from mist_notebook.records.model import Image, Location, Machine, MachineSpec, Size

_MONTH_H = 672.0  # after which a month is paid: an hour is the month's price by this where Vultr gives the month alone
_ARCHITECTURES = {"x64": "x86_64", "i386": "i386", "arm64": "arm64"}
_STATES = {"pending": "pending", "suspended": "suspended", "resizing": "updating"}
_POWER = {"running": "running", "stopped": "stopped"}
_NO_SYSTEM = {"iso", "snapshot", "backup", "application", "marketplace"}


def _next(answer: Row, number: int, count: int) -> Fields | None:
    del number, count
    cursor = row.inside(answer, "meta", "links", "next")
    if not isinstance(cursor, str) or not cursor:
        return None
    asked = parse_qs(urlsplit(cursor).query).get("cursor", [cursor])
    return {"cursor": asked[0]}


def _words(body: Row) -> tuple[str, str]:
    return "", str(body.get("error") or "")


def _prices(size: Row, terms: Terms) -> dict[str, Amount]:
    del terms
    hourly, monthly = row.amount(size.get("hourly_cost")), row.amount(size.get("monthly_cost"))
    computed = hourly is None and monthly is not None
    price = Amount(monthly / _MONTH_H if hourly is None and monthly is not None else hourly, monthly, computed)
    return {place: price for place in row.listed(size, "locations") if isinstance(place, str)}


def _size(one: Row) -> Size | None:
    known = row.named(one, "id", "id")
    if known is None or not row.listed(one, "locations"):
        return None
    return Size(
        **known,
        vcpus=fields.figure_of(one.get("vcpu_count")),
        ram_mb=fields.figure_of(one.get("ram")),
        disk_gb=fields.figure_of(one.get("disk")),
        bandwidth=fields.figure_of(one.get("bandwidth")),
        arch="x86_64",
    )


def _image(one: Row) -> Image | None:
    known = row.named(one)
    family = fields.text_of(one.get("family"))
    if known is None or family in _NO_SYSTEM:
        return None
    return Image(**known, os=family, arch=_ARCHITECTURES.get(str(one.get("arch"))), owner="Vultr")


def _location(one: Row) -> Location | None:
    known = row.named(one, "id", "city")
    return None if known is None else Location(**known, country=fields.text_of(one.get("country")), kind="region")


def _machine(one: Row) -> Machine | None:
    known = row.named(one, "id", "label")
    if known is None:
        return None
    status = one.get("status")
    is_ready = status == "active" and one.get("server_status") not in ("installingbooting", "locked", "none")
    state = (
        row.state(one.get("power_status"), _POWER) if is_ready else row.state(status, {**_STATES, "active": "pending"})
    )
    return Machine(
        **known,
        state=state,
        public_ips=row.addresses([one.get("main_ip")]),
        private_ips=row.addresses([one.get("internal_ip")]),
        size_id=fields.text_of(one.get("plan")),
        image_id=fields.id_of(one.get("os_id")),
        location_id=fields.text_of(one.get("region")),
        created=row.moment(one.get("date_created")),
        actions=tuple(FACTS.acts),
        tags=row.colon_tags(one),
    )


def _range(one: Row) -> str | None:
    subnet, bits = fields.text_of(one.get("v4_subnet")), one.get("v4_subnet_mask")
    return f"{subnet}/{bits}" if subnet and isinstance(bits, int) else subnet


def _create(spec: MachineSpec, user_data: str | None, project: str) -> Row:
    del project
    return {
        "label": spec.name,
        "hostname": spec.name,
        "plan": spec.size.id,
        "os_id": row.number_or_text(spec.image.id),
        "region": spec.location.id if spec.location else None,
        "sshkey_id": [spec.key.id] if spec.key else None,
        "tags": row.colon_tags_for(spec),
        "user_data": b64encode(user_data.encode()).decode() if user_data else None,
        "attach_vpc": row.ids(spec.extra.get("attach_vpc")),
        "firewall_group_id": spec.extra.get("firewall_group_id"),
        "backups": "disabled",
        "activation_email": False,
    }


def _who(answer: Row) -> tuple[str, str]:
    email = fields.text_of(row.inside(answer, "account", "email")) or ""
    return email, email


FACTS = Facts(
    provider="vultr",
    name="Vultr",
    url="https://api.vultr.com/v2",
    variables=("VULTR_API_KEY",),
    tool=tools.Tool("vultr-cli", "put api-key into ~/.vultr-cli.yaml", tools.vultr_path, tools.vultr_contexts),
    renew="The key is at my.vultr.com, Account, API; it is good from the addresses that are allowed there only.",
    sizes=Rows("/plans", "plans"),
    images=Rows("/os", "os"),
    locations=Rows("/regions", "regions"),
    machines=Rows("/instances", "instances"),
    keys=Rows("/ssh-keys", "ssh_keys"),
    pages=Pages({"per_page": "500"}, _next, lambda answer: row.inside(answer, "meta", "total")),
    words=Words(_words),
    size=_size,
    prices=_prices,
    image=_image,
    location=_location,
    machine=_machine,
    one=lambda answer: answer.get("instance"),
    key=lambda one: row.key(one, "ssh_key"),
    new_key=lambda name, public, _: {"name": name, "ssh_key": public},
    create=_create,
    acts={
        "start": ("POST", "/start", None),
        "stop": ("POST", "/halt", None),
        "reboot": ("POST", "/reboot", None),
        "destroy": ("DELETE", "", None),
    },
    machine_path="/instances/{id}",
    who=_who,
    who_path="/account",
    choices=(
        Listed(
            Field("attach_vpc", "a private network (VPC) to be in too", lists=NETWORK, shape=IDS),
            Rows("/vpcs", "vpcs"),
            lambda one: row.choice(one, "description", _range(one), places=[fields.text_of(one.get("region"))]),
        ),
        Listed(
            Field("firewall_group_id", "a firewall group to stand behind", lists=GROUP),
            Rows("/firewalls", "firewall_groups"),
            lambda one: row.choice(one, "description"),
        ),
    ),
)
