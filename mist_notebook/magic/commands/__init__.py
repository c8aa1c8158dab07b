"""The `%mist` subcommands, one short function each, grouped as the help groups them."""

# ruff: noqa: I001 - in the order in which help and reference show them: as their modules are first imported.
from .lists import look, listings, owned
from .offers import compare, like, export, history, prices
from .machines import make, add_key, remove_key, forms
from .offers import explore
from .machines import panel, act, sweep, follow, run, dask
from .setup import connect, add, budget, sandbox
from .offers import refresh
from .table import COMMANDS, GROUPS, Answer, Argument, Command

__all__ = [
    "COMMANDS",
    "GROUPS",
    "Answer",
    "Argument",
    "Command",
    "act",
    "add",
    "add_key",
    "budget",
    "compare",
    "connect",
    "dask",
    "explore",
    "export",
    "follow",
    "forms",
    "history",
    "like",
    "listings",
    "look",
    "make",
    "owned",
    "panel",
    "prices",
    "refresh",
    "remove_key",
    "run",
    "sandbox",
    "sweep",
]
