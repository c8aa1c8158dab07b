"""What a login may use of a machine: the lowest limit among its control groups and those above them.

In a container /proc/meminfo and nproc are the host's; what the container is given stands in its control groups, of
either kind (v1, v2). Memory in use is what is charged, less the file cache, which makes room when it must.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FILE_MARK = "mist-file:"
_FILE = re.compile(rf"^{FILE_MARK}(.{{1,4096}})/([\w.]{{1,40}})\r?\n", re.M)
_STAT = re.compile(r"^(?:total_)?((?:in)?active_file|slab_reclaimable) (\d{1,18})\r?$", re.M)
_TOTALS = re.compile(r"^total_", re.M)
_MIB = 1 << 20

Files = Mapping[str, str]


@dataclass(frozen=True)
class Memory:
    """A limit in MiB, and what is in use below it, where that is told."""

    limit_mb: float
    used_mb: float | None


def groups(parts: Mapping[str, str]) -> list[Files]:
    """The files of each control group that the answer shows, by their names."""
    at_root = {
        "memory.max": "cgroup2",
        "memory.current": "cgroup2_used",
        "memory.limit_in_bytes": "cgroup1",
        "memory.usage_in_bytes": "cgroup1_used",
        "cpu.max": "cpu2",
        "cpu.cfs_quota_us": "cpu1_quota",
        "cpu.cfs_period_us": "cpu1_period",
    }
    root = {file: parts[part] for file, part in at_root.items() if part in parts}
    stats = [{**root, "memory.stat": parts[part]} for part in ("cgroup2_stat", "cgroup1_stat") if parts.get(part)]
    return [*(stats or [root]), *_shown(parts.get("limits", ""))]


def memory(found: Iterable[Files]) -> Memory | None:
    """The lowest limit of memory; `None` where there is none."""
    known = [one for one in map(_memory, found) if one is not None]
    return min(known, key=lambda one: one.limit_mb, default=None)


def cores(found: Iterable[Files]) -> float | None:
    """How many processors' time may be used; `None` where nothing limits it."""
    return min((share for share in map(_cores, found) if share is not None), default=None)


def _shown(said: str) -> list[Files]:
    """The files that the script named, gathered by folder."""
    pieces = _FILE.split(said)
    folders: dict[str, dict[str, str]] = {}
    for folder, file, content in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        folders.setdefault(folder, {})[file] = content
    return list(folders.values())


def _memory(files: Files) -> Memory | None:
    for limit, usage in (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")):
        most, in_use = _whole(files.get(limit, "")), _whole(files.get(usage, ""))
        if most:
            used = None if in_use is None else max(0, in_use - _reclaimable(files.get("memory.stat", "")))
            return Memory(most / _MIB, None if used is None else used / _MIB)
    return None


def _reclaimable(stat: str) -> int:
    """Bytes of file cache, with the groups below: v1 counts those in lines of their own, `total_…`."""
    lines = "\n".join(line for line in stat.split("\n") if line.startswith("total_")) if _TOTALS.search(stat) else stat
    return sum(int(figure) for _, figure in _STAT.findall(lines))


def _cores(files: Files) -> float | None:
    quota, period = files.get("cpu.cfs_quota_us", ""), files.get("cpu.cfs_period_us", "")
    if files.get("cpu.max", "").strip():  # of v1 alone it is named, and empty
        quota, _, period = files["cpu.max"].strip().partition(" ")
    share, each = _whole(quota), _whole(period)
    return share / each if share and each else None


def _whole(said: str) -> int | None:
    """The number that a file holds; `max` and -1 are none."""
    match = re.match(r"\s*(\d{1,20})(?=\s|$)", said)
    return int(match[1]) if match else None
