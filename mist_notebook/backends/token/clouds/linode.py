"""Linode (Akamai): prices in USD, dearer in some regions; labels are unique; a root password goes along, unseen."""

from __future__ import annotations

import secrets
from base64 import b64encode

from mist_notebook.backends.mist import fields
from mist_notebook.backends.provider_fields import GROUP, Field
from mist_notebook.backends.token import row, tools
from mist_notebook.backends.token.facts import Amount, Facts, Fields, Listed, Pages, Row, Rows, Terms, Words
from mist_notebook.ground.secret import Secret
from mist_notebook.records.model import Image, Location, Machine, MachineSpec, Size

_STATES = {
    "provisioning": "pending", "booting": "starting", "running": "running", "offline": "stopped", "stopped": "stopped",
    "shutting_down": "stopping", "rebooting": "rebooting", "deleting": "deleting", "migrating": "migrating",
    "rebuilding": "updating", "cloning": "updating", "restoring": "updating", "busy": "updating",
    "billing_suspension": "suspended",
}  # fmt: skip


def _next(answer: Row, number: int, count: int) -> Fields | None:
    del count
    pages = answer.get("pages")
    return {"page": str(number + 1)} if isinstance(pages, int) and number < pages else None


def _words(body: Row) -> tuple[str, str]:
    """Linode has sentences only, each for a field; no codes."""
    rows = row.dicts(body, "errors")
    said = (f"{one['field']}: {one.get('reason')}" if one.get("field") else str(one.get("reason")) for one in rows)
    return "", "; ".join(said)


def _price(price: Row) -> Amount:
    return Amount(row.amount(price.get("hourly")), row.amount(price.get("monthly")))


def _prices(size: Row, terms: Terms) -> dict[str, Amount]:
    del terms
    base = size.get("price")
    found = {str(one.get("id")): _price(one) for one in row.dicts(size, "region_prices")}
    return {"": _price(base if isinstance(base, dict) else {}), **found}


def _size(one: Row) -> Size | None:
    known = row.named(one, "id", "label")
    disk = fields.figure_of(one.get("disk"))
    return (
        None
        if known is None
        else Size(
            **known,
            vcpus=fields.figure_of(one.get("vcpus")),
            ram_mb=fields.figure_of(one.get("memory")),
            disk_gb=None if disk is None else disk / 1024,
            arch="x86_64",
        )
    )


def _image(one: Row) -> Image | None:
    known = row.named(one, "id", "label")
    if known is None or one.get("deprecated") is True or one.get("status") not in ("available", None):
        return None
    size = fields.figure_of(one.get("size"))
    return Image(
        **known,
        os=fields.text_of(one.get("vendor")),
        arch="x86_64",
        owner=fields.text_of(one.get("created_by")),
        created=fields.day_of(one.get("created")),
        min_disk_gb=None if size is None else size / 1024,
    )


def _location(one: Row) -> Location | None:
    known = row.named(one, "id", "label")
    has = row.listed(one, "capabilities")
    if known is None or (has and "Linodes" not in has):
        return None
    return Location(**known, country=fields.text_of(one.get("country")), kind="region")


def _machine(one: Row) -> Machine | None:
    known = row.named(one, "id", "label")
    if known is None:
        return None
    found = row.addresses(row.listed(one, "ipv4"))
    private = tuple(address for address in found if address.startswith("192.168."))
    return Machine(
        **known,
        state=row.state(one.get("status"), _STATES),
        public_ips=tuple(address for address in found if address not in private),
        private_ips=private,
        size_id=fields.text_of(one.get("type")),
        image_id=fields.text_of(one.get("image")),
        location_id=fields.text_of(one.get("region")),
        created=row.moment(one.get("created")),
        actions=tuple(FACTS.acts),
        tags=row.colon_tags(one),
    )


def _create(spec: MachineSpec, user_data: str | None, project: str) -> Row:
    """The password is what Linode wants with an image: random, and kept nowhere."""
    del project
    return {
        "label": spec.name,
        "type": spec.size.id,
        "image": spec.image.id,
        "region": spec.location.id if spec.location else None,
        "authorized_keys": [spec.key.public] if spec.key and spec.key.public else None,
        "root_pass": Secret(secrets.token_urlsafe(48)),
        "tags": row.colon_tags_for(spec),
        "metadata": {"user_data": b64encode(user_data.encode()).decode()} if user_data else None,
        "firewall_id": next(iter(row.ids(spec.extra.get("firewall_id")) or ()), None),
        "booted": True,
    }


def _who(answer: Row) -> tuple[str, str]:
    name = fields.text_of(answer.get("username")) or ""
    return name, name


FACTS = Facts(
    provider="linode",
    name="Linode",
    url="https://api.linode.com/v4",
    variables=("LINODE_CLI_TOKEN", "LINODE_TOKEN"),
    tool=tools.Tool("linode-cli", "run linode-cli configure", tools.linode_path, tools.linode_contexts),
    renew="Tokens are at cloud.linode.com, Profile, API tokens; it needs Linodes and Images read/write, Account read.",
    sizes=Rows("/linode/types", "data"),
    images=Rows("/images", "data"),
    locations=Rows("/regions", "data"),
    machines=Rows("/linode/instances", "data"),
    keys=Rows("/profile/sshkeys", "data"),
    pages=Pages({"page_size": "500"}, _next, lambda answer: answer.get("results")),
    words=Words(_words),
    size=_size,
    prices=_prices,
    image=_image,
    location=_location,
    machine=_machine,
    one=lambda answer: answer,
    key=lambda one: row.key(one, "ssh_key", "label"),
    new_key=lambda name, public, _: {"label": name, "ssh_key": public},
    create=_create,
    acts={
        "start": ("POST", "/boot", None),
        "stop": ("POST", "/shutdown", None),
        "reboot": ("POST", "/reboot", None),
        "destroy": ("DELETE", "", None),
    },
    machine_path="/linode/instances/{id}",
    who=_who,
    labels=Rows("/tags", "data"),
    label="label",
    who_path="/profile",
    most_user_data=16 << 10,
    choices=(
        Listed(
            Field("firewall_id", "a firewall to stand behind", lists=GROUP),
            Rows("/networking/firewalls", "data"),
            lambda one: row.choice(one, "label", fields.text_of(one.get("status"))),
        ),
    ),
)
