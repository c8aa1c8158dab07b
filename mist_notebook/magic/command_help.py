"""The pages that say which commands there are, and what each takes: made from the command table."""

from __future__ import annotations

from collections.abc import Sequence

from mist_notebook.display.page import Page, Section

from .commands.table import COMMANDS, GROUPS, Argument, Command


def help_on_all() -> Page:
    """What `%mist --help` shows: every command, grouped."""
    groups = [
        Section(group.capitalize(), rows=tuple((f"%mist {command.name}", command.summary) for command in commands))
        for group in GROUPS
        if (commands := [command for command in COMMANDS.values() if command.group == group])
    ]
    hints = (
        ("%mist COMMAND --help", "what a command takes, with examples"),
        ("df = %mist …", "keep the DataFrame; or -o NAME, also in %%mist"),
        ("%%mist", "several commands in one cell, one a line"),
        ("{expression} and $name", "are filled in from your variables; {{ and $$ for plain signs"),
        ("4  4+  4..8  ..8  =4  16GB  4x", "amounts: at least, between, at most, exactly, with a unit, GB per vCPU"),
    )
    about = Section(lines=("%mist: images, sizes, prices and locations of every backend, as DataFrames.",))
    return Page((about, *groups, Section("Good to know", rows=hints)))


def help_on(command: Command, more: Sequence[Section] = ()) -> Page:
    """What `%mist COMMAND --help` shows; `more` is what the command itself adds."""
    rows = tuple((_shown(argument), _about(argument)) for argument in command.arguments)
    return Page(
        (
            Section(lines=(f"{command.summary[0].upper()}{command.summary[1:]}. Returns: {command.returns}.",)),
            Section(typed=command.usage),
            *([Section("Takes", rows=rows)] if rows else []),
            *more,
            Section("Examples", rows=tuple((example,) for example in command.examples)),
        )
    )


def _shown(argument: Argument) -> str:
    if not argument.by_name:
        return argument.name.upper() + (" …" if argument.many else "")
    return ", ".join(argument.flags) + ("" if argument.switch else f" {argument.metavar}")


def _about(argument: Argument) -> str:
    return argument.about + (f": {', '.join(argument.choices)}" if argument.choices else "")
