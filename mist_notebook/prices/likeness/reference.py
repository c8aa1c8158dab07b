"""The one offer that a person means by a word or a row: `EC2:m5.xlarge`, `EC2:m5.xlarge@us-east-1`, a row of offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mist_notebook.ground.errors import AmbiguousError, BadValueError, NotFoundError
from mist_notebook.ground.resolver import did_you_mean
from mist_notebook.ground.text import brief, is_pasteable
from mist_notebook.ground.text_codes import present, where
from mist_notebook.prices.comparing.figures import HOURLY
from mist_notebook.prices.comparing.fitting import in_regions, of_provider
from mist_notebook.prices.wishes.wish import LINUX

if TYPE_CHECKING:
    from mist_notebook.ground.text_codes import Flags

ON_DEMAND = "on-demand"
_MOST_NAMED = 6


def find(offers: pd.DataFrame, reference: Any) -> int:
    """The row that a reference means: the one of its region, else the cheapest one; of its kind, else on demand."""
    provider, size, region = _parts(reference)
    if not size:
        raise BadValueError("Like what? The size is empty.", "Name one: EC2:m5.xlarge, or EC2:m5.xlarge@us-east-1.")
    there = of_provider(offers, provider) if provider else np.ones(len(offers), dtype=np.bool_)
    rows = np.flatnonzero(there & _size(offers, there, size, provider))
    if region:
        rows = rows[in_regions(offers.iloc[rows], (region,))]
    price = offers[HOURLY].to_numpy()[rows]
    kind, system = _word_of(reference, "kind", ON_DEMAND), _word_of(reference, "os", LINUX).casefold()
    is_other_kind = ~where(offers["kind"].iloc[rows], lambda text: text == kind)
    is_other_system = where(offers["os"].iloc[rows], lambda text: text.casefold() != system)
    return int(rows[np.lexsort([price, np.isnan(price), is_other_system, is_other_kind])[0]])


def _word_of(reference: Any, name: str, usual: str) -> str:
    """What a row says under this name; the usual where the reference says nothing."""
    said = reference[name] if hasattr(reference, "keys") and name in reference else None
    return said if isinstance(said, str) else usual


def _parts(reference: Any) -> tuple[str, str, str]:
    """Provider or backend, size and region of a reference; nothing where it doesn't say."""
    if hasattr(reference, "keys"):
        said = {name: reference[name] for name in ("backend", "provider", "id", "region") if name in reference}
        text = {name: value for name, value in said.items() if isinstance(value, str)}
        return text.get("backend") or text.get("provider", ""), text.get("id", ""), text.get("region", "")
    size, _, region = reference.partition("@") if isinstance(reference, str) else ("", "", "")
    provider, _, name = (part.strip() for part in size.rpartition(":"))
    return provider, name, region.strip()


def _size(offers: pd.DataFrame, there: Flags, wanted: str, provider: str) -> Flags:
    """The rows of the one size that the word means, among those `there`."""
    folded = wanted.casefold()
    ways: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("id", lambda text: text == wanted),
        ("name", lambda text: text == wanted),
        ("id", lambda text: text.casefold() == folded),
        ("name", lambda text: text.casefold() == folded),
    )
    for column, means in ways:
        found = there & where(offers[column], means)
        if found.any():
            _check_one(offers[found], wanted)
            return found
    known = present(offers["id"].iloc[np.flatnonzero(there)])
    of = f" at {brief(provider)}" if provider else ""
    raise NotFoundError(f"No size named '{brief(wanted)}'{of}.", did_you_mean(wanted, known, "size"))


def _check_one(found: pd.DataFrame, wanted: str) -> None:
    sizes = found[["provider", "id"]].astype("object").drop_duplicates()
    if len(sizes) == 1:
        return
    named = [f"{provider}:{size}" for provider, size in zip(sizes["provider"], sizes["id"], strict=True)]
    sayable = ", ".join(filter(is_pasteable, named[:_MOST_NAMED]))
    raise AmbiguousError(f"{len(sizes)} sizes match '{brief(wanted)}'.", f"Say which: {sayable}.")
