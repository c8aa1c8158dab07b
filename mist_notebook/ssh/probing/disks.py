"""A machine's disks, in what `df` and its list of mounts say: each real local file system once.

A pool of ZFS shares its room among its file systems, and a volume of btrfs or LVM may be mounted at several places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mist_notebook.ground.text import clean
from mist_notebook.records.model import Disk

_KIB_PER_GB = 1 << 20
_TEXT_LIMIT = 120
_DF_LINE = re.compile(r"(\S.{0,200}?)\s+(\d{1,18})\s+(\d{1,18})\s+(-?\d{1,18})\s+(?:\d{1,4}%|-)\s+(/.{0,250})")
_MOUNT_LINE = re.compile(r"^(\S{1,250}) (/\S{0,250}) (\S{1,40})$", re.M)
_OCTAL = re.compile(r"\\([0-7]{3})")
_INSIDE_ONLY = ("/proc", "/sys", "/dev", "/run", "/snap", "/boot/efi")
_ON_DISK = re.compile(
    r"ext[234]|xfs|btrfs|zfs|bcachefs|jfs|f2fs|nilfs2|reiser(?:fs|4)|ntfs3?|fuseblk|vfat|exfat|msdos|hfs(?:plus)?|apfs|ufs2?"
    r"|ffs|gfs2|ocfs2|hammer2?"
)
_MEMORY = "memory"  # the list of mounts leaves out what is known to be none of a disk's
_POOL = re.compile(r"[A-Za-z][\w.-]*(?:/[\w.: -]+)*", re.ASCII)
_NO_POOL = re.compile(
    r"\w*tmpfs|udev|none|\w*overlay|shm|proc\w*|\w*procfs|sysfs|cgroup\w*|map|dev|devfs|fdescfs|run|efivarfs|rootfs|ramfs"
    r"|squashfs|systemd-\d+|\w*fuse\w*|nsfs|\w*mqueue|hugetlbfs|tracefs|debugfs|configfs|binfmt_misc|lxcfs|portal|linsysfs"
    r"|[\w.-]*(?:s3fs|sshfs|rclone|gvfs)[\w.-]*"
)


@dataclass(frozen=True)
class _Row:
    device: str
    mount: str
    size: int
    used: int
    left: int


def disks(df: str, mounts: str) -> tuple[Disk, ...]:
    """In the order of `df -P -k`; `mounts` are lines of device, place and type, as far as they are known."""
    kinds = {(_plain(device), _plain(place)): kind for device, place, kind in _MOUNT_LINE.findall(mounts)}
    found: dict[str, list[_Row]] = {}
    for row in map(_row, df.split("\n")):
        if row is None or not row.size:
            continue
        left_out = _MEMORY if kinds and not row.device.startswith("/") else ""
        kind = kinds.get((row.device, row.mount), left_out)
        if is_data(row.device, row.mount, kind):
            found.setdefault(_volume(row.device, kind), []).append(row)
    return tuple(_disk(rows) for rows in found.values())


def is_data(device: str, mount: str, kind: str = "") -> bool:
    """Whether a mounted file system is a disk of the machine's: not memory, a snap, another machine's, or a container's
    inside. `kind` is its type, where that is known; else the device's name has to tell.
    """
    if mount == "/":
        return True
    if mount.startswith("/etc/") or (_is_inside(mount) and not mount.startswith("/run/media/")):
        return False
    if kind:
        return _ON_DISK.fullmatch(kind) is not None
    if device.startswith("/"):
        return not device.startswith("/dev/loop")
    return _is_pool(device)


def _is_inside(mount: str) -> bool:
    return any(mount == folder or mount.startswith(f"{folder}/") for folder in _INSIDE_ONLY)


def _is_pool(device: str) -> bool:
    return _POOL.fullmatch(device) is not None and _NO_POOL.fullmatch(device) is None


def _volume(device: str, kind: str) -> str:
    """What shares its room: a pool for ZFS, the device for all others."""
    is_pool = kind == "zfs" or (not kind and not device.startswith("/") and _is_pool(device))
    return device.partition("/")[0] if is_pool else device


def _disk(rows: list[_Row]) -> Disk:
    """One volume. The file systems of a pool each say what they hold themselves, and what is left for all."""
    first, *others = rows
    size, used, mount = first.size, first.used, first.mount
    if {row.device for row in others} - {first.device}:
        apart = {row.device: row for row in reversed(rows)}.values()
        used = sum(row.used for row in apart)
        size = max(size, used + max(row.left for row in apart))
        mount = min((row.mount for row in rows), key=len)
    return Disk(mount=clean(mount, _TEXT_LIMIT), size_gb=size / _KIB_PER_GB, used_gb=used / _KIB_PER_GB)


def _row(line: str) -> _Row | None:
    match = _DF_LINE.fullmatch(line.rstrip())
    return _Row(match[1], match[5], *map(int, match.group(2, 3, 4))) if match else None


def _plain(word: str) -> str:
    """A word of /proc/mounts, where a space is \\040."""
    return _OCTAL.sub(lambda sign: chr(int(sign[1], 8)), word)
