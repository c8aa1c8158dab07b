"""A notebook workbench for machines in the cloud: `%load_ext mist_notebook`, and from then on `%mist`.

Importing this package, and loading the extension, imports nothing heavy: that waits for the first command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .client.backend import Backend
    from .client.client import MistClient
    from .cluster.raising import dask_cluster
    from .ground.errors import MistError
    from .widgets.explorer.opening import explore
    from .widgets.form.form import provision_form
    from .widgets.panel.panel import fleet_panel

__all__ = [
    "Backend",
    "MistClient",
    "MistError",
    "__version__",
    "dask_cluster",
    "explore",
    "fleet_panel",
    "load_ipython_extension",
    "provision_form",
    "unload_ipython_extension",
]

_HOMES = {
    "Backend": "client.backend",
    "MistClient": "client.client",
    "MistError": "ground.errors",
    "catalogue": "prices.catalogue",
    "dask_cluster": "cluster.raising",
    "export": "frames.export",
    "fleet_panel": "widgets.panel.panel",
    "explore": "widgets.explorer.opening",
    "provision_form": "widgets.form.form",
    "wish": "prices.wishes.wish",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = _HOMES[name]
    module = import_module(f".{home}", __name__)
    return module if home.endswith(f".{name}") else getattr(module, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])


def load_ipython_extension(shell: Any) -> None:
    """Add `%mist` and `%%mist`, their completion, and the way our frames show."""
    from .magic.magics import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Take away all that loading added, and close what commands opened."""
    from .magic.magics import unload

    unload(shell)
