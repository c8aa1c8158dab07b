"""Which of the offers' regions a person's words mean: a name, a place, or the beginning of names, provider by provider.

Each provider has its own names: `us-east` is one of Linode's, and the beginning of three others'. A word for a place
(`eu`, `Germany`, `Frankfurt`) means the place at all of them, whatever else begins so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from mist_notebook.ground.errors import NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief
from mist_notebook.ground.text_codes import coded
from mist_notebook.records.provider_names import called

from . import places

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.ground.text_codes import Codes, Flags

_CLOSE = 0.85  # Frankfort is Frankfurt, and atlantis no Atlanta


class _Regions:
    """The regions that the offers have, provider by provider, as numbers; row and column 0 are unknown ones."""

    def __init__(self, offers: pd.DataFrame) -> None:
        providers, self.owners = coded(offers["provider"])
        codes, self.names = coded(offers["region"])
        self.pairs: Codes = (providers.astype(np.int64) + 1) * (len(self.names) + 1) + codes + 1
        self.there = np.zeros((len(self.owners) + 1, len(self.names) + 1), dtype=np.bool_)
        self.there.flat[self.pairs] = True

    def own(self, owner: int) -> list[int]:
        """The places of an owner's names; the first owner is the unknown one."""
        return [int(code) for code in np.flatnonzero(self.there[owner, 1:])]

    def meant(self, word: str) -> Any:
        """Which pairs of provider and region the word means."""
        found = np.zeros_like(self.there)
        for owner in range(len(self.owners) + 1):
            own = self.own(owner)
            provider = self.owners[owner - 1] if owner else ""
            wanted = set(of_provider(word, [self.names[code] for code in own], provider))
            found[owner, [code + 1 for code in own if self.names[code] in wanted]] = True
        return found


def rows(offers: pd.DataFrame, words: Sequence[str]) -> Flags:
    """The rows in a region that one of the words means; NotFoundError for a word that means none."""
    known = _Regions(offers)
    wanted = np.zeros_like(known.there)
    for word in words:
        found = known.meant(word)
        if not found.any():
            raise _no_region(word, known.names)
        wanted |= found
    chosen: Flags = wanted.ravel()[known.pairs]
    return chosen


def of_provider(word: str, names: list[str], provider: str = "") -> list[str]:
    """The regions of one provider that a word means: those in the place, else that one, else those that begin so."""
    folded = word.casefold()
    if places.is_place(word):
        return [name for name in names if places.is_in(name, word, provider)]
    ways: tuple[Callable[[str], bool], ...] = (
        lambda name: name.casefold() == folded,
        lambda name: name.casefold().startswith(folded),
    )
    return next((found for means in ways if (found := [name for name in names if means(name)])), [])


def notes(offers: pd.DataFrame, words: Sequence[str]) -> tuple[str, ...]:
    """A line for each word that is the beginning of one provider's regions alone, where there are several providers.

    Such a word may have been meant as a place, which all of them would have.
    """
    known = _Regions(offers)
    return tuple(filter(None, (_of_one_alone(word, known) for word in words)))


def _of_one_alone(word: str, known: _Regions) -> str:
    folded = word.casefold()
    if places.is_place(word) or any(name.casefold() == folded for name in known.names):
        return ""
    owners = np.flatnonzero(known.meant(word).any(axis=1))
    if len(owners) != 1 or not owners[0] or len(known.owners) == 1:
        return ""
    owner = known.owners[owners[0] - 1]
    return f"'{brief(word)}' is no place that is known, but the beginning of regions of {called(owner)} alone."


def _no_region(word: str, names: list[str]) -> NotFoundError:
    if ", " in word:
        return NotFoundError(f"No region named '{brief(word)}'.", "Several need a comma without a space: eu,us")
    if places.is_place(word):
        return NotFoundError(f"No offer is in '{brief(word)}'.", "See which regions there are: --group region.")
    if close := get_close_matches(word.title(), places.words(), 1, _CLOSE):
        return NotFoundError(f"No region named '{brief(word)}'.", f"Did you mean {close[0]}?")
    hint = did_you_mean(word, [*names, *places.CONTINENT_WORDS], "region")
    if not hint.startswith("Did"):
        hint = f"Give a region, the beginning of one, or {', '.join(places.CONTINENT_WORDS)}, a country or a city."
    return NotFoundError(f"No region named '{brief(word)}'.", hint)
