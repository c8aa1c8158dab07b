"""From the line that a person typed to a command and its options; what can't be read says what would be right."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mist_notebook.ground.errors import MistUsageError
from mist_notebook.ground.text import brief, nearest
from mist_notebook.magic.commands.table import COMMANDS, GROUPS, Command

from . import habits, mending, options, suggestion, synonyms, typed, typed_json, typed_secret
from .typed import statement
from .typed_json import Json, filled

__all__ = ["HELP", "command_named", "evaluate", "read", "statement", "takes_cell", "words_of"]

HELP = ("--help", "-h", "help")
_PLACE = re.compile(r"\{\{|\}\}|\$\$|[\ue000\ue001]|\{(?P<expression>[^{}]+)\}|\$(?P<name>[A-Za-z_][A-Za-z0-9_]*)")
_PLAIN = ("{{", "}}", "$$", "\ue000", "\ue001")
_SET_ASIDE = re.compile("\ue000(\\d+)\ue001")
_LISTED = ("machines", "images", "sizes", "backends")


def words_of(line: str, namespace: Mapping[str, Any]) -> list[str]:
    """The words of a line: quotes hold words together, `{expression}` and `$name` are filled in afterwards.

    A list or an object of JSON after a `=` keeps its quotes and braces; in its texts places are filled in.
    What is filled in stays one word, whatever it holds; a list of words, or a column of a frame, that stands alone is
    a word for each. Raises MistUsageError for an open quote, for a name that is
    missing or holds nothing, for what a shell would do, and for a word that is a secret.
    """
    expressions: list[str] = []

    def set_aside(place: str) -> str:
        expressions.append(place)
        return f"\ue000{len(expressions) - 1}\ue001"

    def without_places(text: str) -> str:
        return _PLACE.sub(lambda found: set_aside(found[0]), text)

    text = typed_json.set_aside(line, set_aside, without_places)
    sign, rest = typed.shell_habit(text)
    if sign:
        habits.refuse(sign, rest)
    filled: list[str] = []
    for word in typed.words(text):
        if alone := _SET_ASIDE.fullmatch(word):
            filled += _words_in(expressions[int(alone[1])], namespace)
        else:
            filled.append(_SET_ASIDE.sub(lambda found: _fill_in(expressions[int(found[1])], namespace), word))
    flags = {argument.name for command in COMMANDS.values() for argument in command.arguments if argument.by_name}
    typed_secret.refuse(filled, {flag.lstrip("-") for flag in flags})
    return filled


def read(
    words: Sequence[str],
    *,
    known: suggestion.Known = suggestion.nobody,
    is_backend: mending.IsBackend = mending.nothing_is,
) -> tuple[Command, argparse.Namespace]:
    """The command that the words name, and its options, with every wish read; `said` is what was read otherwise.

    `known` gives the names of backends that were seen, and `is_backend` finds out whether a word is one.
    """
    command = command_named(words, known)
    rest, said = mending.mended(command, words[1:], known, is_backend)
    found = options.read(command, rest)
    found.said = said
    return command, found


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
        raise MistUsageError(f"{option} '{brief(text)}' isn't an expression.", hint) from None
    except Exception as error:
        what = f"{option} '{brief(text)}' has no value: {type(error).__name__}: {error}"
        raise MistUsageError(what, f"Such as {option} df.iloc[0], with a frame that exists.") from None


def takes_cell(line: str) -> bool:
    """Whether the line's command wants the rest of its cell, whatever that is."""
    first = line.split(maxsplit=1)[:1]
    return bool(first) and first[0] in COMMANDS and COMMANDS[first[0]].takes_cell


def command_named(words: Sequence[str], known: suggestion.Known = suggestion.nobody) -> Command:
    """The command that the first word names; MistUsageError with the one that was meant."""
    first = words[0]
    if first in COMMANDS:
        return COMMANDS[first]
    raise MistUsageError(f"No command named '{brief(first)}'.", _meant(first.casefold(), words[1:], known))


def _meant(word: str, rest: Sequence[str], known: suggestion.Known) -> str:
    """What a person meant by a word that is no command: what other tools call it, else what is near it."""
    if word in synonyms.HINTS:
        return synonyms.HINTS[word]
    if word in synonyms.LISTS:
        return _listed(rest, known)
    meant = synonyms.COMMANDS.get(word)
    if meant == "help":
        return "Did you mean: %mist --help"
    close = [meant] if meant else nearest(word, COMMANDS)
    if close:
        return _corrected(COMMANDS[close[0]], rest, known, close)
    names = (name for group in GROUPS for name, command in COMMANDS.items() if command.group == group)
    return f"There are {', '.join(names)}."


def _listed(rest: Sequence[str], known: suggestion.Known) -> str:
    """`list images EC2` is `images EC2`; `list` alone could be several."""
    what = rest[0].casefold() if rest else ""
    name = what if what in COMMANDS else synonyms.COMMANDS.get(what, "")
    if name in COMMANDS:
        return _corrected(COMMANDS[name], rest[1:], known, [name])
    return f"Say what: {', '.join(f'%mist {name}' for name in _LISTED)}."


def _corrected(command: Command, rest: Sequence[str], known: suggestion.Known, close: Sequence[str]) -> str:
    """The line of that command with the same words, but for those that it has no place for."""
    has_place = any(not argument.by_name for argument in command.arguments)
    kept = [word for word in rest if word.startswith("-") or has_place or rest.index(word)]
    if command.name == "destroy" and not any(word.startswith("--yes") for word in rest):
        kept += ["--yes", "x"]
    return suggestion.corrected(command, kept, known, close)


def _words_in(place: str, namespace: Mapping[str, Any]) -> list[str]:
    """What a place that stands alone holds: a word for each of a list, a tuple or a column of words, else one."""
    if place in _PLAIN:
        return [place[0]]
    value = _value_in(place, namespace)
    several = value.tolist() if type(value).__name__ in ("Series", "Index") else value
    if isinstance(several, (list, tuple)) and several and all(isinstance(one, str) and one for one in several):
        return list(several)
    return [_text_of(place, value)]


def _fill_in(place: str, namespace: Mapping[str, Any]) -> str:
    if isinstance(place, Json):
        return filled(place, lambda text: _PLACE.sub(lambda found: _fill_in(found[0], namespace), text))
    return place[0] if place in _PLAIN else _text_of(place, _value_in(place, namespace))


def _value_in(place: str, namespace: Mapping[str, Any]) -> Any:
    expression = place.strip("{}$ ")
    try:
        return eval(expression, dict(namespace))  # noqa: S307 - the person's own expression, in their own namespace
    except NameError as error:
        missing = getattr(error, "name", None) or expression
        raise MistUsageError(
            f"There is no variable '{missing}' for {place}.", "Define it first, or write {{ or $$ for a plain sign."
        ) from None
    except Exception as error:
        raise MistUsageError(f"{place} can't be filled in: {type(error).__name__}: {error}") from None


def _text_of(place: str, value: Any) -> str:
    try:
        text = str(value)
    except Exception as error:
        raise MistUsageError(f"{place} can't be filled in: {type(error).__name__}: {error}") from None
    if _is_nothing(value):
        raise MistUsageError(f"{place} is {text}: there is nothing to fill in.", "Give it a value, or leave it out.")
    return text


def _is_nothing(value: Any) -> bool:
    """Whether it is None, or what a frame has where nothing is known."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value
