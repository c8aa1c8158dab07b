"""Settings that are tables: of TOML, or the pairs of an environment variable; their keys and their numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from mist_notebook.ground.errors import SettingsError
from mist_notebook.ground.text import brief, nearest

LARGEST = 1e6


def read(value: Any, example: str) -> dict[str, Any]:
    """A table of TOML, or the pairs of a variable's text."""
    table = _pairs(value) if isinstance(value, str) else value
    if not isinstance(table, Mapping) or not table:
        raise SettingsError(f"It can't be {shown(value)}.", f"It should be a table, as in {example}.")
    return dict(table)


def _pairs(text: str) -> dict[str, Any]:
    """`a = 1, b.c = 2` as a table; a dot goes into a table of its own."""
    found: dict[str, Any] = {}
    for pair in filter(str.strip, text.split(",")):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals and value):
            raise SettingsError(f"'{brief(pair.strip())}' isn't a pair.", "Write name=value, with commas between.")
        outer, _, inner = name.rpartition(".")
        inside = found.setdefault(outer, {}) if outer else found
        if not isinstance(inside, dict) or inner in inside:
            raise SettingsError(f"{brief(name)} is given twice.", "Keep one of them.")
        inside[inner] = value
    return found


def check_keys(table: Iterable[str], known: tuple[str, ...], before: str) -> None:
    for key in table:
        if key not in known:
            close = nearest(key, known)
            meant = f"Did you mean {close[0]}?" if close else f"There are {', '.join(known)}."
            raise SettingsError(f"No key named '{before}{brief(key)}'.", meant)


def number(key: str, given: Any, forms: str, *, largest: float = LARGEST, said: Any = None) -> float:
    """A number from 0; `said` is how the person wrote it."""
    try:
        found = float(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not 0 <= found < largest:
        raise SettingsError(f"{brief(key)} can't be {shown(given if said is None else said)}.", forms)
    return found


def shown(value: Any) -> str:
    return brief(repr(value))


def keys_of(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
