"""`%mist budget`: the limits on what is made from here, of live backends and of the sandbox apart, and what is used."""

from __future__ import annotations

import re
from argparse import Namespace
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mist_notebook.display.page import Page, Section
from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief, counted
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.provision.journal import Record

_HIGHEST = 1e6


def _usd(text: str) -> float:
    amount = quantity.price(text)
    if amount >= _HIGHEST:
        raise BadValueError(f"'{brief(text)}' isn't a limit.", "Give an amount below 1,000,000 USD an hour.")
    return amount


def _machines(text: str) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]{0,5}", text):
        raise BadValueError(f"'{brief(text)}' is not a number of machines.", "Give a whole number from 1.")
    return int(text)


@command(
    "budget",
    Argument("--usd-per-hour", "the most that machines made from here may cost together", "USD", read=_usd),
    Argument("--count", "the most machines made from here at one time", "N", read=_machines),
    Argument("--sandbox", "the sandbox's limits, where live backends are connected too", switch=True),
    group="set up",
    summary="the limits on what is made from here and how much of them is used; or new limits for this notebook",
    examples=("%mist budget", "%mist budget --usd-per-hour 2.50 --count 30"),
    returns="text",
)
def budget(session: Session, options: Namespace) -> Answer:
    there = _kinds(session)
    kind = _prefix(options.sandbox or there == [True])
    asked = {f"{kind}max_usd_per_hour": options.usd_per_hour, f"{kind}max_count": options.count}
    changed = {name: float(value) for name, value in asked.items() if value is not None}
    if changed:
        session.set_limits(changed)
    shown = [True] if options.sandbox else there
    return Answer(Page(tuple(part for is_sandbox in shown for part in _sections(session, is_sandbox, bool(changed)))))


def _kinds(session: Session) -> list[bool]:
    """Whether there are live backends (`False`) and a sandbox (`True`), in this order; live where there is none."""
    return sorted({backend.record.sandbox for backend in session.client.backends.values()}) or [False]


def _prefix(is_sandbox: bool) -> str:
    return "sandbox_" if is_sandbox else ""


def _sections(session: Session, is_sandbox: bool, is_changed: bool) -> tuple[Section, ...]:
    """What is open against the limits, backend by backend, and the two lines for the settings file."""
    from mist_notebook.settings.settings import settings_file

    kind, limits = _prefix(is_sandbox), session.client.limits(is_sandbox)
    opened = session.client.opened_like(is_sandbox)
    facts = (
        ("an hour", f"{_sum(opened)} of {limits.usd_per_hour:.2f} USD{_unknown(opened)}"),
        ("machines", f"{len(opened):,} of {limits.count:,} at once"),
        *_by_backend(opened),
    )
    lines = (f"{kind}max_usd_per_hour = {limits.usd_per_hour:g}", f"{kind}max_count = {limits.count}")
    held = "These hold for %mist in this notebook, until it ends." if is_changed else "To change them for good."
    title = f"{'SANDBOX · ' if is_sandbox else ''}Made from here and not destroyed"
    keep = Section(f"{held} For every notebook, in {settings_file()}:", rows=tuple((line,) for line in lines))
    return Section(title, facts=facts), keep


def _by_backend(opened: Sequence[Record]) -> tuple[tuple[str, str], ...]:
    """What each backend has of it; nothing where all is one's."""
    parts: dict[str, list[Record]] = defaultdict(list)
    for record in opened:
        parts[record.backend_name].append(record)
    if len(parts) < 2:
        return tuple(("at", name) for name in parts)
    return tuple(
        (name, f"{counted(len(part), 'machine')}, {_sum(part)} USD an hour{_unknown(part)}")
        for name, part in parts.items()
    )


def _sum(records: Sequence[Record]) -> str:
    return f"{sum(record.price_hourly or 0.0 for record in records):.4f}"


def _unknown(records: Sequence[Record]) -> str:
    unknown = sum(record.price_hourly is None for record in records)
    return f", and {unknown} of unknown price" if unknown else ""
