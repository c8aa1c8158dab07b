"""The probe's script, and what its answer says.

The script is one constant: nothing is ever put into it. Each line is one command that any shell can run, without
redirection, pipe or variable, so a POSIX shell, csh, fish and the sandbox's emulated one take it alike; what takes
more than a command stands in the last line, in quotes, and is for `sh` itself. `echo` marks where each part begins; a
part that is missing, or that can't be read, is unknown.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from mist_notebook.ground.text import clean
from mist_notebook.ssh.addresses import is_private

from . import disks as disks_answer
from . import limits as limits_answer
from .disks import is_data

__all__ = ["END", "MARK", "SCRIPT", "facts_of", "is_data", "parts_of", "split_addresses", "text"]

MARK = "mist-probe:"
END = f"{MARK}end"
# No single quote, backslash or exclamation mark: csh and fish read those otherwise. A login's own control groups are
# walked up to the root, whose files the plain lines read; mounts are shown without their options, which may be long.
_LIMITS = (
    ": mist-limits; "
    "while IFS=: read -r n c p; do "
    'case ",$c," in *,memory,*) b=/sys/fs/cgroup/memory;; *,cpu,*) b=/sys/fs/cgroup/cpu;; '
    ",,) b=/sys/fs/cgroup;; *) continue;; esac; "
    'while [ -n "$p" ]; do '
    "for f in memory.max memory.current memory.limit_in_bytes memory.usage_in_bytes "
    "cpu.max cpu.cfs_quota_us cpu.cfs_period_us; do "
    f'if [ -r "$b$p/$f" ]; then echo "{limits_answer.FILE_MARK}$b$p/$f"; cat "$b$p/$f"; fi; done; '
    f'if [ -r "$b$p/memory.stat" ]; then echo "{limits_answer.FILE_MARK}$b$p/memory.stat"; '
    'grep -e active_file -e slab_reclaimable "$b$p/memory.stat"; fi; '
    "p=${p%/*}; done; done </proc/self/cgroup; "
    f"echo {MARK}mounts; "
    "while read -r d m t x; do case $t in overlay|tmpfs|proc|sysfs|cgroup*|nsfs|devpts|mqueue|autofs) ;; "
    '*) echo "$d $m $t";; esac; done </proc/mounts'
)
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
    ("cgroup2_stat", "cat /sys/fs/cgroup/memory.stat"),
    ("cpu2", "cat /sys/fs/cgroup/cpu.max"),
    ("cgroup1", "cat /sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ("cgroup1_used", "cat /sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ("cgroup1_stat", "cat /sys/fs/cgroup/memory/memory.stat"),
    ("cpu1_quota", "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
    ("cpu1_period", "cat /sys/fs/cgroup/cpu/cpu.cfs_period_us"),
    ("disks", "df -P -k"),
    ("addresses", "ip addr"),
    ("limits", f"sh -c '{_LIMITS}'"),
)
SCRIPT = "".join(f"echo {MARK}{name}\n{command}\n" for name, command in _PARTS) + f"echo {END}\n"

_MOST = 32
_TEXT_LIMIT = 120
_MARKED = re.compile(rf"{MARK}(\w+)\r?\n")
_NUMBER = r"(\d{1,12}(?:\.\d{1,9})?)"
_LOADS = re.compile(rf"{_NUMBER},?\s+{_NUMBER},?\s+{_NUMBER}")

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
    return {"users": int(counted[1]) if counted else listed, "cores": _cores(parts)}


def _cores(parts: Parts) -> float | None:
    """Processors, as far as a container may use them: half of one is 0.5."""
    match = re.match(r"\s*(\d{1,6})\s*$", parts.get("cores", ""))
    counted = int(match[1]) if match else None
    share = limits_answer.cores(limits_answer.groups(parts))
    if counted is None or share is None or share >= counted:
        return counted
    return int(share) if share.is_integer() else round(share, 2)


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
    """MiB in all and in use, of what a container is allowed where it is one."""
    kib = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d{1,15}) kB", parts.get("memory", ""), re.M)}
    total = kib.get("MemTotal")
    free = kib.get("MemAvailable")
    if free is None and "MemFree" in kib:
        free = kib["MemFree"] + kib.get("Buffers", 0) + kib.get("Cached", 0)
    used = total - free if total is not None and free is not None and free <= total else None
    allowed = limits_answer.memory(limits_answer.groups(parts))
    if total and allowed and allowed.limit_mb < total / 1024:
        return {"ram_mb": allowed.limit_mb, "ram_used_mb": allowed.used_mb}
    return {"ram_mb": total and total / 1024, "ram_used_mb": None if used is None else used / 1024}


def _disks(parts: Parts) -> Facts:
    """The file systems that hold a person's data."""
    return {"disks": disks_answer.disks(parts.get("disks", ""), parts.get("mounts", ""))[:_MOST]}


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
