"""The words behind a command as its options: argparse, with our errors, and without a repeated value."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.text import counted
from mist_notebook.magic.commands.table import Argument, Command


def read(command: Command, words: Sequence[str]) -> argparse.Namespace:
    """The options, each read as its argument says. Raises MistUsageError and BadValueError."""
    parser = _Parser(command)
    for argument in command.arguments:
        _add(parser, argument)
    options = parser.parse_intermixed_args(list(words))
    _check_needed(parser, options)
    for argument in command.arguments:
        value = getattr(options, argument.attribute)
        if isinstance(value, str):
            setattr(options, argument.attribute, _read_value(argument.read, argument.flags[-1], value))
        elif argument.by_name and argument.many:
            values = [_read_value(argument.read, argument.flags[-1], word) for word in value or ()]
            setattr(options, argument.attribute, values)
    return options


def _check_needed(parser: _Parser, options: argparse.Namespace) -> None:
    """Name all that is missing at once: argparse, where options may stand between plain words, names half of it."""
    needed = [argument for argument in parser.command.arguments if argument.required]
    missing = [one.name for one in needed if getattr(options, one.attribute) in (None, [])]
    if missing:
        parser.error(f"the following arguments are required: {', '.join(missing)}")


def _read_value(read: Any, flag: str, value: str) -> Any:
    try:
        return read(value)
    except BadValueError as error:
        raise BadValueError(f"{flag}: {error.message}", error.hint) from None


class _Parser(argparse.ArgumentParser):
    """argparse that raises our errors, never exits, and never repeats what may be a secret."""

    def __init__(self, command: Command) -> None:
        super().__init__(prog=f"%mist {command.name}", add_help=False, allow_abbrev=False)
        self.command = command

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """`--search=--` has the value `--`, which argparse takes for the end of the options."""
        if action.option_strings and action.nargs is None and arg_strings == ["--"]:
            return self._get_value(action, arg_strings[0])
        return super()._get_values(action, arg_strings)

    def error(self, message: str) -> NoReturn:
        if message.startswith("unrecognized arguments"):
            most = [argument for argument in self.command.arguments if not argument.by_name]
            takes = f"at most {counted(len(most), 'plain word')}" if most else "no plain words"
            message = f"{self.command.name} takes {takes}; there are more"
            message += ", or a value with a space needs quotes"
        elif required := re.match(r"the following arguments are required: (.*)", message):
            message = f"{self.command.name} needs {required[1]}"
        elif option := re.match(r"argument (\S+?)(?:/\S+)?: (.*)", message, re.S):
            message = f"{self.command.name}: {option[1]} {_wrong(option[2])}"
        raise MistUsageError(f"{message}.", f"It takes: {self.command.usage}")


def _wrong(said: str) -> str:
    """What argparse says of an option, without the value."""
    return (
        "takes no value"
        if said.startswith("ignored explicit")
        else said.replace("expected one argument", "needs a value")
    )


def _add(parser: _Parser, argument: Argument) -> None:
    if not argument.by_name:
        parser.add_argument(argument.name, nargs="*" if argument.many else "?")
    elif argument.switch:
        parser.add_argument(*argument.flags, dest=argument.attribute, action="store_true")
    else:
        action = "append" if argument.many else "store"
        parser.add_argument(*argument.flags, dest=argument.attribute, action=action)
