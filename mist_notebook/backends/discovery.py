"""From settings to open adapters, by entry points; one kind that fails never hides the rest."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points

from mist_notebook.ground.errors import MistError
from mist_notebook.settings.settings import Settings

from .base import Adapter

GROUP = "mist_notebook.backends"


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


def open_all(settings: Settings) -> Opened:
    """The adapters of every registered kind that these settings configure.

    A kind that opens several may give an error among them, for one that it can't open: the others count.
    """
    adapters: list[Adapter] = []
    problems: list[MistError] = []
    for kind in sorted(entry_points(group=GROUP), key=lambda point: point.name):
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
