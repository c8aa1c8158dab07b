"""The journals of the accounts that are connected: each opened once its backend has said whose it is.

One that doesn't say it in a moment keeps no other waiting: what is open there counts as this computer's own files have
it, and it is asked again later.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from mist_notebook.client.waiting import Question, Waits, ask_all
from mist_notebook.ground.errors import MistError

from .journals import Journals

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.runtime import Runtime
    from mist_notebook.provision.journal import Journal

_AGAIN_S = 60.0
_WAITS = Waits(said_s=math.inf, others_s=3.0, most_s=3.0)


@dataclass
class Accounts:
    """Whose journal a backend's is. `waits` is for how long those that were never asked are waited for."""

    runtime: Runtime
    waits: Waits = _WAITS
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, Journal] = field(default_factory=dict, init=False)
    _silent: dict[str, tuple[float, MistError]] = field(default_factory=dict, init=False)

    @property
    def known(self) -> dict[str, Journal]:
        """The journals of those that said whose they are, by backend; never a request."""
        return dict(self._known)

    def journal_of(self, backend: Backend) -> Journal:
        """The journal of a backend's account; raises what keeps it from saying whose it is."""
        if backend.id not in self._known:
            account = backend.adapter.account()
            is_embedded = self.runtime.is_embedded({backend.record.server})
            journal = self.runtime.journal(is_embedded, account, lambda: backend.adapter.now())
            alike = (one for one in list(self._known.values()) if one.account == journal.account)
            self._known[backend.id] = next(alike, journal)  # one for an account: it knows what it has read
            self._silent.pop(backend.id, None)
        return self._known[backend.id]

    def journals(self, backends: Iterable[Backend]) -> Journals:
        """The journals of all of them; of those that don't say whose they are, what this computer has kept."""
        every = list(backends)
        silent = self._ask([backend for backend in every if backend.id not in self._known])
        found = {backend.id: self._known[backend.id] for backend in every if backend.id in self._known}
        problems = tuple(
            f"{backend.name} doesn't say whose account it is, and counts as this computer's journal has it: "
            f"{error.message}"
            for backend, error in silent
        )
        ids = {backend.id for backend, _ in silent}
        open_already = {journal.account for journal in found.values()}
        kept = [one for one in self.runtime.kept_journals(ids) if one.account not in open_already] if ids else []
        return Journals(found, problems, beside=kept)

    def forget(self) -> None:
        """Ask those again that were silent."""
        self._silent.clear()

    def _ask(self, backends: list[Backend]) -> list[tuple[Backend, MistError]]:
        """Those that are silent, and why; who was silent a moment ago isn't asked."""
        now = self.clock()
        recent = {place: said for place, (at, said) in self._silent.items() if now - at < _AGAIN_S}
        new = [backend for backend in backends if backend.id not in recent]
        answers: list[Journal | MistError] = ask_all(
            [Question(backend.name, partial(self.journal_of, backend)) for backend in new], "the account", self.waits
        )
        for backend, answer in zip(new, answers, strict=True):
            if isinstance(answer, MistError):
                self._silent[backend.id] = (now, answer)
                recent[backend.id] = answer
        return [(backend, recent[backend.id]) for backend in backends if backend.id in recent]
