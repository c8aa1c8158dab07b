"""The `%mist` subcommands, one short function each, grouped as the help groups them."""

# ruff: noqa: I001 - in the order in which help and reference show them: as their modules are first imported.
from . import look, listings, owned, compare, like, export, history, prices, make, add_key, forms, explore
from . import panel, act, sweep, follow, run, dask, setup, add, budget, sandbox, refresh
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
    "run",
    "sandbox",
    "setup",
    "sweep",
]
