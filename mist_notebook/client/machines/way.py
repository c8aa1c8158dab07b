"""Where and as whom a machine is logged in to: which of its addresses are asked, in which order."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import BadValueError, ProbeError
from mist_notebook.ssh.target import Target, host_name

if TYPE_CHECKING:
    from mist_notebook.ssh.config.said import Said

    from .machine import Machine


def pin_name(machine: Machine) -> str:
    """What its host key is pinned to: its id alone may be another machine's at another provider.

    All sandboxes have the same backends, and begin with the same ids of machines: theirs are told apart by instance.
    """
    adapter = machine.hands.adapter
    parts = [adapter.info.id, *([adapter.account().id] if adapter.info.sandbox else []), machine.id]
    return "/".join(parts)


def target(machine: Machine, user: str | None = None, *, host: str | None = None, port: int | None = None) -> Target:
    """Where and as whom a machine is looked at: at that host alone, where one is named.

    A person may name this computer, where a tunnel begins; a server may not.
    """
    hosts = [host] if host else hosts_of(machine)
    if not hosts:
        private = ", ".join(machine.record.private_ips)
        raise ProbeError(
            f"'{machine.name}' has no public address" + (f" (only {private})." if private else "."),
            "Name an address that it has with --host, or probe it through Mist: --via mist.",
        )
    first, *others = hosts
    return Target(
        pin_name(machine),
        first,
        port or machine.record.ssh_port or 22,
        user or machine.login_user,
        machine.name,
        others=tuple(others),
        other_users=() if user else machine.other_users,
        loopback_allowed=machine.is_sandbox or host is not None or machine.hands.adapter.on_this_computer,
    )


def configured(
    machine: Machine, user: str | None = None, *, host: str | None = None, port: int | None = None
) -> Said | None:
    """What the SSH configuration says of the way there; `None` where the machine's backend doesn't go by that."""
    said = machine.hands.adapter.ssh_said(machine.record, user, port)
    return said if said is None or host is None else replace(said, hostname=host)


def hosts_of(machine: Machine) -> list[str]:
    """Its addresses, public before private. A sandbox's private ones are made up: only this computer's are asked."""
    record = machine.record
    private = _usable(record.private_ips)
    if machine.is_sandbox:
        private = (host for host in private if _is_loopback(host))
        if not record.public_ips:  # its port on loopback stands for a public address
            return list(dict.fromkeys(private))
    if record.ssh_host:
        return [record.ssh_host]
    return list(dict.fromkeys([*_usable(record.public_ips), *private]))


def is_private_only(machine: Machine) -> bool:
    """Whether only addresses are known that may be another machine's, seen from here."""
    return not machine.record.ssh_host and not machine.record.public_ips


def _usable(hosts: Iterable[str]) -> Iterator[str]:
    for host in hosts:
        try:
            yield host_name(host)
        except BadValueError:
            continue


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
