"""The `%mist` subcommands, one short function each, grouped as the help groups them."""

# In the order in which help and README show them: a command stands where its module is first imported.
from . import look, compare, history, make, forms, explore, panel, act, follow, run, setup, refresh  # noqa: I001
from .table import COMMANDS, GROUPS, Answer, Argument, Command

__all__ = [
    "COMMANDS",
    "GROUPS",
    "Answer",
    "Argument",
    "Command",
    "act",
    "compare",
    "explore",
    "follow",
    "forms",
    "history",
    "look",
    "make",
    "panel",
    "refresh",
    "run",
    "setup",
]
