"""From settings to open adapters, by entry points; one kind that fails never hides the rest."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from mist_notebook.ground.errors import MistError, UnavailableError
from mist_notebook.ground.threads import Threads
from mist_notebook.net import doors
from mist_notebook.settings.settings import Settings

from .base import Adapter

GROUP = "mist_notebook.backends"
_STEP_S = 0.05
_SAID_S = 3.0
_opening = Threads()

Said = Callable[[Sequence[str]], object]


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
    return [kind.name for kind in _kinds() if kind.name != "mist"]


def open_all(settings: Settings, *, others_s: float = 10.0, said: Said = lambda _names: None) -> Opened:
    """The adapters of every registered kind that these settings configure, all opened at the same time.

    A kind that opens several may give an error among them, for one that it can't open: the others count. One that
    takes longer than `others_s` is left out, where another has something. `said` hears once, after three seconds, which
    are being waited for. An interrupt cuts what is on its way.
    """
    asked = {kind.name: _Asked(partial(_opened, kind, settings)) for kind in _kinds()}
    try:
        for one in asked.values():
            one.begin()
        _wait(asked, others_s, said)
    except BaseException:
        for one in asked.values():
            one.give_up()
        raise
    parts = [one.future.result() if one.is_done else _left_out(name, one, others_s) for name, one in asked.items()]
    return Opened(
        tuple(adapter for part in parts for adapter in part.adapters),
        tuple(problem for part in parts for problem in part.problems),
    )


def end(seconds: float) -> None:
    """Cut what is still being opened, though nobody waits for it; none of it runs then, within so long."""
    for thread in _opening.running():
        doors.close_made_on(thread)
    _opening.join(seconds)


def _kinds() -> tuple[EntryPoint, ...]:
    """Every registered kind, by its name: packages are read again where one came or went since."""
    return _registered(tuple((folder, _changed(folder)) for folder in sys.path))


@lru_cache(maxsize=1)
def _registered(_folders: tuple[tuple[str, int], ...]) -> tuple[EntryPoint, ...]:
    return tuple(sorted(entry_points(group=GROUP), key=lambda point: point.name))


def _changed(folder: str) -> int:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0


def _wait(asked: dict[str, _Asked], others_s: float, said: Said) -> None:
    began, is_said = time.monotonic(), False
    while waiting := [name for name, one in asked.items() if not one.is_done]:
        seconds = time.monotonic() - began
        if seconds >= others_s and any(one.is_done and one.future.result().adapters for one in asked.values()):
            return
        if seconds >= _SAID_S and not is_said:
            is_said = True
            said(waiting)
        wait([asked[name].future for name in waiting], timeout=_STEP_S)


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


def _left_out(name: str, late: _Asked, seconds: float) -> Opened:
    """Nothing of a kind that is late; what it opens yet is closed."""
    late.close_once_done()
    said = f"The backends of kind '{name}' have not answered within {seconds:.0f} s, and are left out."
    return Opened((), (UnavailableError(said, "%mist backends --refresh asks again."),))


class _Asked:
    """One kind that is being opened, on a thread of its own."""

    def __init__(self, work: Callable[[], Opened]) -> None:
        self.future: Future[Opened] = Future()
        self._work = work
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        self._thread = _opening.start(lambda: self.future.set_result(self._work()), "mist-open")

    @property
    def is_done(self) -> bool:
        return self.future.done()

    def close_once_done(self) -> None:
        self.future.add_done_callback(lambda done: done.result().close())

    def give_up(self) -> None:
        """Nobody waits for it any more."""
        self.close_once_done()
        if self._thread is not None and self._thread.is_alive():
            doors.close_made_on(self._thread)
