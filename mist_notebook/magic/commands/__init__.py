"""The `%mist` subcommands, one short function each, grouped as the help groups them."""

# In the order in which help and README show them: a command stands where its module is first imported.
from . import (
    act,
    add_key,
    budget,
    compare,
    explore,
    follow,
    forms,
    history,
    listings,
    look,
    make,
    owned,
    panel,
    refresh,
    run,
    setup,
)
from .table import COMMANDS, GROUPS, Answer, Argument, Command

__all__ = [
    "COMMANDS",
    "GROUPS",
    "Answer",
    "Argument",
    "Command",
    "act",
    "add_key",
    "budget",
    "compare",
    "explore",
    "follow",
    "forms",
    "history",
    "listings",
    "look",
    "make",
    "owned",
    "panel",
    "refresh",
    "run",
    "setup",
]
