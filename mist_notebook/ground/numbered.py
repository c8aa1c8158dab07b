"""Names with a number behind them: of several things that are made at once, and of one whose own name is taken."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import count, islice


def numbered(name: str, first: int = 1) -> Iterator[str]:
    """NAME-1, NAME-2 and so on, without an end."""
    return (f"{name}-{number}" for number in count(first))


def several(name: str, how_many: int) -> tuple[str, ...]:
    """The first so many."""
    return tuple(islice(numbered(name), how_many))


def free(name: str, taken: Container[str]) -> str:
    """The name, else the first of NAME-2, NAME-3 … that isn't taken."""
    return name if name not in taken else next(one for one in numbered(name, 2) if one not in taken)
