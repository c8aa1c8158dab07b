"""Completion of commands, options and live values, in `%mist …`, `x = %mist …` and the lines of `%%mist`.

Answers from the command table and from what the session has already seen; never asks the network, and never raises.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mist_notebook.ground.typed_word import as_word as _as_word

if TYPE_CHECKING:
    from mist_notebook.client.session import Session

    from .commands.table import Argument, Command

_START = re.compile(r"(?:^|[=\s(])%{1,2}mist(?=\s|$)(?P<rest>.*)$", re.S)
_CELL = re.compile(r"\s*%%mist(?=\s|$)")
_WORD = re.compile(r"""(?:[^\s"']|"(?:[^"\\]|\\.)*"|'[^']*')+""")
_OPEN_WORD = re.compile(r"""(?:[^\s"']|"(?:[^"\\]|\\.)*"|'[^']*')*(?:"(?:[^"\\]|\\.)*|'[^']*)?$""")
_MOST = 50
_OF_OFFERS = ("provider", "region", "offer", "frame")
_KINDS = {"image": "images", "size": "sizes", "location": "locations", "network": "networks", "machine": "machines"}


@dataclass(frozen=True)
class Candidate:
    """One thing to offer: its text as one word, and what it is."""

    text: str
    kind: str


class Source(Protocol):
    """Where live values come from: the session, if a command has made one, and the shell's variables."""

    shell: Any

    @property
    def opened_session(self) -> Session | None: ...


def answer(context: Any, source: Source) -> dict[str, Any]:
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
    return {
        "completions": [SimpleCompletion(candidate.text, type=candidate.kind) for candidate in found],
        "suppress": bool(found),
        "matched_fragment": fragment,
    }


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


def offered(words: list[str], fragment: str, magic: Source) -> list[Candidate]:
    """What may stand in the fragment's place, best first."""
    from .commands import COMMANDS

    if not words or words == ["help"]:
        names = COMMANDS if words else (*COMMANDS, "help")
        return [Candidate(name, "command") for name in names if name.startswith(fragment.casefold())]
    command = COMMANDS.get(words[0])
    if command is None:
        return []
    argument, value, prefix = _position(command, words[1:], fragment)
    if argument is None:
        return _flags(command, words, fragment)
    if "," in argument.metavar:
        before, comma, value = value.rpartition(",")
        prefix += before + comma
    values = [*_values(argument, command, words[1:], magic), *((word, argument.attribute) for word in argument.also)]
    found = [Candidate(prefix + _as_word(text), kind) for text, kind in _matching(values, value)]
    return found[:_MOST] or (_flags(command, words, "") if not value else [])


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


def _values(argument: Argument, command: Command, words: list[str], magic: Source) -> Iterable[tuple[str, str]]:
    """What the argument may hold, each with what it is; from memory."""
    if argument.choices:
        return [(choice, argument.attribute) for choice in argument.choices]
    if argument.values == "column":
        return [(name, "column") for name in _columns(command)]
    if argument.values in _OF_OFFERS:
        return _of_offers(argument.values, magic)
    session = magic.opened_session
    if session is None:
        return []
    if argument.values == "backend":
        return [(backend.name, backend.provider) for backend in session.known_backends()]
    if argument.values == "job":
        return [(text, job.state) for job in session.jobs.all() for text in (job.id, job.name)]
    if argument.values == "key":
        return [(key.name, "key") for key in session.known_keys()]
    kind = _KINDS.get(argument.values)
    records = session.known(kind, _plain_words(command, words)) if kind else []
    return ((text, argument.values) for record in records for text in (record.name, record.id))


def _of_offers(kind: str, magic: Source) -> list[tuple[str, str]]:
    """Providers and regions, from the table of facts; offers that were compared, and frames of the notebook."""
    from mist_notebook.prices import places

    session = magic.opened_session
    if kind == "provider":
        names = [(backend.name, backend.provider) for backend in session.known_backends()] if session else []
        return [*names, *((provider, kind) for provider in places.LISTED)]
    if kind == "region":
        return [*((word, kind) for word in places.words()), *places.regions(places.LISTED)]
    if kind == "frame":
        return _frames(magic.shell.user_ns)
    if session is None or session.compared is None:
        return []
    from mist_notebook.prices.offers import size_words

    return [(word, "size") for word in size_words(session.compared)]


def _frames(namespace: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The DataFrames among the variables; without pandas there is none."""
    if "pandas" not in sys.modules:
        return []
    kind = sys.modules["pandas"].DataFrame
    return [(name, "frame") for name, value in namespace.items() if name[0] != "_" and isinstance(value, kind)]


def _columns(command: Command) -> list[str]:
    """The columns of what the command returns."""
    from mist_notebook.records.columns import ALIKE, COLUMNS, COMPARED, OFFERS

    if command.name in ("compare", "like"):
        return [*(column.name for column in OFFERS), *(COMPARED if command.name == "compare" else ALIKE)]
    columns = COLUMNS.get(command.name, ())
    return ["backend", "provider", *(column.name for column in columns)] if columns else []


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
        if len(begins) >= _MOST:
            break
    return list(dict.fromkeys([*begins, *holds]))


def _flags(command: Command, words: list[str], fragment: str) -> list[Candidate]:
    used = {word.partition("=")[0] for word in words}
    flags = [argument.name for argument in command.arguments if argument.by_name and argument.name not in used]
    return [Candidate(flag, "option") for flag in (*flags, "--help") if flag.startswith(fragment)]


def _unquoted(word: str) -> str:
    """A word without its quotes, the last of which may still be missing."""
    return re.sub(r"\\(.)", r"\1", word.replace('"', "").replace("'", "")) if word[:1] in "\"'" else word.strip("\"'")
