"""Commands that set up: where we are connected, and what the server calls its backends."""

from __future__ import annotations

import re
from argparse import Namespace
from typing import TYPE_CHECKING

from mist_notebook.display.page import Page, Section
from mist_notebook.ground import quantity
from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.text import brief

from .arrange import OUTPUT
from .table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.session import Session

_HIGHEST = 1e6


def _usd(text: str) -> float:
    amount = quantity.price(text)
    if amount >= _HIGHEST:
        raise BadValueError(f"'{brief(text)}' is no limit.", "Give an amount below 1,000,000 USD an hour.")
    return amount


def _machines(text: str) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]{0,5}", text):
        raise BadValueError(f"'{brief(text)}' is not a number of machines.", "Give a whole number from 1.")
    return int(text)


@command(
    "connect",
    Argument("url", "address of a Mist server, or the word sandbox"),
    group="set up",
    summary="where we are connected; with an address, connect there (asks for the token)",
    examples=("%mist connect", "%mist connect https://mist.example.com", "%mist connect sandbox"),
    returns="text",
)
def connect(session: Session, options: Namespace) -> Answer:
    from mist_notebook.magic import overview

    if options.url:
        session.connect(options.url)
    else:
        session.client.update_backends()
    return Answer(overview.connection(session.client), session.client.problems)


@command(
    "config",
    OUTPUT,
    group="look",
    summary="every setting, its value, and where it came from",
    examples=("%mist config",),
    returns="frame",
)
def config(session: Session, options: Namespace) -> Answer:  # noqa: ARG001 - every command takes both
    from mist_notebook.frames import frames
    from mist_notebook.settings.settings import settings_file

    return Answer(frames.settings(session.client.settings.values), (f"Settings file: {settings_file()}",))


@command(
    "rename",
    Argument("backend", "the backend", values="backend", required=True),
    Argument("new_name", "its new name", required=True),
    group="set up",
    summary="give a backend another name on the server",
    examples=('%mist rename Rackspace "Rackspace 2014"',),
    returns="text",
)
def rename(session: Session, options: Namespace) -> Answer:
    backend = session.backend(options.backend)
    before = backend.name
    backend.rename(options.new_name)
    session.forget(backend)
    return Answer(None, (f"{before} is now called {backend.name}.",))


@command(
    "remove",
    Argument("backend", "the backend", values="backend", required=True),
    Argument("--yes", "the exact name again: nothing is removed without it", "NAME"),
    group="set up",
    summary="remove a backend from the server; nothing at the provider changes",
    examples=("%mist remove Rackspace --yes Rackspace",),
    returns="text",
)
def remove(session: Session, options: Namespace) -> Answer:
    backend = session.backend(options.backend)
    if options.yes != backend.name:
        said = "--yes is missing" if options.yes is None else f"--yes says '{options.yes}'"
        raise MistUsageError(
            f"'{backend.name}' was not removed: {said}.", "To remove it, give its exact name again: --yes NAME"
        )
    backend.delete()
    session.forget(backend)
    return Answer(None, (f"{backend.name} was removed from the server; nothing at the provider changed.",))


@command(
    "budget",
    Argument("--usd-per-hour", "the most that machines made from here may cost together", "USD", read=_usd),
    Argument("--count", "the most machines made from here at once", "N", read=_machines),
    group="set up",
    summary="the limits on what is made from here, and how much of them is used; or other limits, for this notebook",
    examples=("%mist budget", "%mist budget --usd-per-hour 2.50 --count 30"),
    returns="text",
)
def budget(session: Session, options: Namespace) -> Answer:
    kind = "sandbox_" if session.client.is_sandbox else ""
    asked = {f"{kind}max_usd_per_hour": options.usd_per_hour, f"{kind}max_count": options.count}
    changed = {name: float(value) for name, value in asked.items() if value is not None}
    if changed:
        session.set_limits(changed)
    return Answer(_budget_page(session, kind, is_changed=bool(changed)))


def _budget_page(session: Session, kind: str, *, is_changed: bool) -> Page:
    """What is open against the limits, and the two lines for the settings file."""
    from mist_notebook.settings.settings import settings_file

    limits, opened = session.client.limits(session.client.is_sandbox), session.client.journal.opened()
    known = [record.price_hourly for record in opened if record.price_hourly is not None]
    unknown = f", and {len(opened) - len(known)} of unknown price" if len(opened) > len(known) else ""
    facts = (
        ("an hour", f"{sum(known):.4f} of {limits.usd_per_hour:.2f} USD{unknown}"),
        ("machines", f"{len(opened):,} of {limits.count:,} at once"),
    )
    lines = (f"{kind}max_usd_per_hour = {limits.usd_per_hour:g}", f"{kind}max_count = {limits.count}")
    held = "These hold for %mist in this notebook, until it ends." if is_changed else "To change them for good."
    title = f"{'SANDBOX · ' if kind else ''}Made from here and not destroyed"
    keep = Section(f"{held} For every notebook, in {settings_file()}:", rows=tuple((line,) for line in lines))
    return Page((Section(title, facts=facts), keep))
