"""The probe's script, and what its answer says.

The script is one constant: nothing is ever put into it. Each line is one command that any shell can run, without
redirection, pipe or variable, so a POSIX shell, csh, fish and the sandbox's emulated one take it alike. `echo` marks
where each part begins; a part that is missing, or that can't be read, is unknown.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from mist_notebook.ground.text import clean
from mist_notebook.records.model import Disk

from .addresses import is_private

MARK = "mist-probe:"
END = f"{MARK}end"
_PARTS = (
    ("uptime", "cat /proc/uptime"),
    ("loadavg", "cat /proc/loadavg"),
    ("load", "uptime"),
    ("cores", "nproc"),
    ("who", "who"),
    ("uname", "uname -a"),
    ("hostname", "hostname"),
    ("os", "cat /etc/os-release"),
    ("memory", "cat /proc/meminfo"),
    ("cgroup2", "cat /sys/fs/cgroup/memory.max"),
    ("cgroup2_used", "cat /sys/fs/cgroup/memory.current"),
    ("cgroup1", "cat /sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ("cgroup1_used", "cat /sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ("disks", "df -P -k"),
    ("addresses", "ip addr"),
)
SCRIPT = "".join(f"echo {MARK}{name}\n{command}\n" for name, command in _PARTS) + f"echo {END}\n"

_MOST = 32
_TEXT_LIMIT = 120
_KIB_PER_GB = 1 << 20
_MARKED = re.compile(rf"{MARK}(\w+)\r?\n")
_NUMBER = r"(\d{1,12}(?:\.\d{1,9})?)"
_LOADS = re.compile(rf"{_NUMBER},?\s+{_NUMBER},?\s+{_NUMBER}")
_DF_LINE = re.compile(r"(\S.{0,200}?)\s+(\d{1,18})\s+(\d{1,18})\s+-?\d{1,18}\s+(?:\d{1,4}%|-)\s+(/.{0,250})")
_INSIDE_ONLY = ("/proc", "/sys", "/dev", "/run", "/snap", "/boot/efi", "/etc/")

Parts = Mapping[str, str]
Facts = dict[str, Any]


def parts_of(output: str) -> dict[str, str]:
    """The script's output by part; what stands before the first mark, a greeting say, is nobody's."""
    pieces = _MARKED.split(output.partition(END)[0])
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def facts_of(parts: Parts) -> Facts:
    """The vital signs in the parts, as fields of a ProbeReport; what isn't known isn't there."""
    readers: tuple[Callable[[Parts], Facts], ...] = (_time, _load, _people, _system, _memory, _disks, _network)
    found: Facts = {}
    for read in readers:
        found |= {name: value for name, value in read(parts).items() if value not in (None, (), "")}
    return found


def _time(parts: Parts) -> Facts:
    return {"uptime_s": _first_number(parts.get("uptime", ""))}


def _load(parts: Parts) -> Facts:
    match = _LOADS.match(parts.get("loadavg", "")) or _LOADS.search(parts.get("load", "").partition("load average")[2])
    loads = match.groups() if match else ()
    return dict(zip(("load1", "load5", "load15"), map(float, loads), strict=False))


def _people(parts: Parts) -> Facts:
    """Cores and users. An empty `who` may be no one or no `who` at all: then `uptime` has the word."""
    counted = re.search(r"(\d{1,6}) users?\b", parts.get("load", ""))
    listed = len(parts.get("who", "").split("\n")) - 1 or None
    cores = re.match(r"\s*(\d{1,6})\s*$", parts.get("cores", ""))
    return {"users": int(counted[1]) if counted else listed, "cores": int(cores[1]) if cores else None}


def _system(parts: Parts) -> Facts:
    release = dict(re.findall(r"^(\w+)=[\"']?(.*?)[\"']?\r?$", parts.get("os", ""), re.M))
    words = parts.get("uname", "").split()
    return {
        "os": text(release.get("ID")) or (text(words[0].lower()) if words else None),
        "os_version": text(release.get("VERSION_ID")),
        "distro": text(release.get("PRETTY_NAME")),
        "kernel": text(words[2]) if len(words) > 2 else None,
        "hostname": text(parts.get("hostname")) or (text(words[1]) if len(words) > 1 else None),
    }


def _memory(parts: Parts) -> Facts:
    """MiB in all and in use; in a container, of what it is allowed: its /proc/meminfo is the host's."""
    kib = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d{1,15}) kB", parts.get("memory", ""), re.M)}
    total = kib.get("MemTotal")
    free = kib.get("MemAvailable")
    if free is None and "MemFree" in kib:
        free = kib["MemFree"] + kib.get("Buffers", 0) + kib.get("Cached", 0)
    used = total - free if total is not None and free is not None and free <= total else None
    for version in ("cgroup2", "cgroup1"):
        limit, in_use = (_first_number(parts.get(version + which, "")) for which in ("", "_used"))
        if total and limit and limit < total * 1024:
            return {"ram_mb": limit / (1 << 20), "ram_used_mb": None if in_use is None else in_use / (1 << 20)}
    return {"ram_mb": total and total / 1024, "ram_used_mb": None if used is None else used / 1024}


def _disks(parts: Parts) -> Facts:
    """The file systems that hold a person's data, each device once, the first one that df names."""
    found: dict[str, Disk] = {}
    for line in parts.get("disks", "").split("\n"):
        match = _DF_LINE.fullmatch(line.rstrip())
        if match and is_data(match[1], match[4]) and int(match[2]):
            size, used = (int(figure) / _KIB_PER_GB for figure in match.group(2, 3))
            found.setdefault(match[1], Disk(mount=clean(match[4], _TEXT_LIMIT), size_gb=size, used_gb=used))
    return {"disks": tuple(found.values())[:_MOST]}


def is_data(device: str, mount: str) -> bool:
    """Whether a mounted file system is a disk, and not memory, a snap, or a container's inside."""
    if mount == "/":
        return True
    real = device.startswith("/") and not device.startswith("/dev/loop")
    return (real or ":/" in device) and not mount.startswith(_INSIDE_ONLY)


def _network(parts: Parts) -> Facts:
    said = parts.get("addresses", "")
    addresses = re.findall(r"\binet6? ([0-9a-fA-F.:]{2,45})/", said)
    macs = re.findall(r"\blink/ether ([0-9a-f]{2}(?::[0-9a-f]{2}){5})\b", said)
    return {**split_addresses(addresses), "macs": tuple(dict.fromkeys(macs))[:_MOST]}


def split_addresses(said: list[str]) -> Facts:
    """Public and private ones of what a machine calls its addresses; loopback and link-local ones are nobody's."""
    public: list[str] = []
    private: list[str] = []
    for one in dict.fromkeys(said):
        try:
            address = ipaddress.ip_address(one)
        except ValueError:
            continue
        if not (address.is_loopback or address.is_link_local or address.is_unspecified):
            (private if is_private(address) else public).append(str(address))
    return {"public_ips": tuple(public[:_MOST]), "private_ips": tuple(private[:_MOST])}


def text(said: Any) -> str | None:
    """One line of foreign text, made printable; `None` for anything else."""
    if not isinstance(said, str) or not said.strip():
        return None
    return clean(said.strip().split("\n")[0].strip(), _TEXT_LIMIT)


def _first_number(said: str) -> float | None:
    match = re.match(rf"\s*{_NUMBER}(?=\s|$)", said)
    return float(match[1]) if match else None
