"""How values of some types show in a shell: registered by their types' names, so that nothing is imported for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def later(module: str, name: str) -> Callable[..., Any]:
    """The function of that name, whose module is imported when something is to be shown."""

    def show(*arguments: Any) -> Any:
        from importlib import import_module

        return getattr(import_module(module), name)(*arguments)

    return show


def show_as(
    shell: Any, addresses: Iterable[tuple[str, str]], *, html: Callable[..., Any], plain: Callable[..., Any]
) -> Callable[[], None]:
    """Show what stands at these addresses (module, name) so; the answer undoes it."""
    formatters = shell.display_formatter.formatters
    addresses = tuple(addresses)
    handled = (("text/html", html), ("text/plain", plain))
    for mime, show in handled:
        for module, name in addresses:
            formatters[mime].for_type_by_name(module, name, show)

    def undo() -> None:
        for mime, show in handled:
            formatter = formatters[mime]
            for address in addresses:
                if formatter.deferred_printers.get(address) is show:
                    del formatter.deferred_printers[address]
            for kind in [kind for kind, found in formatter.type_printers.items() if found is show]:
                formatter.pop(kind)

    return undo
