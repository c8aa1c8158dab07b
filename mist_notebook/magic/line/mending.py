"""A line read as it was meant: `--ram 16 GB`, `cpus=4`, `--search ubuntu 14.04`; and options that there are not.

Only where reading costs nothing: the commands that look and compare. A line that makes, changes or ends something is
refused, with the line that would be right. So is another word for an option, as its value is not repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from mist_notebook.ground.errors import BadValueError, MistUsageError
from mist_notebook.ground.text import nearest
from mist_notebook.magic.commands.table import COMMANDS, Argument, Command

from . import suggestion, synonyms

HELP = "--help"
_PROVIDERS = "--providers"
_HARMLESS = {"look", "compare"}
_AMOUNTS = {"AMOUNT", "GPU", "TIME", "DAYS"}
_MOST_WORDS = 4
IsBackend = Callable[[str], bool]


def nothing_is(word: str) -> bool:  # noqa: ARG001 - where nobody can say which backends there are
    """No word is a backend."""
    return False


@dataclass
class _Reading:
    """The words of one line on their way to being read."""

    command: Command
    words: Sequence[str]
    known: suggestion.Known
    is_backend: IsBackend
    done: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    at: int = 0

    @property
    def is_harmless(self) -> bool:
        return self.command.group in _HARMLESS or self.command.name == "explore"

    @property
    def flags(self) -> frozenset[str]:
        return frozenset(flag for argument in self.command.arguments if argument.by_name for flag in argument.flags)

    def refuse(self, message: str, words: Sequence[str], near: Sequence[str]) -> MistUsageError:
        return MistUsageError(message, suggestion.corrected(self.command, words, self.known, near))


def mended(
    command: Command, words: Sequence[str], known: suggestion.Known, is_backend: IsBackend
) -> tuple[list[str], tuple[str, ...]]:
    """The words as they were meant, and a note of what was read otherwise than it stands there."""
    reading = _Reading(command, words, known, is_backend)
    while reading.at < len(words):
        _read_one(reading)
    if reading.providers:
        reading.done += [_PROVIDERS, ",".join(reading.providers)]
        reading.said.append(f"{_PROVIDERS} {','.join(reading.providers)}")
    said = (f"Read as: {' '.join(reading.said)}",) if reading.said else ()
    return reading.done, said


def _read_one(reading: _Reading) -> None:
    word = reading.words[reading.at]
    flag, equals, value = word.partition("=")
    reading.at += 1
    argument = reading.command.argument(flag) if flag.startswith("-") else None
    if argument is not None or word in (HELP, "-h"):
        reading.done.append(word)
        if argument is not None and not argument.switch:
            _take_values(reading, argument, has_value=bool(equals), is_mended=False)
    elif _is_option(flag):
        _unknown(reading, flag, value if equals else None)
    elif named := _meant(reading, flag, value, has_sign=bool(equals)):
        reading.done.append(f"{named.name}={value}" if equals else named.name)
        _take_values(reading, named, has_value=bool(equals), is_mended=True)
    elif _are_providers(reading, word):
        reading.providers += word.split(",")
    else:
        reading.done.append(word)


def _is_option(word: str) -> bool:
    return word.startswith("-") and word.lstrip("-")[:1].isalpha()


def _meant(reading: _Reading, name: str, value: str, *, has_sign: bool) -> Argument | None:
    """The option that a plain word means: `cpus=4`, and `cpus 4` where no plain word is due."""
    flag = _flag_named(name.casefold().replace("_", "-"), reading.flags)
    argument = reading.command.argument(flag) if flag else None
    if argument is None or argument.switch or not (has_sign or _takes_no_word(reading.command)):
        return None
    if not reading.is_harmless:
        if not (has_sign and value):
            return None
        words = [*reading.done, argument.name, "x", *reading.words[reading.at :]]
        raise reading.refuse(f"An option begins with two dashes: {argument.name}.", words, [argument.name])
    return argument


def _are_providers(reading: _Reading, word: str) -> bool:
    """Whether a plain word is clouds to look at, where the command takes no plain word: `compare EC2 Hetzner`."""
    if not (reading.is_harmless and _takes_no_word(reading.command) and _PROVIDERS in reading.flags):
        return False
    has_them = any(one == _PROVIDERS or one.startswith(f"{_PROVIDERS}=") for one in reading.words)
    return not has_them and all(map(suggestion.is_provider, word.split(",")))


def _takes_no_word(command: Command) -> bool:
    return all(argument.by_name for argument in command.arguments)


def _flag_named(name: str, flags: frozenset[str]) -> str | None:
    return f"--{name}" if f"--{name}" in flags else synonyms.option(name, flags)


def _take_values(reading: _Reading, argument: Argument, *, has_value: bool, is_mended: bool) -> None:
    """Take what belongs to the option's value: one word, or several that make one amount or one search."""
    if not has_value:
        if reading.at >= len(reading.words) or _is_option(reading.words[reading.at]):
            return
        reading.done.append(reading.words[reading.at])
        reading.at += 1
    if not reading.is_harmless:
        return
    flag, equals, first = reading.done[-1].partition("=") if has_value else ("", "", reading.done[-1])
    words = [first, *_plain_words(reading)]
    is_amount = argument.metavar in _AMOUNTS
    count, spelled = _amount(argument, words) if is_amount else (_searched(reading, argument, words), "")
    reading.at += count - 1
    reading.done[-1] = f"{flag}{equals}{' '.join(words[:count])}"
    if spelled and (is_mended or count > 1 or not first[:1].isalnum()):
        reading.said.append(f"{argument.name} {spelled}")


def _plain_words(reading: _Reading) -> list[str]:
    """The next few words, as far as none is an option."""
    found: list[str] = []
    for word in reading.words[reading.at : reading.at + _MOST_WORDS]:
        if word.startswith("-") and word != "-":
            break
        if "=" in word.lstrip("<>=≤≥") and _flag_named(word.partition("=")[0].casefold(), reading.flags):
            break
        found.append(word)
    return found


def _amount(argument: Argument, words: Sequence[str]) -> tuple[int, str]:
    """How many of the words make one amount, and how we spell it."""
    for count in range(len(words), 0, -1):
        try:
            value = argument.read(" ".join(words[:count]))
        except BadValueError:
            continue
        return count, _spelled(value)
    return 1, ""


def _spelled(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _searched(reading: _Reading, argument: Argument, words: Sequence[str]) -> int:
    """How many of the words are what is searched for: up to the first that names a backend."""
    if argument.name != "--search" or len(words) == 1:
        return 1
    places = [one for one in reading.command.arguments if not one.by_name]
    has_backend = any(not word.startswith("-") for word in reading.done[:-2])
    if places and places[0].required and not has_backend:
        return 1
    ours = (suggestion.is_known(word, reading.known) or reading.is_backend(word) for word in words[1:])
    return next((place for place, is_ours in enumerate(ours, start=1) if places and is_ours), len(words))


def _unknown(reading: _Reading, flag: str, value: str | None) -> NoReturn:
    """An option that the command doesn't have: an error that names the one that was meant."""
    command, rest = reading.command, reading.words[reading.at :]
    name = flag.lstrip("-").casefold().replace("_", "-")
    said = f"{command.name} has no option {suggestion.shown_flag(flag)}."
    places = [argument for argument in command.arguments if not argument.by_name]
    if name in synonyms.BACKEND_FLAGS and places and places[0].values == "backend":
        _backend_flag(reading, said, value)
    meant = _flag_named(name, reading.flags)
    known = [*reading.flags, HELP]
    elsewhere = "" if meant else _elsewhere(reading, name)
    if elsewhere:
        raise MistUsageError(said, elsewhere)
    close = [meant] if meant else nearest(flag, known) or nearest(name, [one.lstrip("-") for one in known])
    if not close:
        raise MistUsageError(said, f"It takes: {command.usage}")
    right = close[0] if close[0].startswith("-") else f"--{close[0]}"
    words = [*reading.done, right + ("" if value is None else f"={value}"), *rest]
    raise reading.refuse(said, words, [right])


def _backend_flag(reading: _Reading, said: str, value: str | None) -> NoReturn:
    """`--cloud EC2`, where the backend is the first word."""
    rest = list(reading.words[reading.at :])
    value = rest.pop(0) if value is None and rest else value or ""
    needed = [word for one in reading.command.arguments if one.by_name and one.required for word in (one.name, "x")]
    shown = suggestion.typed(reading.command, [value or "x", *needed], reading.known)
    raise MistUsageError(f"{said[:-1]}: the backend comes first.", f"Such as: {shown}")


def _elsewhere(reading: _Reading, name: str) -> str:
    """Which commands have it, where this one hasn't."""
    having = {
        one.name: flag
        for one in COMMANDS.values()
        if one.group in _HARMLESS and (flag := _flag_named(name, frozenset(a.name for a in one.arguments if a.by_name)))
    }
    if len(having) > len(COMMANDS) // 3 or not having:
        return ""
    plain = [word for word in reading.done if not word.startswith("-")][:1]
    first = next((one for one in having if plain and not _takes_no_word(COMMANDS[one])), next(iter(having)))
    places = [argument for argument in COMMANDS[first].arguments if not argument.by_name]
    line = suggestion.typed(COMMANDS[first], [*(plain if places else []), having[first], "x"], reading.known)
    return f"That is for {', '.join(having)}: {line}"
