"""A machine on a Mist server's wire (V1 of all ages), read into a record; and a create, made of a spec."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from mist_notebook.backends import tag_rules
from mist_notebook.ground.text import clean
from mist_notebook.records.model import BackendInfo, Machine, MachineSpec, Price
from mist_notebook.records.units import monthly_of, own_month

from . import fields
from .wire import Row

_CLOCK_SKEW = timedelta(days=1)
_LONGEST = timedelta(days=36_525)


class WireMachine(Row, gc=False):
    machine_id: Any = None
    state: Any = None
    public_ips: Any = None
    private_ips: Any = None
    size: Any = None
    image: Any = None
    location: Any = None
    cost: Any = None
    actions: Any = None
    tags: Any = None
    created: Any = None
    expiration: Any = None
    ssh_host: Any = None
    ssh_port: Any = None


class WireCreated(WireMachine, gc=False):
    job_id: Any = None
    job: Any = None


class _MachineExtra(msgspec.Struct, gc=False):
    ssh_host: Any = None
    ssh_port: Any = None


_machine_extra = msgspec.json.Decoder(_MachineExtra)


def machine(row: WireMachine, info: BackendInfo, *, now: datetime) -> Machine | None:
    """The record of a machine; references to sizes, images and locations stay as the server makes them."""
    machine_id = fields.id_of(row.external_id) or fields.id_of(row.machine_id) or fields.id_of(row.id)
    if not machine_id:
        return None
    more = fields.some_of(_machine_extra, row.extra, _MachineExtra)
    cost = row.cost if isinstance(row.cost, dict) else {}
    hourly, monthly = (
        fields.figure_of(cost.get("hourly"), above_zero=True),
        fields.figure_of(cost.get("monthly"), above_zero=True),
    )
    created = fields.moment_of(row.created, latest=now + _CLOCK_SKEW)
    expiration = row.expiration if isinstance(row.expiration, dict) else {}
    port = more.ssh_port if more.ssh_port is not None else row.ssh_port
    return Machine(
        id=machine_id,
        mist_id=fields.id_of(row.id) or machine_id,
        name=fields.name_of(row.name, machine_id),
        state=_state(row.state),
        public_ips=fields.texts_of(row.public_ips),
        private_ips=fields.texts_of(row.private_ips),
        size_id=fields.text_of(row.size),
        image_id=fields.text_of(row.image),
        location_id=fields.text_of(row.location),
        created=created,
        expires=fields.moment_of(expiration.get("date"), latest=now + _LONGEST),
        price=Price(
            hourly=hourly,
            monthly=monthly_of(hourly, own_month(hourly, monthly)),
            currency="USD" if hourly or monthly else None,
            as_of=now.date() if hourly or monthly else None,
            source=info.server,
            confidence="example" if info.sandbox else "list",
        ),
        actions=_allowed(row.actions),
        tags=_tags(row.tags),
        ssh_host=fields.text_of(more.ssh_host) or fields.text_of(row.ssh_host),
        ssh_port=port if isinstance(port, int) and not isinstance(port, bool) and 0 < port < 65536 else None,
        extra_json=row.extra,
    )


_STATES = {
    "running", "starting", "stopping", "stopped", "rebooting", "pending", "suspended", "paused", "error", "unknown",
    "terminated", "updating", "reconfiguring", "migrating", "normal", "succeeded", "failed",
}  # fmt: skip


def _state(value: Any) -> str:
    """One of Mist's states; another one as `unknown (it)`."""
    text = fields.text_of(value)
    return text if text in _STATES else f"unknown ({text})" if text else "unknown"


def _allowed(value: Any) -> tuple[str, ...]:
    return tuple(name for name, can in value.items() if can is True) if isinstance(value, dict) else ()


def _tags(value: Any) -> tuple[tuple[str, str], ...]:
    """Tags as pairs, from a dict or from a list of texts or of objects with key and value."""
    if isinstance(value, dict):
        return tuple((clean(str(name)), clean(str(said))) for name, said in value.items())
    if not isinstance(value, list):
        return ()
    pairs = ((tag.get("key"), tag.get("value")) if isinstance(tag, dict) else (tag, "") for tag in value)
    return tuple((clean(str(name)), clean(str(said or ""))) for name, said in pairs if name)


def created(row: WireCreated, spec: MachineSpec, info: BackendInfo, *, now: datetime) -> Machine | None:
    """The machine in the answer to a create; without an id where a job will tell it, `None` where nothing will.

    An id that is the provider's is there as such, or alone as `id`: then only the listing knows Mist's.
    """
    made = machine(row, info, now=now)
    if made is None:
        return Machine(id="", name=spec.name, state="pending") if fields.id_of(row.job_id) else None
    return made if made.state != "unknown" else replace(made, state="pending")


def create_fields(spec: MachineSpec, *, now: datetime) -> dict[str, Any]:
    """The body of a create in V1's words; what nobody gave is not in it."""
    until = spec.hours and now + timedelta(hours=spec.hours)
    said = {
        "name": spec.name,
        "image": spec.image.mist_id,
        "size": spec.size.mist_id,
        "location": spec.location.mist_id if spec.location else None,
        "key": spec.key.mist_id if spec.key else None,
        "image_name": spec.image.name,
        "size_name": spec.size.name,
        "location_name": spec.location.name if spec.location else None,
        "script": spec.script,
        "cloud_init": spec.cloud_init,
        "async": True,  # a synchronous create says nothing until a poller has seen the machine
        "job_id": spec.op or None,
        "expiration": expiration(until) if until else None,
        **spec.extra,
        "tags": tag_rules.of(spec) or None,
    }
    return {name: value for name, value in said.items() if value is not None or name in spec.extra}


def expiration(until: datetime) -> dict[str, Any]:
    """The end of a machine as V1 takes it, in UTC."""
    return {"date": f"{until.astimezone(UTC):%Y-%m-%d %H:%M:%S}", "action": "destroy", "notify": 0}
