"""What completion has not seen yet: known at once where the package's own data says it, else looked for meanwhile.

A key press never waits for a server: the look goes on in a thread, over a connection of its own, for the next time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from mist_notebook.ground.errors import MistError
from mist_notebook.ground.stopping import Stop, Worker

if TYPE_CHECKING:
    from mist_notebook.client.client import MistClient
    from mist_notebook.client.notebook.session import Session
    from mist_notebook.settings.settings import Settings

Value = tuple[str, str]
_MOST_LOOKS = 8
_PATIENCE_S = 2.0
_EMBEDDED = ("images", "sizes", "locations", "networks")


class Scout:
    """The names that were found so far, by server, kind and backend."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], list[Value]] = {}
        self._looking: dict[tuple[str, str, str], Worker] = {}
        self._stop = Stop()
        self._lock = threading.Lock()

    def known(self, kind: str, backend: Sequence[str], session: Session | None) -> list[Value]:
        """What is known of `kind`, of that backend; what isn't is looked for, and nothing is answered yet."""
        settings = _settings(session)
        if settings is None:
            return []
        name = backend[0] if backend and kind not in ("backends", "keys", "machines") else ""
        if settings.url is None:
            return _embedded(kind, name)
        question = (settings.url, kind, name.casefold())
        if question not in self._found and (name or kind in ("backends", "keys", "machines")):
            self._look(question, settings, lambda client: _asked(client, kind, name))
        return self._found.get(question, [])

    def close(self) -> None:
        """End the looks that go on."""
        self._stop.say()
        for worker in list(self._looking.values()):
            worker.join(_PATIENCE_S)

    def _look(
        self, question: tuple[str, str, str], settings: Settings, ask: Callable[[MistClient], list[Value]]
    ) -> None:
        def work() -> None:
            from mist_notebook.client.client import MistClient

            try:
                with MistClient(settings.url, api_token=settings.api_token) as client:
                    self._found[question] = ask(client)
            except Exception:  # noqa: S110 - the top of a thread: what can't be known isn't offered
                pass
            finally:
                with self._lock:
                    self._looking.pop(question, None)

        with self._lock:
            if question in self._looking or len(self._looking) >= _MOST_LOOKS or self._stop.is_said:
                return
            worker = Worker(work, self._stop, name="mist-scout")
            self._looking[question] = worker
            worker.start()


def _settings(session: Session | None) -> Settings | None:
    """The settings that a command would use; none where they are wrong, as the command will say."""
    from mist_notebook.settings import settings

    opened = session.opened_client if session is not None else None
    if opened is not None:
        return opened.settings
    try:
        return settings.load()
    except MistError:
        return None


def _asked(client: MistClient, kind: str, name: str) -> list[Value]:
    """The names that the server gives, on the scout's own connection."""
    if kind == "backends":
        return [(backend.name, backend.provider) for backend in client.backends.values()]
    if kind == "keys":
        return [(key.name, "key") for key in client.list_keys()]
    backends = [client.search_backend(name)] if name else list(client.backends.values())
    records = []
    for backend in backends:
        with suppress(MistError):  # one that fails hides no other's
            records += backend.listing(kind).records
    return [(text, kind.removesuffix("s")) for record in records for text in (record.name, record.id)]


def _embedded(kind: str, name: str) -> list[Value]:
    """What the embedded sandbox will have, by the data of the package: nothing is started for it."""
    catalogues = _catalogues()
    if kind == "backends":
        return [(title, provider) for title, provider, _ in catalogues]
    folded = name.casefold()
    ours = [rows for title, provider, rows in catalogues if folded in ("", title.casefold(), provider.casefold())]
    return [(text, kind.removesuffix("s")) for rows in ours for text in rows.get(kind, ())]


@cache
def _catalogues() -> list[tuple[str, str, dict[str, list[str]]]]:
    from mist_notebook.sandbox.world import catalogue

    return [
        (one.title, one.provider, {kind: _texts(one.rows.get(kind, [])) for kind in _EMBEDDED})
        for one in catalogue.load().all()
    ]


def _texts(rows: Sequence[dict[str, object]]) -> list[str]:
    return [str(row[key]) for row in rows for key in ("name", "external_id")]
