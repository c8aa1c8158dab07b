"""The pages that say where we are connected, and what one can type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mist_notebook.display.page import Page, Section
from mist_notebook.ground.text import is_pasteable

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.client import MistClient

_SANDBOX_LINES = (
    "SANDBOX: a small Mist server on this computer. No account, no network, no money.",
    "Its catalogues are real and dated; its prices are examples.",
)


def start(client: MistClient) -> Page:
    """What `%mist` alone shows: what is connected, and what one can type next."""
    backends = list(client.backends.values())
    first = next((backend for backend in backends if not backend.adapter.only_there), None)
    word = _word(first) if first else "NAME"
    looks: tuple[tuple[str, ...], ...] = (
        (f"%mist images {word}", "its images, as a DataFrame"),
        (f"df = %mist sizes {word} --cpus 2+ --sort price", "its sizes that fit, cheapest first, kept in df"),
    )
    if first is None and backends:
        looks = (("%mist machines", "the servers, as a DataFrame"), ("%mist probe --all", "a look at each, over SSH"))
    following = (
        *looks,
        ("%mist compare --cpus 4+ --ram 16GB", "what that costs at all clouds, offline, and why"),
        ("%mist form", "make a machine by choosing"),
        ("%mist connect", "where we are connected, and how to connect elsewhere"),
        ("%mist --help", "every command"),
    )
    return Page((_connected(client, backends), Section("Type next", rows=following)))


def connection(client: MistClient) -> Page:
    """What `%mist connect` shows: where we are connected, and how to connect elsewhere."""
    elsewhere: tuple[tuple[str, ...], ...] = (
        ("%mist connect https://mist.example.com", "a Mist server: asks for its API token"),
        ("MIST_URL and MIST_API_TOKEN", "the same for every notebook: set them in the environment"),
        ("%mist config", "every setting, and where it came from"),
    )
    if not client.is_sandbox or client.settings.url is not None or not client.backends:
        elsewhere = (("%mist connect sandbox", "back to the embedded sandbox"), *elsewhere)
    return Page((_connected(client, list(client.backends.values())), Section("Connect elsewhere", rows=elsewhere)))


def _connected(client: MistClient, backends: list[Backend]) -> Section:
    url, has_live = client.settings.url, not client.is_sandbox
    lines: tuple[str, ...] = (f"Connected to {url}.",) if url else () if has_live else (*_SANDBOX_LINES,)
    if url and not has_live and backends:
        lines = (*lines, "It says that it is a SANDBOX: its prices are examples.")
    rows = tuple((_named(backend, has_live), backend.provider, _state(backend)) for backend in backends)
    if not rows:
        lines = (*lines, "There is no backend yet; see %mist providers for what the server can add.")
    return Section("Connected", lines=(*lines, *client.problems), rows=rows)


def _named(backend: Backend, has_live: bool) -> str:
    """The backend's name; a sandbox's beside live ones is marked as such."""
    return f"SANDBOX · {backend.name}" if has_live and backend.record.sandbox else backend.name


def _state(backend: Backend) -> str:
    if not backend.enabled:
        return "disabled"
    return backend.record.state or ""


def _word(backend: Backend) -> str:
    """The backend's name as one word of a line, or its id where the name isn't safe to paste."""
    name = next(filter(is_pasteable, (backend.name, backend.id)), "NAME")
    return f'"{name}"' if " " in name else name
