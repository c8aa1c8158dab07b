"""Many price lists fetched side by side, with one end for all: each is kept whole or not at all.

Lists are read on threads; who is told is told on the caller's.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import MistError, UnavailableError

from .reading.end import End
from .reading.pages import Means
from .refresh import Refreshed, StoppedError, refresh

if TYPE_CHECKING:
    import pandas as pd

    from .lists import PriceList

TOTAL_SECONDS = 60.0
_GRACE_S = 1.0
_WAKE_S = 0.1
_AT_ONCE_S = 0.3  # how long an interrupt waits for all that is being kept just then


@dataclass(frozen=True)
class Outcome:
    """What became of one list: what it brought, or why not, and how long that took."""

    wanted: PriceList
    seconds: float
    refreshed: Refreshed | None = None
    error: MistError | None = None


class StoppedAmongError(StoppedError):
    """A person has interrupted the reading of several lists; what was kept by then is kept."""

    def __init__(self, message: str, hint: str, outcomes: Sequence[Outcome]) -> None:
        super().__init__(message, hint)
        self.outcomes = tuple(outcomes)


def refresh_all(
    wanted: Sequence[PriceList],
    embedded: pd.DataFrame,
    regions: Sequence[str] = (),
    *,
    means: Means,
    total_s: float = TOTAL_SECONDS,
    told: Callable[[Outcome], object] = lambda _: None,
) -> list[Outcome]:
    """Every list, in the order asked for; `told` gets each as it ends, `means.tell` the lines on the way.

    What isn't read when the time is over has failed, and nothing of it is kept. Raises StoppedAmongError after an
    interrupt.
    """
    said: queue.Queue[str | Outcome] = queue.Queue()
    inner = replace(means, tell=said.put, end=End())
    over_at = means.clock() + total_s
    threads = [_started(one, embedded, regions, inner, said) for one in wanted]
    found: dict[str, Outcome] = {}

    def hear(until: float) -> None:
        while len(found) < len(wanted) and means.clock() < until:
            try:
                one = said.get(timeout=_WAKE_S)
            except queue.Empty:
                continue
            if isinstance(one, str):
                means.tell(one)
            elif one.wanted.name not in found:
                found[one.wanted.name] = one
                told(one)

    try:
        hear(over_at)
        inner.end.now()
        hear(means.clock() + _GRACE_S)
    except KeyboardInterrupt:
        inner.end.now()
        until = time.monotonic() + _AT_ONCE_S
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        hear(means.clock() + _WAKE_S)
        raise _stopped(wanted, found) from None
    return [found.get(one.name) or _late(one, total_s) for one in wanted]


def _started(
    one: PriceList, embedded: pd.DataFrame, regions: Sequence[str], means: Means, said: queue.Queue[str | Outcome]
) -> threading.Thread:
    def read() -> None:
        began = time.monotonic()
        try:
            refreshed = refresh(one, embedded, regions, means=means)
        except MistError as error:
            said.put(Outcome(one, time.monotonic() - began, error=error))
        except Exception as error:  # the top of a thread: a fault of ours must not look like an endless list
            own = MistError(
                f"Reading the price list of {one.name} failed: {type(error).__name__}.", "Please report it."
            )
            said.put(Outcome(one, time.monotonic() - began, error=own))
        else:
            said.put(Outcome(one, time.monotonic() - began, refreshed))

    thread = threading.Thread(target=read, name=f"mist prices {one.name}", daemon=True)
    thread.start()
    return thread


def _late(one: PriceList, total_s: float) -> Outcome:
    error = UnavailableError(
        f"The price list of {one.name} was not read whole in {total_s:g} s.", f"No price of {one.name} changed."
    )
    return Outcome(one, total_s, error=error)


def _stopped(wanted: Sequence[PriceList], found: dict[str, Outcome]) -> StoppedAmongError:
    done = [name for name, one in found.items() if one.refreshed]
    rest = [one.name for one in wanted if one.name not in done]
    message = "Interrupted while reading price lists."
    hint = (f"New: {', '.join(done)}. " if done else "") + (f"As before: {', '.join(rest)}." if rest else "")
    return StoppedAmongError(message, hint, list(found.values()))
