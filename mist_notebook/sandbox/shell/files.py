"""The files that a machine has: a fixed table, from path to what stands in it now."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from fnmatch import fnmatchcase

from .host import Host

_FOLDERS = ("/", "/bin", "/boot", "/dev", "/home", "/opt", "/tmp", "/usr", "/var", "/var/log")  # noqa: S108


class Files:
    """The files of one machine at one moment."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._files = {**_TABLE, **_own(host)}
        homes = {"/root", f"/home/{host.distribution.user}"}
        self._folders = {*_FOLDERS, *homes, *(parent for path in self._files for parent in _parents(path))}

    def absolute(self, path: str, folder: str) -> str:
        """`path` from the root, seen from `folder`."""
        return posixpath.normpath(posixpath.join(folder, path)).replace("//", "/")

    def text(self, path: str) -> str | None:
        """What stands in a file; None if there is none."""
        read = self._files.get(path)
        return read(self._host) if read else None

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder."""
        return path in self._folders

    def listing(self, folder: str) -> list[str]:
        """The names in a folder."""
        inside = {path for path in (*self._files, *self._folders) if path != "/" and posixpath.dirname(path) == folder}
        return sorted(posixpath.basename(path) for path in inside)

    def matching(self, pattern: str) -> list[str]:
        """The paths that a pattern fits, folder by folder as a shell does it."""
        parts = pattern.split("/")
        paths = (path.split("/") for path in (*self._files, *self._folders))
        fits = [path for path in paths if len(path) == len(parts) and all(map(fnmatchcase, path, parts))]
        return sorted("/".join(path) for path in fits)


def _parents(path: str) -> list[str]:
    parts = path.split("/")[1:-1]
    return ["/" + "/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _own(host: Host) -> dict[str, Callable[[Host], str]]:
    """The files whose names depend on the machine."""
    own: dict[str, Callable[[Host], str]] = {}
    for interface in host.interfaces:
        own[f"/sys/class/net/{interface.name}/address"] = lambda _, mac=interface.mac: f"{mac}\n"  # type: ignore[misc]
        own[f"/sys/class/net/{interface.name}/operstate"] = lambda _: "up\n"
    for user, lines in (host.authorized or {}).items():
        home = "/root" if user == "root" else f"/home/{user}"
        own[f"{home}/.ssh/authorized_keys"] = lambda _, lines=lines: lines  # type: ignore[misc]
    return own


def _uptime(host: Host) -> str:
    return f"{host.uptime_s:.2f} {host.uptime_s * host.cpus * 0.98:.2f}\n"


def _loadavg(host: Host) -> str:
    one, five, fifteen = host.load
    return f"{one:.2f} {five:.2f} {fifteen:.2f} 1/{80 + host.cpus * 4} {1200 + int(host.uptime_s) % 30_000}\n"


def _cpuinfo(host: Host) -> str:
    model = "ARMv8 Processor" if host.arch == "aarch64" else "Emulated CPU (mist_notebook sandbox)"
    cores = (
        f"processor\t: {number}\nmodel name\t: {model}\ncpu MHz\t\t: 2000.000\ncpu cores\t: {host.cpus}\n\n"
        for number in range(host.cpus)
    )
    return "".join(cores)


def _meminfo(host: Host) -> str:
    memory = host.memory
    buffers = memory.cached // 5
    rows = {
        "MemTotal": memory.total,
        "MemFree": memory.free,
        "MemAvailable": memory.available,
        "Buffers": buffers,
        "Cached": memory.cached - buffers,
        "SwapTotal": 0,
        "SwapFree": 0,
    }
    return "".join(f"{name + ':':<15}{value:>9} kB\n" for name, value in rows.items())


def _os_release(host: Host) -> str:
    known = host.distribution
    version = f'VERSION="{known.version}"\nVERSION_ID="{known.version}"\n' if known.version else ""
    return f'NAME="{known.name}"\nID={known.id}\n{version}PRETTY_NAME="{known.title}"\n'


def _passwd(host: Host) -> str:
    user = host.distribution.user
    other = f"{user}:x:1000:1000::/home/{user}:/bin/sh\n" if user != "root" else ""
    return f"root:x:0:0:root:/root:/bin/sh\n{other}"


def _version(host: Host) -> str:
    return f"Linux version {host.kernel} (mist_notebook sandbox, emulated) #1 SMP\n"


def _hosts(host: Host) -> str:
    own = "".join(f"{interface.address} {host.name}\n" for interface in host.interfaces[-1:])
    return f"127.0.0.1 localhost\n{own}"


_TABLE: dict[str, Callable[[Host], str]] = {
    "/dev/null": lambda _: "",
    "/etc/hostname": lambda host: f"{host.name}\n",
    "/etc/hosts": _hosts,
    "/etc/issue": lambda host: f"{host.distribution.title}\n",
    "/etc/os-release": _os_release,
    "/etc/passwd": _passwd,
    "/proc/cpuinfo": _cpuinfo,
    "/proc/loadavg": _loadavg,
    "/proc/meminfo": _meminfo,
    "/proc/sys/kernel/hostname": lambda host: f"{host.name}\n",
    "/proc/sys/kernel/osrelease": lambda host: f"{host.kernel}\n",
    "/proc/uptime": _uptime,
    "/proc/version": _version,
    "/sys/class/net/lo/address": lambda _: "00:00:00:00:00:00\n",
    "/sys/class/net/lo/operstate": lambda _: "unknown\n",
    "/usr/lib/os-release": _os_release,
}
