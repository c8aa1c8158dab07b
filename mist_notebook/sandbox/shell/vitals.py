"""How the machine is: uptime, users, processors, memory, disks."""

from __future__ import annotations

import time
from collections.abc import Callable

from .commands import Call, Output, command
from .host import Host

_UNITS = (("G", 1024 * 1024), ("M", 1024), ("K", 1))
_PSEUDO = (("proc", "proc", "/proc"), ("sysfs", "sysfs", "/sys"))


@command("uptime")
def uptime(call: Call) -> Output:
    """The one line that everybody knows."""
    options = call.options("ps")
    if "p" in options:
        return Output(f"up {_spelled(call.host.uptime_s)}\n")
    if "s" in options:
        return Output(time.strftime("%Y-%m-%d %H:%M:%S\n", time.gmtime(call.host.booted)))
    return Output(_summary(call.host))


@command("who")
def who(call: Call) -> Output:
    """Who is at a terminal."""
    call.options("a")
    rows = (
        f"{login.user:<8} {login.terminal:<12} {time.strftime('%Y-%m-%d %H:%M', time.gmtime(login.since))}"
        f" ({login.origin})\n"
        for login in call.host.logins
    )
    return Output("".join(rows))


@command("w")
def w(call: Call) -> Output:
    """The same, with what they do: nothing."""
    head = (
        "" if "h" in call.options("h") else f"{_summary(call.host)}USER     TTY      FROM             LOGIN@   WHAT\n"
    )
    rows = (
        f"{login.user:<8} {login.terminal:<8} {login.origin:<16} "
        f"{time.strftime('%H:%M', time.gmtime(login.since))}    -sh\n"
        for login in call.host.logins
    )
    return Output(head + "".join(rows))


@command("users")
def users(call: Call) -> Output:
    """Their names."""
    call.options("")
    names = " ".join(sorted(login.user for login in call.host.logins))
    return Output(f"{names}\n" if names else "")


@command("nproc")
def nproc(call: Call) -> Output:
    """How many processors there are."""
    if call.arguments != ("--all",):
        call.options("")
    return Output(f"{call.host.cpus}\n")


@command("free")
def free(call: Call) -> Output:
    """Memory in KiB, or in the unit asked for."""
    shown = _memory_unit(call.options("bkmgh"))
    memory = call.host.memory
    row = [memory.total, memory.used, memory.free, 0, memory.cached, memory.available]
    names = ("total", "used", "free", "shared", "buff/cache", "available")
    head = " " * 7 + "".join(f"{name:>12}" for name in names)
    numbers = "".join(f"{shown(value):>12}" for value in row)
    swap = "".join(f"{shown(0):>12}" for _ in range(3))
    return Output(f"{head}\nMem:   {numbers}\nSwap:  {swap}\n")


@command("df")
def df(call: Call) -> Output:
    """Its file systems in KiB, or so that people can read it."""
    options = call.options("aPhkTl")
    shown = _human if "h" in options else str
    rows = _file_systems(call.host, everything="a" in options)
    if operands := call.operands():
        paths = [call.files.absolute(path, call.folder) for path in operands]
        known = [call.files.is_folder(path) or call.files.text(path) is not None for path in paths]
        if not all(known):
            return Output(err=f"df: {operands[known.index(False)]}: No such file or directory\n", status=1)
        rows = rows[:1]
    size = "Size" if "h" in options else "1024-blocks" if "P" in options else "1K-blocks"
    table = [["Filesystem", "Type", size, "Used", "Available", "Capacity" if "P" in options else "Use%", "Mounted on"]]
    table += [
        [name, kind, shown(total), shown(used), shown(left), part, at]
        for name, kind, total, used, left, part, at in rows
    ]
    return Output("".join(_df_line(row, with_type="T" in options) for row in table))


@command("lscpu")
def lscpu(call: Call) -> Output:
    """The processors."""
    call.options("")
    host = call.host
    rows = {
        "Architecture": host.arch,
        "CPU(s)": host.cpus,
        "Thread(s) per core": 1,
        "Core(s) per socket": host.cpus,
        "Socket(s)": 1,
        "Model name": "Emulated CPU (mist_notebook sandbox)",
        "CPU MHz": "2000.000",
    }
    return Output("".join(f"{name + ':':<21}{value}\n" for name, value in rows.items()))


def _summary(host: Host) -> str:
    clock = time.strftime("%H:%M:%S", time.gmtime(host.now))
    count = len(host.logins)
    load = ", ".join(f"{value:.2f}" for value in host.load)
    return f" {clock} up {_up(host.uptime_s)},  {count} user{'s' * (count != 1)},  load average: {load}\n"


def _up(uptime_s: float) -> str:
    minutes = int(uptime_s // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    clock = f"{hours:2}:{minutes % 60:02}" if hours else f"{minutes % 60} min"
    return f"{days} day{'s' * (days != 1)}, {clock}" if days else clock


def _spelled(uptime_s: float) -> str:
    minutes = int(uptime_s // 60)
    parts = {"day": minutes // 1440, "hour": minutes // 60 % 24, "minute": minutes % 60}
    said = [f"{count} {unit}{'s' * (count != 1)}" for unit, count in parts.items() if count]
    return ", ".join(said) or "0 minutes"


def _memory_unit(options: str) -> Callable[[int], str]:
    if "h" in options:
        return _human
    factor = {"b": 1 / 1024, "m": 1024, "g": 1024 * 1024}.get(options[-1:], 1)
    return lambda kib: str(int(kib / factor))


def _human(kib: int) -> str:
    for unit, factor in _UNITS:
        if kib >= factor:
            value = kib / factor
            return f"{value:.1f}{unit}" if value < 10 else f"{value:.0f}{unit}"
    return "0"


def _file_systems(host: Host, *, everything: bool) -> list[tuple[str, str, int, int, int, str, str]]:
    total, used = host.disk_kb
    left = int((total - used) * 0.95)
    shared = host.memory.total // 10
    rows = [
        ("/dev/vda1", "ext4", total, used, left, f"{-(-100 * used // (used + left))}%", "/"),
        ("tmpfs", "tmpfs", shared, 0, shared, "0%", "/run"),
    ]
    return rows + [(name, kind, 0, 0, 0, "-", at) for name, kind, at in _PSEUDO if everything]


def _df_line(row: list[str], *, with_type: bool) -> str:
    name, kind, size, used, left, part, at = row
    return f"{name:<14} {kind + ' ' if with_type else ''}{size:>11} {used:>10} {left:>10} {part:>8} {at}\n"
