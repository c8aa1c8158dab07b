"""Docker's rows as records: images, containers, and sizes that this computer has room for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from mist_notebook.ground.text import clean
from mist_notebook.records.model import Image, Machine, Price, Size

Row = dict[str, Any]
SIZE_LABEL = "mist-notebook-size"
SSH_PORT = "22/tcp"
HISTORY = "history"  # where we put how an image was built, beside what is written on it
_ARCHITECTURES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "arm64", "aarch64": "arm64", "386": "i386"}
_STATES = {
    "created": "stopped", "running": "running", "exited": "stopped", "paused": "paused", "restarting": "pending",
    "removing": "destroying", "dead": "error", "configured": "stopped", "stopped": "stopped",
}  # fmt: skip
_ACTS = {"running": ("stop", "reboot", "destroy"), "stopped": ("start", "destroy"), "paused": ("stop", "destroy")}
_SHAPES = ((0.5, 0.5), (1, 1), (1, 2), (2, 2), (2, 4), (4, 8), (8, 16), (16, 32))  # CPUs and GiB
_MIB = 1 << 20
_USUAL_REGISTRIES = ("docker.io/library/", "docker.io/", "localhost/")
_SPEAKS_SSH = ("sshd", "dropbear", "openssh-server")
_STARTS_MORE = ("sshd", "dropbear", "/init", "systemd", "supervisord", "s6-", "entrypoint")


def size_id(cpus: float, ram_gb: float) -> str:
    return f"{cpus:g}cpu-{ram_gb:g}gb"


def sizes(info: Row) -> list[Size]:
    """Limits that this computer has room for; a container costs nothing beside what the computer does."""
    most_cpus, most_gb = _figure(info.get("NCPU")), _figure(info.get("MemTotal")) / 2**30
    arch = _ARCHITECTURES.get(str(info.get("Architecture")))
    price = Price(hourly=0.0, monthly=0.0, currency="USD", as_of=date.today(), source="this computer")
    return [
        Size(
            id=size_id(cpus, ram_gb), mist_id=size_id(cpus, ram_gb), name=size_id(cpus, ram_gb), vcpus=float(cpus),
            ram_mb=ram_gb * 1024.0, arch=arch, price=price, spec_source="api",
        )
        for cpus, ram_gb in _SHAPES
        if cpus <= most_cpus and ram_gb <= most_gb
    ]  # fmt: skip


def images(row: Row, config: Row | None) -> list[Image]:
    """One for each name that it has; without a name, by its id. Those known to have SSH are starred."""
    own_id = str(row.get("Id") or "")
    names = [name for name in row.get("RepoTags") or [] if isinstance(name, str) and "<none>" not in name]
    if not own_id:
        return []
    config = config or {}
    created = _moment(row.get("Created"))
    more = {"id": own_id, "size": row.get("Size"), "ssh": has_ssh(config)}
    return [
        Image(
            id=clean(name), mist_id=own_id, name=clean(name),
            extra_json=msgspec.Raw(msgspec.json.encode(more)),
            starred=has_ssh(config) or None, arch=_ARCHITECTURES.get(str(config.get("Architecture"))),
            os=_text(config.get("Os")), created=created.date() if created else None,
        )
        for name in names or [own_id.removeprefix("sha256:")[:12]]
    ]  # fmt: skip


def is_short_for(text: str, name: str) -> bool:
    """Whether that is how one calls the image: without the usual registry, and without `:latest`."""
    plain = next((name.removeprefix(one) for one in _USUAL_REGISTRIES if name.startswith(one)), name)
    return text in (plain, plain.removesuffix(":latest"), name.removesuffix(":latest"))


def has_ssh(config: Row) -> bool:
    """Whether it is known by what is written on the image: a port, what it starts, or how it was built."""
    inner = _inner(config)
    ports = inner.get("ExposedPorts")
    if isinstance(ports, dict) and SSH_PORT in ports:
        return True
    built = str([row.get("CreatedBy") for row in config.get(HISTORY, []) if isinstance(row, dict)]).lower()
    return any(word in _said(inner) or word in built for word in _SPEAKS_SSH)


def starts_itself(config: Row) -> bool:
    """Whether what the image starts is to be left as it is: SSH itself, or something that starts it."""
    return any(word in _said(_inner(config)) for word in _STARTS_MORE)


def machine(row: Row) -> Machine | None:
    """A container of a list."""
    own_id = row.get("Id")
    names = row.get("Names") or [row.get("Name")]
    name = next((one for one in names if isinstance(one, str)), None)
    if not isinstance(own_id, str) or not own_id:
        return None
    labels = row.get("Labels") if isinstance(row.get("Labels"), dict) else {}
    port = _ssh_port(row.get("Ports"))
    state = _STATES.get(str(row.get("State")), f"unknown ({clean(str(row.get('State')), 40)})")
    return Machine(
        id=own_id[:12],
        mist_id=own_id,
        name=clean((name or own_id[:12]).removeprefix("/")),
        extra_json=msgspec.Raw(msgspec.json.encode({"image": row.get("Image"), "status": row.get("Status")})),
        state=state,
        private_ips=_addresses(row),
        size_id=_text((labels or {}).get(SIZE_LABEL)),
        image_id=_text(row.get("Image")),
        created=_moment(row.get("Created")),
        actions=_ACTS.get(state, ("destroy",)),
        tags=tuple((key, str(value)) for key, value in (labels or {}).items() if key != SIZE_LABEL),
        ssh_host="127.0.0.1" if port else None,
        ssh_port=port,
    )


def _ssh_port(ports: Any) -> int | None:
    """The port on loopback under which the container's SSH is published."""
    rows = [one for one in ports or [] if isinstance(one, dict)] if isinstance(ports, list) else []
    found = [one.get("PublicPort") for one in rows if one.get("PrivatePort") == 22 and one.get("Type") == "tcp"]
    return next((port for port in found if isinstance(port, int) and 0 < port < 65536), None)


def _addresses(row: Row) -> tuple[str, ...]:
    settings = row.get("NetworkSettings")
    networks = settings.get("Networks") if isinstance(settings, dict) else None
    rows = networks.values() if isinstance(networks, dict) else ()
    found = [one.get("IPAddress") for one in rows if isinstance(one, dict)]
    return tuple(address for address in found if isinstance(address, str) and address)


def limits(size: Size) -> Row:
    """The size as limits that the kernel keeps: no swap beside the memory, and no more time than its CPUs."""
    memory = int((size.ram_mb or 0) * _MIB)
    return {"NanoCpus": int((size.vcpus or 0) * 1e9), "Memory": memory, "MemorySwap": memory, "PidsLimit": 4096}


def _inner(config: Row) -> Row:
    inner = config.get("Config")
    return inner if isinstance(inner, dict) else {}


def _said(inner: Row) -> str:
    parts = [inner.get("Entrypoint"), inner.get("Cmd"), inner.get("Labels")]
    return str(parts).lower()


def _text(value: Any) -> str | None:
    return clean(value) if isinstance(value, str) and value else None


def _figure(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 2**40:
        return None
    return datetime.fromtimestamp(value, UTC)
