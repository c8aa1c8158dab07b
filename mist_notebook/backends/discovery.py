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

    def close(self) -> None:
        """Give back the connections of every adapter."""
        for adapter in self.adapters:
            adapter.close()


def open_all(settings: Settings) -> Opened:
    """The adapters of every registered kind that these settings configure."""
    adapters: list[Adapter] = []
    problems: list[MistError] = []
    for kind in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            adapters += kind.load()(settings)
        except MistError as error:
            problems.append(error)
        except ImportError as error:
            problems.append(MistError(f"The backend kind '{kind.name}' can't be loaded ({error}).", "Reinstall it."))
    return Opened(tuple(adapters), tuple(problems))
