"""Commands for teaching with the embedded sandbox: what it is doing, another world, and a fresh start."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mist_notebook.display.page import Page, Section
from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.files.home import at_home
from mist_notebook.ground.text import brief, counted
from mist_notebook.magic.commands.table import Answer, Argument, command

if TYPE_CHECKING:
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.sandbox.doing import Doing

_LARGEST_SEED = 999_999_999


def _seed(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadValueError(f"'{brief(text)}' isn't a seed.", f"Give a whole number from 0 to {_LARGEST_SEED}.")
    return int(text)


def _help_on_faults(_session: Session, _words: Sequence[str]) -> Sequence[Section]:
    """What a file of faults may have."""
    from mist_notebook.client.notebook import classroom

    rows = tuple((" ".join((name, *kind.takes)), kind.about) for name, kind in classroom.fault_kinds().items())
    lines = (
        "One [[fault]] table each in TOML: do is one of the words below, with the keys that stand after it. name says "
        "for which machines (web-*), skip and times for how many, every for each how many of them.",
    )
    return (Section("A file of faults", lines=lines), Section("What can go wrong", rows=rows))


@command(
    "sandbox",
    Argument("--seed", "start over: the same number gives the same machines on every screen", "N", read=_seed),
    Argument("--faults", "start over with faults from a TOML or JSON file", "FILE", read=at_home),
    Argument("--like-mist", "start over, as slow as a real Mist server", switch=True),
    Argument("--plain", "start over, without seed and faults", switch=True),
    group="set up",
    summary="what the embedded sandbox is doing; or start another one, to teach with",
    examples=("%mist sandbox", "%mist sandbox --seed 7", "%mist sandbox --faults quota.toml --seed 7"),
    returns="text",
    more_help=_help_on_faults,
)
def sandbox(session: Session, options: Namespace) -> Answer:
    from mist_notebook.client.notebook import classroom

    asked = {"seed": options.seed, "faults": options.faults, "like_mist": options.like_mist, "plain": options.plain}
    if options.plain and (options.faults or options.like_mist):
        raise MistUsageError("--plain means no faults, but faults are asked for.", "Leave out --plain.")
    if any(value not in (None, False) for value in asked.values()):
        classroom.begin_anew(session, **asked)
        return Answer(
            _page(classroom.look(session)), ("The sandbox was started afresh: its machines and keys are gone.",)
        )
    return Answer(_page(classroom.look(session)))


@command(
    "reset",
    group="set up",
    summary="a fresh sandbox: no machines, no keys, the seed and faults that it has",
    examples=("%mist reset",),
    returns="text",
)
def reset(session: Session, options: Namespace) -> Answer:  # noqa: ARG001 - every command takes both
    from mist_notebook.client.notebook import classroom

    classroom.begin_anew(session)
    return Answer(
        None, ("The sandbox was started afresh: its machines and keys are gone, and what was listed is forgotten.",)
    )


def _page(doing: Doing) -> Page:
    facts = (
        ("address", doing.url),
        ("machines", ", ".join(f"{count} {state}" for state, count in doing.machines.items()) or "none"),
        ("keys", str(doing.keys)),
        ("asked so far", f"{counted(doing.requests, 'request')}, {counted(doing.creates, 'create')}"),
        ("seed", str(doing.seed) if doing.seed else "none: every start is different"),
        ("faults", str(len(doing.faults) or "none")),
    )
    rows = tuple(
        (f"{fault.do} {fault.name}", f"happened {counted(happened, 'time')}") for fault, happened in doing.faults
    )
    return Page((Section("SANDBOX", facts=facts), *([Section(rows=rows)] if rows else [])))
