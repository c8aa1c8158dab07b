"""The words of a call in Python, as those of the line have them: one set for comparing, for likeness and for exploring.

`with_="ipv4"` is the line's `--with`, `windows=True` its `--os windows`, `group="provider"` and `all_regions=True` say
what has one row, as `per` does. Unlike what is asked, a word that there is none of is told with the nearest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.amounts import quantity
from mist_notebook.ground.errors import MistUsageError
from mist_notebook.ground.text import brief, nearest
from mist_notebook.prices import catalogue
from mist_notebook.prices.costs import currencies, month, needs
from mist_notebook.prices.wishes import expression
from mist_notebook.prices.wishes.wish import LINUX, READERS, WINDOWS

from .ranking import EVERY_OFFER, Ranking, own_words

if TYPE_CHECKING:
    from mist_notebook.prices.costs.currencies import Exchange
    from mist_notebook.prices.costs.month import Beside
    from mist_notebook.settings.price_terms import Extras

NEEDS = "needs"
SHOWN = ("per", "limit", "descending", "sort", "currency")
OF_RANKING = (*SHOWN, "by", "hours", NEEDS)


def _same(value: Any) -> Any:
    return value


_ALSO: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "with": (NEEDS, _same),
    "with_": (NEEDS, _same),
    "windows": ("os", lambda wanted: WINDOWS if wanted else LINUX),
    "group": ("per", _same),
    "all_regions": ("per", lambda wanted: EVERY_OFFER if wanted else None),
    "desc": ("descending", _same),
    "provider": ("providers", _same),
    "region": ("regions", _same),
    "system": ("os", _same),
    "gpus": ("gpu", _same),
    "kinds": ("kind", _same),
}


def in_ours(asked: Mapping[str, Any], own: Sequence[str]) -> dict[str, Any]:
    """The words as `own` and a wish's conditions spell them; `None` says nothing.

    Raises MistUsageError for a word that there is none of, and for two that say the same.
    """
    known = (*READERS, *own)
    found: dict[str, Any] = {}
    said: dict[str, str] = {}
    for word, value in asked.items():
        name, meant = _ALSO.get(word, (word, _same))
        if name not in known:
            close = nearest(word, (*known, *(also for also, (of, _) in _ALSO.items() if of in known)))
            hint = f"Did you mean {' or '.join(close)}?" if close else f"There are {', '.join(known)}."
            raise MistUsageError(f"There is no condition '{brief(word)}'.", hint)
        if value is None or (meaning := meant(value)) is None:
            if name == "limit" and value is None:
                found[name] = None  # all rows
            continue
        if name in said:
            raise MistUsageError(f"{said[name]} and {word} say the same.", "Give one of them.")
        found[name], said[name] = meaning, word
    return found


def ranking(words: dict[str, Any], rates: Exchange = currencies.NO_RATES, extras: Extras | None = None) -> Ranking:
    """What is shown and in which order, of the words of `in_ours`; these are taken out of them."""
    own = own_words(words, SHOWN)
    by, hours = words.pop("by", None), words.pop("hours", None)
    own["currency"] = currencies.code(str(own.get("currency", currencies.HOME)))
    return Ranking(
        by=None if by is None else expression.read(by),
        hours=None if hours is None else quantity.hours_of_use(str(hours)),
        beside=beside(words.pop(NEEDS, None), rates, extras, own["currency"]),
        **own,
    )


def beside(
    needed: Any, rates: Exchange = currencies.NO_RATES, extras: Extras | None = None, home: str = currencies.HOME
) -> Beside | None:
    """What a machine needs beside its size, in words or by the settings; nothing where neither says anything."""
    if needed is None and extras is None:
        return None
    read = None if needed is None else needs.read(str(needed))
    return month.asked(read, extras, catalogue.parts(), rates, home)
