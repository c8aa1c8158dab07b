"""Completion of commands, options and live values, in `%mist …`, `x = %mist …` and the lines of `%%mist`.

Answers from the command table and from what the session has already seen; never asks the network, and never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.typed_word import as_word as _as_word

from . import values

if TYPE_CHECKING:
    from mist_notebook.magic.commands.table import Argument, Command

_START = re.compile(r"(?:^|[=\s(])%{1,2}mist(?=\s|$)(?P<rest>.*)$", re.S)
_CELL = re.compile(r"\s*%%mist(?=\s|$)")
_WORD = re.compile(r"""(?:[^\s"']|"(?:[^"\\]|\\.)*"|'[^']*')+""")
_OPEN_WORD = re.compile(r"""(?:[^\s"']|"(?:[^"\\]|\\.)*"|'[^']*')*(?:"(?:[^"\\]|\\.)*|'[^']*)?$""")
_MOST = 50
_NAME_AT_END = re.compile(r"\w*$")


@dataclass(frozen=True)
class Candidate:
    """One thing to offer: its text as one word, and what it is."""

    text: str
    kind: str


def answer(context: Any, source: values.Source) -> dict[str, Any]:
    """What IPython is to offer at the cursor; nothing of ours outside our lines."""
    from IPython.core.completer import SimpleCompletion

    typed = typed_after_mist(
        context.full_text, context.cursor_line, context.line_with_cursor[: context.cursor_position]
    )
    if typed is None:
        return {"completions": [], "suppress": False}
    words, fragment = split(typed)
    # Where nothing fits, the word itself: IPython takes an empty answer as leave to offer Python's own words.
    found = offered(words, fragment, source) or [Candidate(fragment, "word")] * bool(fragment)
    texts = [candidate.text for candidate in found]
    offer = {
        "completions": [SimpleCompletion(candidate.text, type=candidate.kind) for candidate in found],
        "suppress": bool(found),
        "matched_fragment": fragment,
    }
    return offer if texts == sorted(texts) else offer | {"ordered": True}  # IPython sorts by name what isn't ordered


def plain_answer(text: str, completer: Any, source: values.Source) -> list[str]:
    """What may stand in place of `text`, which ends at the cursor: for an IPython before 8.6, which asks so."""
    typed = typed_after_mist("", 0, completer.text_until_cursor)
    if typed is None:
        return []
    words, fragment = split(typed)
    before = fragment.removesuffix(text)
    found = [one.text for one in offered(words, fragment, source)]
    return [one[len(before) :] for one in found if one.startswith(before)]


def typed_after_mist(full_text: str, cursor_line: int, before_cursor: str) -> str | None:
    """What stands between `%mist` and the cursor; `None` where the cursor is in no line of ours."""
    if start := _START.search(before_cursor):
        return start["rest"].lstrip() if start["rest"][:1].isspace() else None
    if cursor_line > 0 and _CELL.match(full_text):
        return before_cursor.lstrip()
    return None


def split(typed: str) -> tuple[list[str], str]:
    """The finished words, unquoted, and the unfinished one as it stands, an open quote included."""
    open_word = _OPEN_WORD.search(typed)
    fragment = open_word[0] if open_word else ""
    before = typed[: len(typed) - len(fragment)]
    return [_unquoted(word) for word in _WORD.findall(before)], fragment


def offered(words: list[str], fragment: str, magic: values.Source) -> list[Candidate]:
    """What may stand in the fragment's place, best first."""
    from mist_notebook.magic.commands import COMMANDS

    if not words or words == ["help"]:
        names = sorted(COMMANDS if words else (*COMMANDS, "help"))
        return [Candidate(name, "command") for name in names if name.startswith(fragment.casefold())]
    command = COMMANDS.get(words[0])
    if command is None:
        return []
    argument, value, prefix = _position(command, words[1:], fragment)
    if argument is None:
        return _flags(command, words, fragment)
    head, there = "", set()
    if argument.name == "--by":
        value = value[len(head := value[: _NAME_AT_END.search(value).start()]) :]  # type: ignore[union-attr]
    elif "," in argument.metavar:
        before, comma, value = value.rpartition(",")
        prefix += before + comma
        there = {*before.casefold().split(",")}  # each is said once
    held = values.of(argument, command, _plain_words(command, words[1:]), magic)
    every = [*held, *((word, argument.attribute) for word in argument.also)]
    every = [one for one in every if one[0].casefold() not in there]
    found = [Candidate(prefix + _as_word(head + text), kind) for text, kind in _matching(every, value)]
    return found[:_MOST] or ([] if value or argument.by_name else _flags(command, words, ""))


def _position(command: Command, words: list[str], fragment: str) -> tuple[Argument | None, str, str]:
    """The argument that the fragment is a value of, the value so far, and what of the fragment stays before it."""
    flag, equals, value = fragment.partition("=")
    if equals and (argument := command.argument(flag)):
        return argument, _unquoted(value), f"{flag}="
    if fragment.startswith("-"):
        return None, "", ""
    named = command.argument(words[-1]) if words else None
    if named is not None and named.by_name and not named.switch:
        return named, _unquoted(fragment), ""
    places = [argument for argument in command.arguments if not argument.by_name]
    taken = len(_plain_words(command, words))
    if places and places[-1].many:
        return places[min(taken, len(places) - 1)], _unquoted(fragment), ""
    return (places[taken], _unquoted(fragment), "") if taken < len(places) else (None, "", "")


def _plain_words(command: Command, words: Iterable[str]) -> list[str]:
    """The words that are neither options nor their values."""
    plain: list[str] = []
    value_follows = False
    for word in words:
        argument = command.argument(word.partition("=")[0]) if word.startswith("-") else None
        if not value_follows and not word.startswith("-"):
            plain.append(word)
        value_follows = argument is not None and not argument.switch and "=" not in word
    return plain


def _matching(values: Iterable[tuple[str, str]], wanted: str) -> list[tuple[str, str]]:
    """Those that begin with what was typed, then those that hold it; at most so many of each."""
    folded = wanted.casefold()
    begins: list[tuple[str, str]] = []
    holds: list[tuple[str, str]] = []
    for text, kind in values:
        place = text.casefold().find(folded)
        if place == 0:
            begins.append((text, kind))
        elif place > 0 and len(holds) < _MOST:
            holds.append((text, kind))
    return list(dict.fromkeys([*_in_order(begins), *_in_order(holds)]))


def _in_order(found: list[values.Value]) -> list[values.Value]:
    """By name; wishes as they stand, from little to much."""
    return found if any(kind == values.WISH for _, kind in found) else sorted(found, key=lambda one: one[0].casefold())


def _flags(command: Command, words: list[str], fragment: str) -> list[Candidate]:
    used = {word.partition("=")[0] for word in words}
    flags = [argument.name for argument in command.arguments if argument.by_name and argument.name not in used]
    return [Candidate(flag, "option") for flag in sorted((*flags, "--help")) if flag.startswith(fragment)]


def _unquoted(word: str) -> str:
    """A word without its quotes, the last of which may still be missing."""
    return word.replace('\\"', "\0").replace('"', "").replace("'", "").replace("\0", '"')
