"""From settings to open adapters, by entry points; one kind that fails never hides the rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from mist_notebook.ground.errors import MistError, UnavailableError
from mist_notebook.settings.settings import Settings

from .base import Adapter

GROUP = "mist_notebook.backends"
_STEP_S = 0.05


@dataclass(frozen=True)
class Opened:
    """What could be opened, and what could not."""

    adapters: tuple[Adapter, ...]
    problems: tuple[MistError, ...]

    def beside(self, other: Opened) -> Opened:
        """Both of them, these first."""
        return Opened((*self.adapters, *other.adapters), (*self.problems, *other.problems))

    def close(self) -> None:
        """Give back the connections of every adapter."""
        for adapter in self.adapters:
            adapter.close()


def addable() -> list[str]:
    """The kinds that can be added without a Mist server, by their providers; none is loaded for that."""
    return sorted(point.name for point in entry_points(group=GROUP) if point.name != "mist")


def open_all(settings: Settings, *, others_s: float = 10.0) -> Opened:
    """The adapters of every registered kind that these settings configure, all opened at the same time.

    A kind that opens several may give an error among them, for one that it can't open: the others count. One that
    takes longer than `others_s` is left out, where another has something.
    """
    kinds = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    asked = {kind.name: _begun(partial(_opened, kind, settings)) for kind in kinds}
    began = time.monotonic()
    while waiting := [one for one in asked.values() if not one.done()]:
        has_some = any(one.done() and one.result().adapters for one in asked.values())
        if has_some and time.monotonic() - began >= others_s:
            break
        wait(waiting, timeout=_STEP_S)
    parts = [one.result() if one.done() else _left_out(name, one, others_s) for name, one in asked.items()]
    return Opened(
        tuple(adapter for part in parts for adapter in part.adapters),
        tuple(problem for part in parts for problem in part.problems),
    )


def _opened(kind: EntryPoint, settings: Settings) -> Opened:
    """What one kind opens."""
    adapters: list[Adapter] = []
    problems: list[MistError] = []
    try:
        for one in kind.load()(settings):
            (problems if isinstance(one, MistError) else adapters).append(one)
    except MistError as error:
        problems.append(error)
    except ImportError as error:
        problems.append(MistError(f"The backend kind '{kind.name}' can't be loaded ({error}).", "Reinstall it."))
    except Exception as error:  # anybody's package may register one
        what = f"{type(error).__name__}: {error}"
        problems.append(MistError(f"The backend kind '{kind.name}' failed ({what}).", "Its package has a mistake."))
    return Opened(tuple(adapters), tuple(problems))


def _left_out(name: str, late: Future[Opened], seconds: float) -> Opened:
    """Nothing of a kind that is late; what it opens yet is closed."""
    late.add_done_callback(lambda done: done.result().close())
    said = f"The backends of kind '{name}' have not answered within {seconds:.0f} s, and are left out."
    return Opened((), (UnavailableError(said, "%mist backends --refresh asks again."),))


def _begun(work: Callable[[], Opened]) -> Future[Opened]:
    """The work on a thread of its own, which keeps no kernel from ending."""
    future: Future[Opened] = Future()
    threading.Thread(target=lambda: future.set_result(work()), name="mist-open", daemon=True).start()
    return future
