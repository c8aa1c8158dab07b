"""A probe's report, a machine and a job as cards: the same facts in HTML and in plain text, inert, in any theme."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mist_notebook.ground import moments
from mist_notebook.ground.text import clean

from .page import Page, Section

if TYPE_CHECKING:
    from mist_notebook.records.model import ProbeReport

_NAME_LIMIT = 128
_TEXT_LIMIT = 2000


def is_inside(printer: Any) -> bool:
    """Whether a list or the like is printed, and not the value alone: it has its short form there."""
    return len(getattr(printer, "stack", ())) > 1


def report_page(report: ProbeReport) -> Page:
    """What a look found, and how to log in oneself."""
    from mist_notebook.ssh.probing import facts as probe_facts

    line = ssh_line(report.user, report.host, report.port, report.key_file)
    found = (*probe_facts.facts(report), ("looked at", moment(report.probed_at)))
    return Page((facts(title(report.sandbox, "probe", report.machine), found), *login(line)))


def ssh_line(user: str, host: str, port: int, key_file: str) -> str:
    """The line that logs in, to copy; nothing where a part of it could be anything else than it seems."""
    from mist_notebook.ground.errors import BadValueError
    from mist_notebook.ssh.target import Target

    if not key_file or clean(key_file) != key_file:
        return ""
    try:
        Target("", host, port, user)
    except BadValueError:
        return ""
    return f"ssh -p {port} -i {shlex.quote(key_file)} {shlex.quote(f'{user}@{host}')}"


def moment(time: datetime | None) -> str:
    """A time by the clock here, with UTC beside, to the second."""
    return "" if time is None else moments.day_and_time(time)


def title(sandbox: bool, what: str, name: str) -> str:
    parts = ("SANDBOX" if sandbox else "", what, clean(name, _NAME_LIMIT))
    return " · ".join(part for part in parts if part)


def facts(title: str, found: tuple[tuple[str, str], ...]) -> Section:
    return Section(title, facts=bounded(tuple((label, text) for label, text in found if text)))


def bounded(facts: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((label, clean(text, _TEXT_LIMIT)) for label, text in facts)


def login(line: str) -> list[Section]:
    return [Section("Log in", typed=line)] if line else []
