"""A Mist server's probe answers, in the three shapes that Mist has had, as one `ProbeReport`.

| shape | SSH's figures | ping's figures | when SSH failed |
| --- | --- | --- | --- |
| flat, 2014 | texts: "up idle", "0.00" | fraction lost | 200 without `uptime`; `{}` if ping failed too |
| flat, 2015 to 2017 | texts; `df`, `macs` by address, `kernel` … | fraction lost | the same |
| nested (V1) | numbers, in `ssh` | percent lost, in `ping`, or `null`, `false` | an HTTP error; `unreachable_since` |

A figure that is no figure is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from mist_notebook.ground.text import clean
from mist_notebook.records.model import Disk, ProbeReport
from mist_notebook.ssh.outcome import AUTH, HINTS, HUNG, OK, TIMEOUT, UNREACHABLE
from mist_notebook.ssh.probing.script import is_data, split_addresses, text

from .fields import moment_of

_GB_PER_UNIT = {"": 1 / (1 << 30), "K": 1 / (1 << 20), "M": 1 / (1 << 10), "G": 1.0, "T": 1024.0, "P": 1024.0**2}
_SIZE = r"(\d{1,12}(?:\.\d{1,3})?[KMGTP]?)"
_DF_LINE = re.compile(rf"(\S.{{0,200}}?)\s+{_SIZE}\s+{_SIZE}\s+-?{_SIZE}\s+(?:\d{{1,4}}%|-)\s+(/.{{0,250}})")
_MAC = re.compile(r"[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}")
_MOST = 32
_TOO_MUCH = 1e12
_WITHOUT_SSH = "Associate a key that the machine knows, or probe it from here: --via ssh."

Said = Mapping[str, Any]


def from_mist(
    answer: Any,
    *,
    host: str,
    port: int = 22,
    user: str = "root",
    seconds: float = 0.0,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ProbeReport:
    """The report in an answer with status 200. `seconds` is how long it took."""
    answer = answer if isinstance(answer, Mapping) else {}
    is_nested = "ssh" in answer or "ping" in answer
    ssh, ping = (_part(answer, "ssh"), _part(answer, "ping")) if is_nested else (answer, answer)
    facts = _ssh_facts(ssh) | _ping_facts(ping, is_percent=is_nested)
    return ProbeReport(
        host=host,
        port=port,
        user=user,
        via="mist",
        probed_at=_when(ssh) or _when(ping) or now(),
        seconds=seconds,
        **_verdict(ssh, ping),
        **{name: value for name, value in facts.items() if value not in (None, ())},
    )


def from_mist_failure(
    status: int | None,
    said: str,
    *,
    host: str,
    port: int = 22,
    user: str = "root",
    seconds: float = 0.0,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ProbeReport:
    """The report in an HTTP error: since 2017 Mist says so that its SSH failed (401, 503 without a host, 500 else)."""
    outcome = {401: AUTH, 503: UNREACHABLE}.get(status or 0, HUNG)
    detail = f"Mist could not probe it ({status or 'no status'}): {clean(said.strip(), 160)}"
    hint = HINTS[outcome] if outcome == AUTH else _WITHOUT_SSH
    return ProbeReport(
        outcome=outcome,
        host=host,
        port=port,
        user=user,
        via="mist",
        probed_at=now(),
        seconds=seconds,
        detail=detail,
        hint=hint,
    )


def _part(answer: Said, name: str) -> Said:
    part = answer.get(name)
    return part if isinstance(part, Mapping) else {}


def _verdict(ssh: Said, ping: Said) -> dict[str, Any]:
    """Up is what has an uptime: Mist says no more about it, nor why SSH failed."""
    if _number(ssh.get("uptime")) is not None and not ssh.get("unreachable_since"):
        return {"outcome": OK}
    if (_number(ping.get("packets_rx")) or 0) > 0:
        detail = "Mist reaches it by ping, but not over SSH; it does not say why."
        return {"outcome": TIMEOUT, "detail": detail, "hint": _WITHOUT_SSH}
    detail = "Mist reaches it neither by ping nor over SSH."
    return {"outcome": UNREACHABLE, "detail": detail, "hint": HINTS[TIMEOUT]}


def _ssh_facts(ssh: Said) -> dict[str, Any]:
    loads = ssh.get("loadavg")
    loads = loads if isinstance(loads, list) and len(loads) == 3 else (None, None, None)
    macs = ssh.get("macs")
    return {
        "uptime_s": _number(ssh.get("uptime")),
        **dict(zip(("load1", "load5", "load15"), map(_number, loads), strict=True)),
        "cores": _whole(ssh.get("cores")),
        "users": _whole(ssh.get("users")),
        "kernel": text(ssh.get("kernel")),
        "os": text(ssh.get("os")),
        "os_version": text(ssh.get("os_version")),
        "distro": text(ssh.get("distro")),
        "disks": _disks(ssh.get("df")),
        "public_ips": _addresses(ssh.get("pub_ips")),
        "private_ips": _addresses(ssh.get("priv_ips")),
        "macs": _macs(list(macs.values()) if isinstance(macs, Mapping) else macs),
    }


def _ping_facts(ping: Said, *, is_percent: bool) -> dict[str, float | None]:
    lost = _number(ping.get("packets_loss"))
    percent = lost if lost is None or is_percent else lost * 100
    return {
        "rtt_min_ms": _number(ping.get("rtt_min")),
        "rtt_avg_ms": _number(ping.get("rtt_avg")),
        "rtt_max_ms": _number(ping.get("rtt_max")),
        "loss_percent": percent if percent is not None and percent <= 100 else None,
    }


def _number(said: Any) -> float | None:
    """A figure from 0 on that can be true: a number, or the first word of a text."""
    if isinstance(said, str):
        said = said[:40].split()[0] if said[:40].split() else None
    if isinstance(said, bool) or not isinstance(said, (int, float, str)):
        return None
    try:
        figure = float(said)
    except (ValueError, OverflowError):
        return None
    return figure if 0 <= figure < _TOO_MUCH else None


def _whole(said: Any) -> int | None:
    figure = _number(said)
    return int(figure) if figure is not None and figure < 1e6 else None


def _disks(df: Any) -> tuple[Disk, ...]:
    """The disks in the text of `df -Pah`."""
    found: dict[str, Disk] = {}
    for line in df[:65536].split("\n") if isinstance(df, str) else ():
        match = _DF_LINE.fullmatch(line.rstrip())
        if match and is_data(match[1], match[5]) and _size_gb(match[2]):
            found.setdefault(
                match[1], Disk(mount=clean(match[5], 120), size_gb=_size_gb(match[2]), used_gb=_size_gb(match[3]))
            )
    return tuple(found.values())[:_MOST]


def _size_gb(size: str) -> float:
    unit = size[-1] if size[-1].isalpha() else ""
    return float(size.removesuffix(unit)) * _GB_PER_UNIT[unit]


def _addresses(said: Any) -> tuple[str, ...]:
    """Addresses as Mist sorted them: what it calls public stays so."""
    texts = [one for one in said if isinstance(one, str)] if isinstance(said, list) else []
    found = split_addresses(texts[:_MOST])
    known = {*found["public_ips"], *found["private_ips"]}
    return tuple(one for one in dict.fromkeys(texts) if one in known)


def _macs(said: Any) -> tuple[str, ...]:
    listed = said if isinstance(said, list) else []
    texts = [one.lower() for one in listed if isinstance(one, str) and _MAC.fullmatch(one)]
    return tuple(dict.fromkeys(texts))[:_MOST]


def _when(said: Said) -> datetime | None:
    """When Mist looked: seconds since 1970, or a text in UTC."""
    try:
        if isinstance(said.get("updated_at"), str):
            return moment_of(said["updated_at"], latest=datetime.max.replace(tzinfo=UTC))
        stamp = _number(said.get("timestamp"))
        when = None if stamp is None else datetime.fromtimestamp(stamp, UTC).isoformat()
        return moment_of(when, latest=datetime.max.replace(tzinfo=UTC))
    except (ValueError, OverflowError, OSError):
        return None
