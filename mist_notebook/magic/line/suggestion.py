"""The line that would be right, as far as it may be said: the words that we know, and `…` for every value.

What stands behind an option may be a secret, whatever the option is called; so none of it is repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mist_notebook.ground.text import is_pasteable
from mist_notebook.magic.commands.table import Command
from mist_notebook.records.provider_names import key_of

VALUE = "…"
_SAFE_WORD = re.compile(r"[A-Za-z0-9._:/=+,-]+")
_FLAG = re.compile(r"--?[A-Za-z]+(?:[-_][A-Za-z]+)*")
_LONGEST_FLAG = 24
Known = Callable[[], Sequence[str]]


def nobody() -> Sequence[str]:
    """No backend is known yet."""
    return ()


def is_provider(word: str) -> bool:
    """Whether the word is a provider of our tables."""
    from mist_notebook.backends.provider_fields import FIELDS

    return word.casefold() in FIELDS or key_of(word) is not None


def is_known(word: str, known: Known) -> bool:
    """Whether the word is a provider of our tables, or a backend that was seen: no secret."""
    if is_provider(word):
        return True
    return is_pasteable(word) and word.casefold() in {name.casefold() for name in known()}


def corrected(command: Command, words: Sequence[str], known: Known, near: Sequence[str]) -> str:
    """The line to copy, if every word of it is safe to paste; else the nearest words."""
    if not all(_SAFE_WORD.fullmatch(word) for word in words):
        return f"Did you mean {' or '.join(near)}?"
    return f"Did you mean: {typed(command, words, known)}"


def typed(command: Command, words: Sequence[str], known: Known = nobody) -> str:
    """The command with these words after it, as one types it; values stand as `…`."""
    shown = ["%mist", command.name]
    value_of = None
    for word in words:
        flag, equals, value = word.partition("=")
        argument = command.argument(flag)
        if value_of is not None:
            shown.append(word if word in value_of.choices else VALUE)
            value_of = None
        elif argument is not None or flag == "--help":
            is_choice = argument is not None and value in argument.choices
            shown.append(flag + (f"={value if is_choice else VALUE}" if equals else ""))
            value_of = argument if argument and not argument.switch and not equals else None
        else:
            shown.append(_plain(word) if is_known(word, known) else VALUE)
    return " ".join(word for place, word in enumerate(shown) if word != VALUE or shown[place - 1] != VALUE)


def shown_flag(flag: str) -> str:
    """An option that we don't know, if it looks like one: what is glued to it may be a secret."""
    return flag if _FLAG.fullmatch(flag) and len(flag) <= _LONGEST_FLAG else f"--{VALUE}"


def _plain(word: str) -> str:
    return f'"{word}"' if " " in word else word
