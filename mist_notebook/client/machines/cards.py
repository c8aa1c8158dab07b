"""How machines and jobs show: a card each, in HTML and in plain text; and a report as a shell shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mist_notebook.backends import tag_rules
from mist_notebook.display.cards import bounded, facts, is_inside, login, moment, report_page, ssh_line, title
from mist_notebook.display.page import Page, Section
from mist_notebook.ground.errors import MistError
from mist_notebook.ground.text import clean

if TYPE_CHECKING:
    from mist_notebook.provision.snapshots import Snapshot
    from mist_notebook.records.model import ProbeReport, Step

    from .machine import Machine

_TEXT_LIMIT = 2000
_MOST_STEPS = 60


def report_html(report: ProbeReport) -> str:
    """A report as a cell shows it."""
    return report_page(report)._repr_html_()


def report_plain(report: ProbeReport, printer: Any, cycle: bool) -> None:
    """A report as a terminal shows it."""
    _plainly(report_page, report, printer, cycle=cycle)


def machine_html(machine: Machine) -> str:
    """A machine as a cell shows it."""
    return machine_page(machine)._repr_html_()


def machine_plain(machine: Machine, printer: Any, cycle: bool) -> None:
    """A machine as a terminal shows it."""
    _plainly(machine_page, machine, printer, cycle=cycle)


def _plainly(page: Callable[[Any], Page], value: Any, printer: Any, *, cycle: bool) -> None:
    if is_inside(printer):
        printer.text(clean(repr(value), _TEXT_LIMIT))
    else:
        page(value)._repr_pretty_(printer, cycle)


def machine_page(machine: Machine) -> Page:
    """What is known of a machine without asking anyone, what can be done with it, and how to log in."""
    record, extra = machine.record, machine.record.extra
    found = (
        ("state", record.state),
        ("backend", machine.backend_name),
        ("id", record.id),
        ("public addresses", ", ".join(record.public_ips) or "none"),
        ("private addresses", ", ".join(record.private_ips)),
        ("size", _named(extra.get("size_name"), machine.own_id("size"))),
        ("image", _named(extra.get("image_name"), machine.own_id("image"))),
        ("location", _named(extra.get("location_name"), machine.own_id("location"))),
        ("tags", tag_rules.written(tag_rules.own(record.tags))),
        ("created", moment(record.created)),
        ("expires", moment(record.expires)),
        *_money(machine),
        ("made from here", _made_from_here(machine)),
        ("can", ", ".join(record.actions)),
    )
    return Page((facts(title(machine.is_sandbox, "machine", record.name), found), *login(login_line(machine))))


def job_page(job: Snapshot) -> Page:
    """What was asked for, the steps with their times, and how it ended or stands."""
    heading = title(bool(job.backend and job.backend.sandbox), f"job {job.id}", job.name)
    took = "" if job.seconds is None else f"{job.seconds:.1f} s"
    error = job.error
    found = (
        ("state", job.state),
        ("backend", job.backend.name if job.backend else ""),
        ("started", moment(job.started)),
        ("took", took),
        ("error", error.message if error else ""),
        ("next", error.hint if error else _next(job)),
    )
    steps = tuple((f"{step.seconds:.1f} s {step.state}", step.message) for step in _last(job.steps))
    left_out = len(job.steps) - len(steps)
    steps_heading = "Steps" + (f" (the first {left_out} are left out)" if left_out else "")
    return Page((facts(heading, found), *([Section(steps_heading, facts=bounded(steps))] if steps else [])))


def _named(name: Any, its_id: str | None) -> str:
    """A name with its id, or what of both is known."""
    if not isinstance(name, str) or not name or name == its_id:
        return its_id or ""
    return f"{name} ({its_id})" if its_id else name


def _money(machine: Machine) -> list[tuple[str, str]]:
    """The price and the cost so far; a sandbox's are examples."""
    try:
        kept, so_far = machine.journal_record, machine.cost_so_far
    except MistError as error:
        return [("cost", error.message)]
    price = machine.record.price
    hourly, currency = (kept.price_hourly, kept.currency) if kept else (price.hourly, price.currency)
    example = " (an example price)" if machine.is_sandbox else ""
    hour = "unknown" if hourly is None else f"{hourly:.4f} {currency or ''}".rstrip() + example
    return [("price per hour", hour), *([] if so_far is None else [("cost so far", f"{so_far:.4f} {currency or ''}")])]


def _made_from_here(machine: Machine) -> str:
    try:
        return "yes" if machine.mine else "no"
    except MistError as error:
        return f"unknown: {error.message}"


def login_line(machine: Machine) -> str:
    """The `ssh` line that logs in with a key that is here; empty where there is none, or no address."""
    from .prober import Prober, target

    prober = machine.hands.probe
    try:
        file = prober.key_file(machine) if isinstance(prober, Prober) else None
        where = target(machine)
    except MistError:
        return ""
    return ssh_line(where.user, where.host, where.port, str(file)) if file else ""


def _last(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return steps[-_MOST_STEPS:]


def _next(job: Snapshot) -> str:
    if job.ended:
        return ""
    return f"%mist wait {job.id} waits for it; %mist cancel {job.id} ends it."
