"""A report as labelled lines for people: what the card and the plain text show alike. Unknown figures have no line."""

from __future__ import annotations

from mist_notebook.ground.text import counted
from mist_notebook.records.model import Disk, ProbeReport
from mist_notebook.ssh.outcome import OK

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MOST_DISKS = 6
_MOST_ADDRESSES = 6


def facts(report: ProbeReport) -> list[tuple[str, str]]:
    """Label and text, in the order in which they are read; the outcome is always the first."""
    found = [
        ("outcome", _outcome(report)),
        ("note", report.detail if report.outcome == OK else ""),
        ("next", report.hint),
        ("other addresses", "; ".join(report.tried)),
        ("up for", "" if report.uptime_s is None else duration(report.uptime_s)),
        ("load", _joined(report.load1, report.load5, report.load15, form="{:.2f}", between=" ")),
        ("cores", "" if report.cores is None else f"{report.cores:g}"),
        ("users", _count(report.users)),
        ("memory", used_of(_gb(report.ram_used_mb), _gb(report.ram_mb))),
        *(("disk", disk(one)) for one in report.disks[:_MOST_DISKS]),
        ("more disks", _count(max(0, len(report.disks) - _MOST_DISKS) or None)),
        ("kernel", report.kernel or ""),
        ("system", report.distro or " ".join(filter(None, (report.os, report.os_version)))),
        ("host name", report.hostname or ""),
        ("public addresses", _several(report.public_ips)),
        ("private addresses", _several(report.private_ips)),
        ("MAC addresses", _several(report.macs)),
        ("round trip", _round_trip(report)),
    ]
    return [(label, text) for label, text in found if text]


def duration(seconds: float) -> str:
    """One unit, or two where the first is small: "45 s", "3 min", "2 h 5 min", "12 days"."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min"
    if seconds < _DAY:
        hours, rest = divmod(seconds, _HOUR)
        return f"{hours:.0f} h {rest // _MINUTE:.0f} min"
    return counted(int(seconds // _DAY), "day")


def used_of(used_gb: float | None, all_gb: float | None) -> str:
    """ "0.4 of 2.0 GB", or what is known of it; below 1 GB in MB."""
    if all_gb is None:
        return ""
    unit, scale = ("GB", 1.0) if all_gb >= 1 else ("MB", 1024.0)
    digits = 1 if unit == "GB" and all_gb < 100 else 0
    used = "" if used_gb is None else f"{used_gb * scale:.{digits}f} of "
    return f"{used}{all_gb * scale:.{digits}f} {unit}"


def disk(one: Disk) -> str:
    """ "/ 3.1 of 25.0 GB"."""
    return f"{one.mount} {used_of(one.used_gb, one.size_gb)}".strip()


def _outcome(report: ProbeReport) -> str:
    where = f"{report.user}@{report.host}" + (f":{report.port}" if report.port != 22 else "")
    way = "through Mist" if report.via == "mist" else f"over SSH, {report.seconds:.1f} s"
    if report.outcome == OK:
        return f"ok: {where} answers ({way})"
    return f"{report.outcome}: {report.detail}" if report.detail else f"{report.outcome}: {where} ({way})"


def _round_trip(report: ProbeReport) -> str:
    times = _joined(report.rtt_min_ms, report.rtt_avg_ms, report.rtt_max_ms, form="{:.1f}", between=" / ")
    lost = f"{report.loss_percent:.0f} % lost" if report.loss_percent else ""
    return ", ".join(filter(None, (f"{times} ms" if times else "", lost)))


def _joined(*figures: float | None, form: str, between: str) -> str:
    known = [form.format(figure) for figure in figures if figure is not None]
    return between.join(known) if len(known) == len(figures) else ""


def _several(texts: tuple[str, ...]) -> str:
    more = len(texts) - _MOST_ADDRESSES
    return " ".join(texts[:_MOST_ADDRESSES]) + (f" and {more} more" if more > 0 else "")


def _gb(mb: float | None) -> float | None:
    return None if mb is None else mb / 1024


def _count(number: int | None) -> str:
    return "" if number is None else str(number)
