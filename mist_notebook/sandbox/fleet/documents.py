"""Machines and probes as the API answers them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from mist_notebook.sandbox.accounts.associations import Association
from mist_notebook.sandbox.shell.commands import COMMANDS, Call
from mist_notebook.sandbox.shell.files import Files
from mist_notebook.sandbox.shell.host import Host
from mist_notebook.sandbox.world.clouds import Cloud
from mist_notebook.sandbox.world.providers import host_name_of

from . import prices
from .actions import supported
from .doors import ADDRESS
from .hosts import users, usual_distribution
from .machine import Machine

_RDP_PORT = 3389
_PACKETS = 10
_NOTE = "An emulated machine: its prices are examples, and it costs nothing."


def machine(
    record: Machine, cloud: Cloud, keys: Iterable[Association], *, owner_id: str, now: float
) -> dict[str, object]:
    """A machine: `size` is a name while `image` and `location` are ids, and both spellings of its own id are there."""
    build = record.build
    return {
        **brief(record),
        "external_id": record.external_id,
        "machine_id": record.external_id,
        "hostname": host_name_of(build.provider, record.name),
        "state": record.state(now),
        "os_type": build.os_type,
        "machine_type": "machine",
        "parent": "",
        "cloud": cloud.id,
        "cloud_title": cloud.name,
        "provider": cloud.provider,
        "location": build.location_id,
        "size": build.size_name,
        "image": build.image_id,
        **{"network": "", "subnet": "", "cluster": ""},
        "cores": build.cpus,
        "cost": prices.cost(record, now),
        "tags": dict(record.tags),
        "actions": supported(record, now),
        "key_associations": {association.id: association.on_machine() for association in keys},
        "monitoring": "",
        "probe": {"ping": {}, "ssh": {}},
        "expiration": record.expiration.document() if record.expiration else None,
        **{"ssh_host": ADDRESS, "ssh_port": record.port, "rdp_port": _RDP_PORT},
        "created": _moment(record.created) if build.dated else "",
        "last_seen": _moment(now),
        **{"missing_since": "", "unreachable_since": ""},
        **{"owned_by": owner_id, "created_by": owner_id},
    }


def brief(record: Machine) -> dict[str, object]:
    """What the answer to a create says of a machine."""
    build = record.build
    return {
        "id": record.id,
        "name": record.name,
        "public_ips": [build.public_ip] if build.public_ip else [],
        "private_ips": [build.private_ip],
        "extra": {
            **build.extra,
            "ssh_host": ADDRESS,
            "ssh_port": record.port,
            "username": usual_distribution(record).user,
            "users": list(users(record)),
            "sandbox": _NOTE,
        },
    }


def probe(host: Host, record: Machine) -> dict[str, object]:
    """A probe in Mist's nested shape of today: seconds, percent and milliseconds."""
    at = str(datetime.fromtimestamp(host.now, UTC).replace(tzinfo=None))
    build = record.build
    return {
        "ping": {
            **{"packets_tx": _PACKETS, "packets_rx": _PACKETS, "packets_loss": 0.0},
            **{"rtt_min": 0.1, "rtt_avg": 0.2, "rtt_max": 0.4, "rtt_std": 0.1},
            **{"updated_at": at, "unreachable_since": None},
        },
        "ssh": {
            "uptime": round(host.uptime_s, 2),
            "loadavg": list(host.load),
            "cores": host.cpus,
            "users": len(host.logins),
            "pub_ips": [build.public_ip] if build.public_ip else [],
            "priv_ips": [build.private_ip],
            "macs": [interface.mac for interface in host.interfaces],
            "df": _df(host),
            "kernel": host.kernel,
            "os": host.distribution.id,
            "os_version": host.distribution.version,
            "distro": host.distribution.id,
            "dirty_cow": False,
            **{"updated_at": at, "unreachable_since": None},
        },
    }


def _df(host: Host) -> str:
    return COMMANDS["df"](Call("df", ("-Pah",), host, Files(host), host.home, {})).out


def _moment(epoch_s: float) -> str:
    return str(datetime.fromtimestamp(epoch_s, UTC).replace(tzinfo=None))
