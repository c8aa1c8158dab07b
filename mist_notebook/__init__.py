"""A notebook workbench for machines in the cloud: `%load_ext mist_notebook`, and from then on `%mist`.

Importing this package, and loading the extension, imports nothing heavy: that waits for the first command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .backend import Backend
    from .client import MistClient
    from .errors import MistError
    from .widgets.explorer import explore
    from .widgets.form import provision_form

__all__ = [
    "Backend",
    "MistClient",
    "MistError",
    "__version__",
    "explore",
    "load_ipython_extension",
    "provision_form",
    "unload_ipython_extension",
]

_HOMES = {
    "Backend": "backend",
    "MistClient": "client",
    "MistError": "errors",
    "explore": "widgets.explorer",
    "provision_form": "widgets.form",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])


def load_ipython_extension(shell: Any) -> None:
    """Add `%mist` and `%%mist`, their completion, and the way our frames show."""
    from .magics import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Take away all that loading added, and close what commands opened."""
    from .magics import unload

    unload(shell)
