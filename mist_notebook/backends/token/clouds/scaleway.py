"""Scaleway: one project, lists by zone, prices by zone in EUR; a new machine is stopped until it is asked to start.

Every key of the project lets in. An address and a volume cost beside the machine, and are not in the price.
"""

from __future__ import annotations

from mist_notebook.backends.mist import fields
from mist_notebook.backends.provider_fields import GROUP, Field
from mist_notebook.backends.token import row, tools
from mist_notebook.backends.token.facts import Amount, Facts, Fields, Listed, Pages, Row, Rows, Terms, Words
from mist_notebook.net.http import X_AUTH_TOKEN
from mist_notebook.records.model import Image, Machine, MachineSpec, Size

_PER_PAGE = 100
_INSTANCES = "/instance/v1/zones/{zone}"
_STATES = {
    "running": "running", "stopped": "stopped", "stopped in place": "stopped", "starting": "starting",
    "stopping": "stopping", "locked": "suspended",
}  # fmt: skip


def _next(answer: Row, number: int, count: int) -> Fields | None:
    del answer
    return {"page": str(number + 1)} if count >= _PER_PAGE else None


def _words(body: Row) -> tuple[str, str]:
    details = (
        f"{one.get('argument_name') or one.get('resource')}: {one.get('help_message') or one.get('reason') or ''}"
        for one in row.dicts(body, "details")
    )
    return str(body.get("type") or ""), "; ".join([str(body.get("message") or ""), *details]).strip("; ")


def _prices(size: Row, terms: Terms) -> dict[str, Amount]:
    del terms
    by_zone = size.get("zones")
    rows = by_zone.items() if isinstance(by_zone, dict) else ()
    return {
        str(zone): Amount(row.amount(row.inside(one, "hourly_price")), row.amount(row.inside(one, "monthly_price")))
        for zone, one in rows
    }


def _size(one: Row) -> Size | None:
    known = row.named(one, "name")
    if known is None or one.get("end_of_service") is True:
        return None
    memory = fields.figure_of(one.get("ram"))
    return Size(
        **known,
        vcpus=fields.figure_of(one.get("ncpus")),
        ram_mb=None if memory is None else memory / 2**20,
        arch=fields.text_of(one.get("arch")),
    )


def _image(one: Row) -> Image | None:
    known = row.named(one, "label")
    return None if known is None else Image(**known, owner="Scaleway", created=fields.day_of(one.get("created_at")))


def _machine(one: Row) -> Machine | None:
    known, zone = row.named(one), fields.text_of(one.get("zone"))
    if known is None or zone is None:
        return None
    own_id = f"{zone}/{known['id']}"
    public = [net.get("address") for net in row.dicts(one, "public_ips")] or [row.inside(one, "public_ip", "address")]
    return Machine(
        **{**known, "id": own_id, "mist_id": own_id},
        state=row.state(one.get("state"), _STATES),
        public_ips=row.addresses(public),
        private_ips=row.addresses([one.get("private_ip")]),
        size_id=fields.text_of(one.get("commercial_type")),
        image_id=fields.text_of(row.inside(one, "image", "id")),
        location_id=zone,
        created=row.moment(one.get("creation_date")),
        actions=tuple(FACTS.acts),
        tags=row.colon_tags(one),
    )


def _create(spec: MachineSpec, user_data: str | None, project: str) -> Row:
    del user_data
    return {
        "name": spec.name,
        "commercial_type": spec.size.id,
        "image": spec.image.id,
        "project": project,
        "tags": row.colon_tags_for(spec),
        "security_group": spec.extra.get("security_group"),
        "dynamic_ip_required": True,
    }


FACTS = Facts(
    provider="scaleway",
    name="Scaleway",
    url="https://api.scaleway.com",
    scheme=X_AUTH_TOKEN,
    variables=("SCW_SECRET_KEY",),
    project_variable="SCW_DEFAULT_PROJECT_ID",
    tool=tools.Tool("scw", "run scw init", tools.scw_path, tools.scw_contexts),
    renew="Keys are at console.scaleway.com, IAM, API keys; the project's id is in its settings.",
    zones=(
        "fr-par-1", "fr-par-2", "fr-par-3", "nl-ams-1", "nl-ams-2", "nl-ams-3", "pl-waw-1", "pl-waw-2", "pl-waw-3",
    ),
    sizes=Rows(f"{_INSTANCES}/products/servers", "servers"),
    images=Rows("/marketplace/v2/images", "images"),
    locations=None,
    machines=Rows(f"{_INSTANCES}/servers", "servers", {"project": "{project}"}),
    keys=Rows("/iam/v1alpha1/ssh-keys", "ssh_keys", {"project_id": "{project}"}),
    pages=Pages(
        {"per_page": str(_PER_PAGE), "page_size": str(_PER_PAGE)}, _next, lambda answer: answer.get("total_count")
    ),
    words=Words(
        _words,
        certain=frozenset({
            "invalid_request_error", "invalid_arguments", "quotas_exceeded", "out_of_stock", "denied_authentication",
            "permissions_denied", "not_found", "unknown_resource", "resource_expired", "precondition_failed",
            "too_many_requests",
        }),
        doubtful=frozenset({"conflict", "transient_state", "internal", "internal_error"}),
        no_room=frozenset({"out_of_stock"}),
    ),
    usual_terms=Terms("EUR", about=", without its public address and volumes"),
    size=_size,
    prices=_prices,
    image=_image,
    location=lambda _: None,
    machine=_machine,
    one=lambda answer: answer.get("server"),
    key=row.key,
    new_key=lambda name, public, project: {"name": name, "public_key": public, "project_id": project},
    create=_create,
    after={"action": "poweron"},
    acts={
        "start": ("POST", "/action", {"action": "poweron"}),
        "stop": ("POST", "/action", {"action": "poweroff"}),
        "reboot": ("POST", "/action", {"action": "reboot"}),
        "destroy": ("POST", "/action", {"action": "terminate"}),
    },
    machine_path=f"{_INSTANCES}/servers/{{id}}",
    most_user_data=0,
    choices=(
        Listed(
            Field("security_group", "the security group to be in; the project's default without it", lists=GROUP),
            Rows(f"{_INSTANCES}/security_groups", "security_groups", {"project": "{project}"}),
            lambda one: row.choice(one, "name", "the default" if one.get("project_default") is True else None),
        ),
    ),
    billed_when_stopped=False,
)  # fmt: skip
