"""The hosts that an SSH configuration names, one by one: what stands behind `Host`, in every file that it includes.

A pattern is no host, and neither is a name with `!` before it. A file that is included for some hosts alone names
those alone.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from fnmatch import translate
from glob import glob
from pathlib import Path

from mist_notebook.ground.errors import SettingsError
from mist_notebook.ground.files.home import at_home
from mist_notebook.ground.files.own import read_own
from mist_notebook.ground.text import clean

from .said import home

_DEEPEST = 16  # as OpenSSH has it
_LARGEST = 4 << 20
_SEPARATOR = re.compile(r"[ \t]*=[ \t]*|[ \t]+")
_PATTERN = set("*?!")
_WITHOUT_VALUE = {"all", "canonical", "final"}

Patterns = tuple[str, ...]


def named_in(path: Path) -> list[str]:
    """Every concrete host of the file, each once, in the order in which they stand. Raises SettingsError."""
    return list(dict.fromkeys(_named(path, (), 0)))


def is_plain(path: Path) -> bool:
    """Whether all that it includes is named from the root: nothing hangs on whose home is meant."""
    if not path.is_file():
        return True
    included = [word for key, words in _lines(path) if key == "include" for word in words]
    return all(word.startswith("/") and all(is_plain(one) for one in _included(word)) for word in included)


def files_of(path: Path, depth: int = 0) -> list[Path]:
    """The file, and every one that it includes; what isn't there is left out."""
    if depth > _DEEPEST or not path.is_file():
        return []
    inner = [word for key, words in _lines(path) if key == "include" for word in words]
    return [path, *(deep for word in inner for one in _included(word) for deep in files_of(one, depth + 1))]


def _named(path: Path, within: tuple[Patterns, ...], depth: int) -> Iterator[str]:
    """`within` are the conditions under which the file counts at all."""
    if depth > _DEEPEST:
        raise SettingsError(f"{path} is included more than {_DEEPEST} files deep.", "It may include itself.")
    here: tuple[Patterns, ...] = within
    for key, words in _lines(path):
        if key in ("host", "match"):
            patterns = tuple(words) if key == "host" else _of_match(words)
            here = (*within, patterns) if patterns else within
            yield from (word for word in patterns if _is_concrete(word) and all(_holds(one, word) for one in here))
        elif key == "include":
            for word in words:
                for one in _included(word):
                    yield from _named(one, here, depth + 1)


def _is_concrete(word: str) -> bool:
    return not _PATTERN & set(word)


def _of_match(words: Sequence[str]) -> Patterns:
    """The names of hosts that a `Match` goes by; what else it asks for is found out when the host is asked for."""
    left, found = list(words), []
    while left:
        what = left.pop(0).lower()
        what, equals, value = what.partition("=")
        if what.lstrip("!") in _WITHOUT_VALUE:
            continue
        value = value if equals else (left.pop(0) if left else "")
        if what in ("host", "originalhost"):
            found += value.split(",")
    return tuple(found)


def _holds(patterns: Patterns, name: str) -> bool:
    """Whether one of them fits, and none with `!` before it."""
    refused = any(_fits(pattern[1:], name) for pattern in patterns if pattern.startswith("!"))
    return not refused and any(_fits(pattern, name) for pattern in patterns if not pattern.startswith("!"))


def _fits(pattern: str, name: str) -> bool:
    """`*` and `?` mean something to OpenSSH, brackets don't."""
    return re.fullmatch(translate(pattern.replace("[", "[[]")), name) is not None


def _included(word: str) -> list[Path]:
    """The files of an Include, in the order in which OpenSSH takes them; a relative one lies in ~/.ssh."""
    text = str(home() / word[2:]) if word.startswith("~/") else word
    path = at_home(text)
    whole = path if path.is_absolute() else home() / ".ssh" / path
    return [Path(one) for one in sorted(glob(str(whole)))]  # noqa: PTH207 - a pattern from the root on


def _lines(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each line's keyword, in small letters, and its words."""
    try:
        content, _ = read_own(path, _LARGEST)
    except OSError as error:
        raise SettingsError(f"{path} can't be read ({error.strerror}).", "Correct it, or remove its Include.") from None
    for line in content.decode("utf-8", "replace").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        key, *rest = _SEPARATOR.split(text, maxsplit=1)
        try:
            words = shlex.split(rest[0], comments=True) if rest else []
        except ValueError:
            if key.lower() not in ("host", "match", "include"):
                continue
            raise SettingsError(
                f"{path} has a quote that doesn't end: {clean(text, 80)}", "Correct that line."
            ) from None
        yield key.lower(), words
