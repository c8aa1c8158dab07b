"""The one table of commands: parser, help, completion, reference and the test that all are documented read it.

A command is declared once, by the decorator on the function that does it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mist_notebook.display.page import Section

GROUPS = ("look", "compare", "make", "act", "run", "set up")


@dataclass(frozen=True)
class Argument:
    """One word that a command takes: `backend` by place, or `--search` by name.

    `values` says what it may hold, for completion: a kind of record (`backend`, `image`, `size`, `location`,
    `network`, `key`, `machine`, `column`, `provider`, `region`, `offer`, `frame`) or nothing. `read` turns the text
    into a value and raises BadValueError. A `shared` option is the same in every listing: help names it once. An option
    with `many` may be given again.
    Completion offers the words in `also` beside the values. What is `evaluated` is an expression, and the option holds
    its value.
    """

    name: str
    about: str
    metavar: str = ""
    values: str = ""
    choices: tuple[str, ...] = ()
    read: Callable[[str], Any] = str
    short: str = ""
    switch: bool = False
    many: bool = False
    required: bool = False
    shared: bool = False
    also: tuple[str, ...] = ()
    evaluated: bool = False

    @property
    def by_name(self) -> bool:
        return self.name.startswith("--")

    @property
    def attribute(self) -> str:
        return self.name.lstrip("-").replace("-", "_")

    @property
    def flags(self) -> tuple[str, ...]:
        return (self.short, self.name) if self.short else (self.name,)

    @property
    def usage(self) -> str:
        """How it stands in the line of usage."""
        if not self.by_name:
            shown = f"{self.name.upper()}{' …' if self.many else ''}"
            return shown if self.required else f"[{shown}]"
        shown = f"{self.flags[-1]}{'' if self.switch else ' ' + self.metavar}{' …' if self.many else ''}"
        return shown if self.required else f"[{shown}]"


@dataclass(frozen=True)
class Answer:
    """What a command gives back, the lines that a person should read with it, and a picture to show above it."""

    value: Any = None
    notes: tuple[str, ...] = ()
    picture: Any = None


Run = Callable[..., Any]
MoreHelp = Callable[[Any, Sequence[str]], Sequence[Section]]


@dataclass(frozen=True)
class Command:
    """One `%mist` subcommand. `more_help` adds to its help what the words after it name.

    With `takes_cell` the rest of a `%%mist` cell is its `options.cell`, else `None`."""

    name: str
    group: str
    summary: str
    arguments: tuple[Argument, ...]
    examples: tuple[str, ...]
    returns: str
    run: Run
    takes_cell: bool = False
    more_help: MoreHelp | None = None

    @property
    def usage(self) -> str:
        """The line that shows how it is typed; the options that listings share stand as one word."""
        own = [argument.usage for argument in self.arguments if not argument.shared]
        shared = ["[OPTIONS]"] if any(argument.shared for argument in self.arguments) else []
        return " ".join(["%mist", self.name, *own, *shared])

    def argument(self, flag: str) -> Argument | None:
        """The argument that `flag` names."""
        return next((argument for argument in self.arguments if flag in argument.flags), None)


COMMANDS: dict[str, Command] = {}


def command(
    name: str,
    *arguments: Argument,
    group: str,
    summary: str,
    examples: tuple[str, ...],
    returns: str,
    takes_cell: bool = False,
    more_help: MoreHelp | None = None,
) -> Callable[[Run], Run]:
    """Put the function into the table, as `%mist <name>`."""

    def declare(run: Run) -> Run:
        COMMANDS[name] = Command(name, group, summary, arguments, examples, returns, run, takes_cell, more_help)
        return run

    return declare
