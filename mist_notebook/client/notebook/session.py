"""What one notebook adds to a client: which server `%mist` speaks to, what it has seen, what runs and is shown."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace as replaced
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mist_notebook.client.backend import Backend
from mist_notebook.client.client import MistClient
from mist_notebook.client.keys_here import LOCAL
from mist_notebook.client.waiting import settle
from mist_notebook.ground.errors import UnavailableError
from mist_notebook.records.model import Key, Listing, Machine

from .connecting import connected, is_same_account
from .jobs import Jobs
from .listed import Failed, Listed
from .shown import Page

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

_GRACE_S = 5.0  # how long closing waits for the answers that are on their way
_SETTLE_S = 5.0  # and then for threads that no longer wait for anything


class Session:
    """The client of one notebook, and its listings."""

    def __init__(self) -> None:
        self.jobs = Jobs()
        self._client: MistClient | None = None
        self.listed = Listed()
        self._keys: list[Key] = []
        self._made: dict[str, Machine] = {}
        self._limits: dict[str, float] = {}
        self.page = Page()
        self.said: set[str] = set()  # what is said once
        self.troubles: deque[tuple[str, str]] = deque(maxlen=5)  # the last errors: of which command, and what they said
        self.compared: pd.DataFrame | None = None  # the offers that were compared last, for completion
        self.refreshed_on: date | None = None  # the day on which price lists were fetched by themselves

    @property
    def client(self) -> MistClient:
        """The client that `%mist` uses; made by the settings when first needed."""
        if self._client is None:
            self._client = MistClient()
            self._apply_limits()
        return self._client

    @property
    def connected(self) -> MistClient:
        """The client, for a thread: one that comes late doesn't begin anew what was closed. Raises UnavailableError."""
        client = self._client
        if client is None:
            raise UnavailableError("This notebook's connection was closed.", "Retry, or run the cell again.")
        return client

    @property
    def opened_client(self) -> MistClient | None:
        """The client, if it was made already."""
        return self._client

    def remember(self, backend: Backend, record: Machine) -> None:
        """Know a machine that was just made, before it is listed; what shows machines is told where that is news."""
        key = f"{backend.id}/{record.id}"
        before, self._made[key] = self._made.get(key), record
        if before is None or before.state != record.state:
            self.page.machines_changed()

    def news(self) -> tuple[str, ...]:
        """What is to be said of the settings in force; each once."""
        notes = self._client.settings.notes if self._client is not None else ()
        new = tuple(note for note in notes if note not in self.said)
        self.said.update(new)
        return new

    def connect(self, url: str) -> None:
        """Speak to another server from now on, or to the `sandbox`.

        The token is the settings' where they have one for this address, else it is asked for once the server is
        known to answer; so it is where the server refuses the settings' one. The old connection stays if the new one
        can't be opened. To the same account of the same live server, what runs and is shown goes on with the new login.
        """
        client = connected(url)
        if self._client is not None and is_same_account(self._client, client):
            self._log_in(client)
            return
        self.close()
        self._client = client
        self._apply_limits()

    def _log_in(self, fresh: MistClient) -> None:
        """Go on with another client's login to the same account: jobs go on, and so does what is shown."""
        assert self._client is not None  # noqa: S101 - somebody was logged in
        settings = fresh.settings
        fresh.close()
        self._client.log_in(settings)
        self._apply_limits()
        self.listed.forget()
        self.page.go_on()

    def backend(self, wanted: Any) -> Backend:
        """The backend that a person named; if it isn't there and a server failed, that failure is the answer."""
        return self.client.search_backend(wanted)

    def listings(
        self,
        kind: str,
        backends: Sequence[Backend],
        *,
        search: str = "",
        everything: bool = False,
        refresh: bool = False,
        stored: bool = False,
    ) -> list[Listing[Any]]:
        """What several backends have of `kind`, kept from before or asked now, at the same time.

        One that fails among several is left out with a note; when none answers, the first one's error is raised. Where
        what is `stored` will do, a slow server's own stored listing stands in, says so, and its live one is kept later.
        """
        found, failed = self.listed.ask(
            kind, backends, search=search, everything=everything, refresh=refresh, stored=stored and not search
        )
        if failed and not found:
            raise failed[0][1]
        missing = tuple(f"{backend.name} is missing here: {error.message}" for backend, error in failed)
        return [replace(found[0], notes=(*missing, *found[0].notes)), *found[1:]] if missing else found

    def machines(
        self, backends: Sequence[Backend], *, stored: bool = False, everywhere: bool = False
    ) -> tuple[list[Listing[Any]], Failed]:
        """The machines of several backends as they are now, asked at the same time; and the backends that failed.

        Only to be shown may they be as a slow server has `stored` them: nothing is decided by these. `everywhere` asks
        the regions of an account too that are none of its backend's.
        """
        kind = "machines everywhere" if everywhere else "machines"
        return self.listed.ask(kind, backends, refresh=True, stored=stored and not everywhere)

    def orphans(self, backends: Sequence[Backend]) -> tuple[list[Listing[Any]], Failed]:
        """What no machine needs any more, of several backends, asked now; and the backends that failed."""
        return self.listed.ask("orphans", backends, refresh=True)

    def list_keys(self) -> list[Key]:
        """The SSH keys that backends know, read now."""
        self._keys = self.client.list_keys()
        return self._keys

    def know_key(self, name: str) -> None:
        """Know a key of this computer, before anything is listed again."""
        if name not in {key.name for key in self._keys}:
            self._keys = [*self._keys, Key(id=f"{LOCAL}{name}", name=name)]

    def asked_keys(self) -> tuple[list[Key], tuple[str, ...]]:
        """The same, and a note for each backend that failed; where none answers, the first one's error is raised."""
        self._keys, failed = self.client.asked_keys()
        return self._keys, tuple(f"{name} is missing here: {error.message}" for name, error in failed)

    def known_keys(self) -> list[Key]:
        """The SSH keys seen so far; never a request."""
        return self._keys

    def set_limits(self, limits: Mapping[str, float]) -> None:
        """Have `%mist` obey these limits from now on, until this session ends; BadValueError above a hub's own."""
        for name, value in limits.items():
            self.client.settings.hub.refuse_above(name, value)
        self._limits |= limits
        self._apply_limits()

    def _apply_limits(self) -> None:
        values = tuple(
            replaced(setting, value=self._limits[setting.option.name], source="%mist budget")
            if setting.option.name in self._limits
            else setting
            for setting in self.client.settings.values
        )
        self.client.settings = replaced(self.client.settings, values=values)

    def forget(self, backend: Backend | None = None) -> int:
        """Drop what is kept, of one backend or of all, and say how many listings that were."""
        dropped = self.listed.forget(backend)
        if self._client is not None and backend is None:
            self._client.update_backends()
        return dropped

    def reopen(self) -> None:
        """Forget all listings, and ask for the backends anew when they are next needed."""
        self.listed.forget()
        if self._client is not None:
            self._client.forget_backends()

    def known_backends(self) -> tuple[Backend, ...]:
        """The backends seen so far; never a request."""
        return self._client.known_backends if self._client is not None else ()

    def known(self, kind: str, backend_words: Iterable[str] = ()) -> list[Any]:
        """The records of `kind` seen so far, of the backends named, or of all; never a request."""
        named = {word.casefold() for word in backend_words}
        wanted = {backend.id for backend in self.known_backends() if backend.name.casefold() in named}
        seen: dict[str, Any] = {}
        if kind == "machines":
            made = self._made.items()
            seen = {place: one for place, one in made if not wanted or place.partition("/")[0] in wanted}
        return list((seen | self.listed.records(kind, wanted)).values())

    def close(self) -> None:
        """Cancel the jobs, close what is shown, forget everything and give back the connection; again is fine.

        No thread of it is left, within seconds: what has no answer by then is cut off.
        """
        with self._cut_off_later():
            self.jobs.close()
            shown = self.page.close()
        client, self._client = self._client, None
        self.listed.end()
        self._keys, self._made = [], {}
        self.compared = None
        if client is not None:
            client.close()
        for one in shown:
            one.settle(_SETTLE_S)
        settle(_SETTLE_S)

    @contextmanager
    def _cut_off_later(self) -> Iterator[None]:
        """Within, what waits for an answer has a moment for it; then its connection is closed."""
        if self._client is None:
            yield
            return
        timer = threading.Timer(_GRACE_S, self._client.close)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
