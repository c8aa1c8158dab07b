"""From the line that a person typed to a command and its options; what can't be read says what would be right."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.text import brief, nearest

from .commands.table import COMMANDS, GROUPS, Command

HELP = ("--help", "-h", "help")
_SECRET_WORD = re.compile(
    r"^[-–—]*p[=:]|^-p|"
    r"^[-–—]*(?:[a-z]+[-_.])*(?:pass\w*|pw|pwd|\w*token\w*|(?:api|access|private)[-_.]?key|(?:api)?secret\w*|"
    r"credentials?|bearer|jwt|cookie|authorization|auth)(?:[-_.]\w+)*(?=[=:]|$)",
    re.I,
)
_SECRET_SHAPE = re.compile(
    r"://[^/\s]*@|-----BEGIN|\bmist_1\s|\b(?:Bearer|Basic)\s|\b(?:AKIA|ASIA)[A-Z0-9]{12}|\bgh[pousr]_\w{20}|\beyJ\w{10,}\."
)
_SAFE_WORD = re.compile(r"[A-Za-z0-9._:/=+,-]+")
_PLACE = re.compile(r"\{\{|\}\}|\$\$|[\ue000\ue001]|\{(?P<expression>[^{}]+)\}|\$(?P<name>[A-Za-z_][A-Za-z0-9_]*)")
_PIECE = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.|(?P<comment>(?<!\S)#.*)|.""", re.S)


def statement(line: str) -> tuple[str, bool]:
    """The line without its comment and its last `;`, and whether there was one: then nothing is shown."""
    comment = next((piece.start() for piece in _PIECE.finditer(line) if piece["comment"]), len(line))
    text = line[:comment].strip()
    return text.removesuffix(";").rstrip(), text.endswith(";")


def words_of(line: str, namespace: Mapping[str, Any]) -> list[str]:
    """The words of a line: quotes hold words together, `{expression}` and `$name` are filled in afterwards.

    What is filled in stays one word, whatever it holds. Raises MistUsageError for an open quote, for a name that is
    missing, and for a word that looks like a secret.
    """
    expressions: list[str] = []

    def set_aside(found: re.Match[str]) -> str:
        expressions.append(found[0])
        return f"\ue000{len(expressions) - 1}\ue001"

    try:
        words = shlex.split(_PLACE.sub(set_aside, line), comments=False)
    except ValueError as error:
        if "escape" in str(error):
            raise MistUsageError("The line ends with a backslash.", "Take it away, or double it.") from None
        raise MistUsageError("A quote is opened and not closed.", 'Close it: "a name with spaces".') from None
    filled = [
        re.sub("\ue000(\\d+)\ue001", lambda found: _fill_in(expressions[int(found[1])], namespace), word)
        for word in words
    ]
    _refuse_secrets(filled)
    return filled


def read(words: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    """The command that the words name, and its options, with every wish read."""
    command = command_named(words)
    rest = list(words[1:])
    _check_options(command, rest)
    parser = _Parser(command)
    for argument in command.arguments:
        _add(parser, argument)
    options = parser.parse_args(rest)
    for argument in command.arguments:
        value = getattr(options, argument.attribute)
        if isinstance(value, str):
            setattr(options, argument.attribute, _read_value(argument.read, argument.flags[-1], value))
        elif argument.by_name and argument.many:
            values = [_read_value(argument.read, argument.flags[-1], word) for word in value or ()]
            setattr(options, argument.attribute, values)
    return command, options


def evaluate(command: Command, options: argparse.Namespace, namespace: Mapping[str, Any]) -> None:
    """Put the value of each expression in the place of its text: the person's own, in their own namespace."""
    for argument in command.arguments:
        text = getattr(options, argument.attribute)
        if argument.evaluated and text is not None:
            setattr(options, argument.attribute, _value_of(argument.name, text, namespace))


def _value_of(option: str, text: str, namespace: Mapping[str, Any]) -> Any:
    if "\n" in text:
        raise MistUsageError(f"{option} got the text of a value.", f"Write it without braces: {option} df.iloc[0]")
    try:
        return eval(text, dict(namespace))  # noqa: S307 - as a cell would
    except SyntaxError:
        hint = f"Such as {option} df.iloc[0]; put quotes around one that has spaces or quotes in it."
        raise MistUsageError(f"{option} '{brief(text)}' is no expression.", hint) from None
    except Exception as error:
        what = f"{option} '{brief(text)}' has no value: {type(error).__name__}: {error}"
        raise MistUsageError(what, f"Such as {option} df.iloc[0], of a frame that there is.") from None


def takes_cell(line: str) -> bool:
    """Whether the line's command wants the rest of its cell, whatever that is."""
    first = line.split(maxsplit=1)[:1]
    return bool(first) and first[0] in COMMANDS and COMMANDS[first[0]].takes_cell


def command_named(words: Sequence[str]) -> Command:
    """The command that the first word names."""
    if words[0] in COMMANDS:
        return COMMANDS[words[0]]
    close = nearest(words[0], COMMANDS)
    if not close:
        names = (name for group in GROUPS for name, command in COMMANDS.items() if command.group == group)
        raise MistUsageError(f"No command named '{brief(words[0])}'.", f"There are {', '.join(names)}.")
    raise MistUsageError(f"No command named '{brief(words[0])}'.", _corrected([close[0], *words[1:]], close))


def _fill_in(place: str, namespace: Mapping[str, Any]) -> str:
    if place in ("{{", "}}", "$$", "\ue000", "\ue001"):
        return place[0]
    expression = place.strip("{}$ ")
    try:
        return str(eval(expression, dict(namespace)))  # noqa: S307 - the person's own expression, in their own namespace
    except NameError as error:
        missing = getattr(error, "name", None) or expression
        raise MistUsageError(
            f"There is no variable '{missing}' for {place}.", "Define it first, or write {{ or $$ for a plain sign."
        ) from None
    except Exception as error:
        raise MistUsageError(f"{place} can't be filled in: {type(error).__name__}: {error}") from None


def _refuse_secrets(words: Sequence[str]) -> None:
    """A secret in a cell is already saved: refuse it without repeating it, and say what to do."""
    for word in words:
        is_named = re.match(r"[-–—]|[^=:\s]+[=:]", word)
        if (is_named and _SECRET_WORD.match(word)) or _SECRET_SHAPE.search(word):
            raise MistUsageError(
                "A password or token is never taken from a cell.",
                "It is now in this notebook and its history: change it, then run %mist connect, which asks unseen.",
            )


def _check_options(command: Command, words: Sequence[str]) -> None:
    known = [*(flag for argument in command.arguments for flag in argument.flags), HELP[0]]
    for place, word in enumerate(words):
        flag = word.partition("=")[0]
        if not flag.startswith("-") or flag in known or not re.match(r"--?[A-Za-z]", flag):
            continue
        close = nearest(flag, known) or nearest(flag.lstrip("-"), [name.lstrip("-") for name in known])
        if not close:
            raise MistUsageError(f"{command.name} has no option {flag}.", f"It takes: {command.usage}")
        right = close[0] if close[0].startswith("-") else f"--{close[0]}"
        mended = [*words[:place], right + word[len(flag) :], *words[place + 1 :]]
        raise MistUsageError(f"{command.name} has no option {flag}.", _corrected([command.name, *mended], [right]))


def _corrected(words: Sequence[str], close: Sequence[str]) -> str:
    """The line to copy, if every word of it is safe to paste; else the nearest words."""
    if all(_SAFE_WORD.fullmatch(word) for word in words):
        return f"Did you mean: %mist {' '.join(words)}"
    return f"Did you mean {' or '.join(close)}?"


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

    def error(self, message: str) -> NoReturn:
        if message.startswith("unrecognized arguments"):
            most = [argument for argument in self.command.arguments if not argument.by_name]
            takes = f"at most {len(most)}" if most else "no"
            message = f"{self.command.name} takes {takes} plain word{'' if len(most) == 1 else 's'}; there are more"
            message += ", or a value with a space needs quotes"
        elif required := re.match(r"the following arguments are required: (.*)", message):
            message = f"{self.command.name} needs {required[1]}"
        elif option := re.match(r"argument (\S+?)(?:/\S+)?: (expected.*|.*)", message):
            message = f"{self.command.name}: {option[1]} {option[2].replace('expected one argument', 'needs a value')}"
        raise MistUsageError(f"{message}.", f"It takes: {self.command.usage}")


def _add(parser: _Parser, argument: Any) -> None:
    if not argument.by_name:
        nargs = "*" if argument.many else None if argument.required else "?"
        parser.add_argument(argument.name, nargs=nargs)
    elif argument.switch:
        parser.add_argument(*argument.flags, dest=argument.attribute, action="store_true")
    else:
        action = "append" if argument.many else "store"
        parser.add_argument(*argument.flags, dest=argument.attribute, action=action, required=argument.required)
