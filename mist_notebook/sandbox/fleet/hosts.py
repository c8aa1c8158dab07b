"""A machine's record as the host that its shell runs on."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable

from mist_notebook.sandbox.accounts.associations import Association
from mist_notebook.sandbox.shell.distributions import Distribution, distribution
from mist_notebook.sandbox.shell.host import Host, Interface, Login

from .machine import Machine

_NOT_IN_HOST_NAMES = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST_HOST_NAME = 63
_PUBLIC_PREFIX, _PRIVATE_PREFIX = 24, 16


def usual_distribution(machine: Machine) -> Distribution:
    """The distribution that the machine's image holds."""
    return distribution(machine.build.os_distro, machine.build.image_name)


def users(machine: Machine) -> tuple[str, ...]:
    """Who can log in: root, and the image's usual user."""
    return tuple(dict.fromkeys(("root", usual_distribution(machine).user)))


def host_name(name: str) -> str:
    """A machine's name as a host name."""
    return _NOT_IN_HOST_NAMES.sub("-", name)[:_LONGEST_HOST_NAME].strip("-.") or "machine"


def interfaces(machine: Machine) -> tuple[Interface, ...]:
    """Its network interfaces: the public one first, if it has one."""
    build = machine.build
    addresses = [(build.public_ip, _PUBLIC_PREFIX)] if build.public_ip else []
    addresses.append((build.private_ip, _PRIVATE_PREFIX))
    return tuple(
        Interface(f"eth{number}", address, prefix, _mac(f"{machine.id}/{number}"))
        for number, (address, prefix) in enumerate(addresses)
    )


def host(machine: Machine, *, now: float, user: str, keys: Iterable[Association], logins: Iterable[Login] = ()) -> Host:
    """What the machine's shell shows a user now."""
    build = machine.build
    authorized: dict[str, str] = defaultdict(str)
    for association in keys:
        for known in users(machine):
            authorized[known] += f"{association.public} {association.key_id}\n"
    return Host(
        name=host_name(machine.name),
        user=user,
        distribution=usual_distribution(machine),
        arch=build.arch,
        cpus=build.cpus,
        ram_mb=build.ram_mb,
        disk_gb=build.disk_gb,
        interfaces=interfaces(machine),
        now=now,
        booted=machine.settles,
        seed=machine.id,
        logins=tuple(logins),
        authorized=authorized,
        ills=frozenset(build.ills.split()),
    )


def _mac(seed: str) -> str:
    digest = hashlib.sha256(seed.encode()).digest()
    return ":".join(f"{byte:02x}" for byte in (0x02, *digest[:5]))
