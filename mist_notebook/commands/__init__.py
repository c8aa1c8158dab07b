"""The `%mist` subcommands, one short function each, grouped as the help groups them."""

from . import act, follow, look, make, run, setup
from .table import COMMANDS, GROUPS, Answer, Argument, Command

__all__ = ["COMMANDS", "GROUPS", "Answer", "Argument", "Command", "act", "follow", "look", "make", "run", "setup"]
