"""What each provider wants of a create beyond the common fields, and which names it takes for a machine.

The fields are Mist's own (its V1 API); a provider that isn't here has none that we know of. The server decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief

LONGEST_NAME = 63  # a machine's name becomes its host name
RESERVED = {
    *("name", "image", "size", "location", "key", "script", "cloud_init", "image_name", "size_name", "hours"),
    *("job_id", "job", "tags", "expiration", "quantity", "async", "persist", "op"),
}
_USUAL = (r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", "letters, digits, dots, dashes and underscores")
_DOTTED = (r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", "letters, digits, dots and dashes")
_DASHED = (r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", "letters, digits and dashes")
_NAMES = {
    "gce": (r"[a-z]([a-z0-9-]*[a-z0-9])?", "lower-case letters, digits and dashes, a letter first"),
    "azure": _DASHED,
    "azure_arm": _DASHED,
    "digitalocean": _DOTTED,
    "equinixmetal": _DOTTED,
    "hetzner": _DOTTED,
    "kubevirt": (r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", "lower-case letters, digits and dashes"),
    "maxihost": _DOTTED,
    "nephoscale": _DOTTED,
    "packet": _DOTTED,
}
_SHORTEST = {"linode": 3}
_WITHOUT_KEY = {"docker", "kubevirt", "libvirt", "lxd", "onapp", "vsphere"}


NETWORK, SUBNET, GROUP, VOLUME = "network", "subnet", "security group", "volume"
ID, IDS, OBJECT, VOLUMES = "id", "ids", "object", "volumes"


@dataclass(frozen=True)
class Field:
    """One field that goes with `--extra name=value`.

    `lists` is what it names, where a backend can list that: a network, a security group, a volume. `shape` is how an
    id of it goes over: as it is, in a list, as `{"id": …}`, or as `[{"volume_id": …}]`.
    """

    name: str
    about: str
    needed: bool = False
    lists: str = ""
    shape: str = ID


def _fields(*rows: tuple[str, ...], needed: tuple[str, ...] = ()) -> tuple[Field, ...]:
    return tuple(Field(row[0], row[1], row[0] in needed, *row[2:]) for row in rows)


_NETWORKS = ("networks", 'the networks to be in, by id or name, or as JSON: ["id", …]', NETWORK, IDS)
FIELDS: dict[str, tuple[Field, ...]] = {
    "azure": _fields(("azure_port_bindings", "ports to open: http tcp 80:80, …")),
    "azure_arm": _fields(
        ("resource_group", "the resource group"),
        ("storage_account", "the storage account"),
        ("storage_account_type", "such as Standard_LRS"),
        ("networks", 'one network, by id or name, or as JSON: {"id": …}', NETWORK, OBJECT),
        ("machine_username", "the user to make"),
        needed=("resource_group", "storage_account_type", "networks", "machine_username"),
    ),
    "cloudsigma": _fields(("size", "a size of your own is not offered here; name one of %mist sizes")),
    "docker": _fields(
        ("docker_env", "environment, as JSON"),
        ("docker_command", "the command to run"),
        ("docker_port_bindings", "ports to bind, as JSON"),
        ("docker_exposed_ports", "ports to expose, as JSON"),
    ),
    "ec2": _fields(
        ("security_group", "the security group, by id or name", GROUP),
        ("subnet_id", "the subnet, by id or name, or its network's", SUBNET),
        (
            "volumes",
            "a volume that is there, or new ones as JSON: size, name, ex_volume_type, ex_iops, device, "
            "delete_on_termination",
            VOLUME,
            VOLUMES,
        ),
    ),
    "equinixmetal": _fields(("project", "the project's id"), ("ip_addresses", "addresses, as JSON")),
    "gce": _fields(
        _NETWORKS,
        ("subnetwork", "the subnetwork", SUBNET),
        ("image_extra", "what the image's listing says beside its name, as JSON"),
        ("volumes", "a volume that is there, or at most 3 new ones as JSON: size, name, ex_disk_type", VOLUME, VOLUMES),
    ),
    "kubevirt": _fields(_NETWORKS, ("volumes", "volumes, as JSON"), ("port_forwards", "as JSON: ports, service_type")),
    "libvirt": _fields(
        ("libvirt_disk_size", "the disk, in GB (4)"), ("libvirt_disk_path", "where the disk lies"), _NETWORKS,
        ("vnfs", "virtual functions, as JSON"),
    ),
    "linode": _fields(("disk", "the disk, in MB"), ("image_extra", "what the image's listing says beside its name")),
    "lxd": _fields(
        ("ephemeral", "true: gone when stopped"), ("lxd_image_source", "where the image comes from"), _NETWORKS
    ),
    "nephoscale": _fields(("ips", "addresses to give it, as JSON")),
    "onapp": _fields(
        ("port_speed", "Mbit/s"), ("cpu_priority", "in percent"), ("cpu_threads", "threads"),
        ("cpu_sockets", "sockets"),
        ("hypervisor_group_id", "the hypervisors"), ("build", "true or false"), ("boot", "true or false"),
    ),
    "openstack": _fields(
        _NETWORKS,
        ("security_groups", "the security group, by id or name, or several as JSON", GROUP, IDS),
        ("associate_floating_ip", "true (the default) or false"),
        ("volumes", "a volume that is there, or new ones, a boot volume among them, as JSON", VOLUME, VOLUMES),
        needed=("networks", "security_groups"),
    ),
    "digitalocean": _fields(
        ("volumes", "a volume that is there, or new ones as JSON: size, name, filesystem_type", VOLUME, VOLUMES)
    ),
    "softlayer": _fields(
        ("bare_metal", "true or false (the default)"),
        ("hourly", "true (the default) or false: by the month"),
        ("softlayer_backend_vlan_id", "the VLAN"),
    ),
    "vsphere": _fields(
        ("folders", "the folder"), ("datastore", "the datastore"), _NETWORKS, ("image_extra", "the template's extra")
    ),
}  # fmt: skip
FIELDS["vexxhost"] = FIELDS["openstack"]
_MORE_KNOWN = ("aliyun_ecs", "rackspace", "vultr", "maxihost", "kubernetes", "openshift", "other", "packet")
KNOWN = frozenset(FIELDS) | frozenset(_MORE_KNOWN)


def fields(provider: str) -> tuple[Field, ...]:
    """The provider's own fields, in Mist's words; none for one that has none or that isn't known."""
    return FIELDS.get(provider, ())


def wants_key(provider: str) -> bool:
    """Whether a machine there is not made without a key."""
    return provider not in _WITHOUT_KEY


def check_name(name: str, provider: str) -> None:
    """Nothing if the provider takes this name for a machine; else BadValueError with its rule."""
    rule, says = _NAMES.get(provider, _USUAL)
    shortest = _SHORTEST.get(provider, 1)
    if not name.strip():
        raise BadValueError("The machine's name is empty.", "Give the machine a name, such as web-1.")
    if len(name) > LONGEST_NAME or len(name) < shortest:
        raise BadValueError(
            f"'{brief(name)}' has {len(name)} characters.",
            f"A machine's name has {shortest} to {LONGEST_NAME} here, what --count and --unique add included.",
        )
    if name.isdigit():
        raise BadValueError(
            f"'{name}' is only digits, as ids are.", "Add a letter. {…} is filled in first; {{ is a plain brace."
        )
    if not re.fullmatch(rule, name, re.ASCII):
        raise BadValueError(
            f"'{brief(name)}' can't be a machine's name at {provider}.",
            f"It takes {says}; not at the ends, and no spaces. Such as web-1.",
        )
