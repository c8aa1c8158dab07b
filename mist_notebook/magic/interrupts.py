"""What an interrupt of a command means, where the command doesn't say it itself."""

from __future__ import annotations

from mist_notebook.ground.interrupted import Interrupted

from .commands.table import Command

_READING = {"look", "compare"}
_ALSO_READING = {"probe", "wait", "explore", "panel", "form"}
_CHANGES = {"journal", "refresh"}


def of(command: Command) -> Interrupted:
    """The interrupt in two lines."""
    was = f"Interrupted while %mist {command.name} was"
    if (command.group in _READING or command.name in _ALSO_READING) and command.name not in _CHANGES:
        return Interrupted(f"{was} reading.", "Nothing was changed: the same line again reads it anew.")
    if command.group == "act":
        return Interrupted(
            f"{was} asking for it: it may have been asked, and then goes on by itself.",
            "%mist machines shows what is so now. Nothing is sent again by looking.",
        )
    if command.group == "make":
        return Interrupted(
            f"{was} on its way: what it asked for by then may exist.",
            "%mist machines and %mist journal show what is so.",
        )
    return Interrupted(
        f"{was} on its way: it may be done, or not.", "%mist connect and %mist backends show what is so now."
    )
