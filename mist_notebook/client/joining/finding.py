"""The part of a client that finds its backends, and the machines of all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from mist_notebook.client.old.named import Named
from mist_notebook.client.waiting import Question, Waits, ask_all
from mist_notebook.ground.errors import MistError, NotFoundError
from mist_notebook.ground.resolver import PROVIDER_ALIASES, pick

if TYPE_CHECKING:
    from mist_notebook.client.backend import Backend
    from mist_notebook.client.machines.machine import Machine


class Finder:
    """What finds a backend, or machines wherever they are."""

    waits: Waits

    @property
    def backends(self) -> Named[Backend]:
        raise NotImplementedError

    @property
    def clouds(self) -> Named[Backend]:
        """The backends, in the later client's word: `client.clouds(search="ec2")`."""
        return self.backends

    @property
    def machines(self) -> Named[Machine]:
        """The machines of all backends by id, read now, all asked at once.

        An id that two backends have stands as `BACKEND/ID`. A backend that fails is warned of, and stands in
        `machines.missing`; where none answers, the first one's error is raised.
        """
        every = list(self.backends.values())
        questions = [Question(backend.name, partial(_machines_of, backend)) for backend in every]
        answers: list[list[Machine] | MistError] = ask_all(questions, "machines", self.waits)
        found = [machine for answer in answers if not isinstance(answer, MistError) for machine in answer]
        failed = [(one.name, said) for one, said in zip(every, answers, strict=True) if isinstance(said, MistError)]
        if failed and len(failed) == len(every):
            raise failed[0][1]
        ids = [machine.id for machine in found]
        return Named({_key(machine, ids): machine for machine in found}, "machine", missing=failed).warned()

    def backend_from_name(self, name: str) -> Backend:
        """The backend of that name (its title, in Mist's older word)."""
        return self._backend(name, ids=lambda _: (), names=lambda backend: (backend.name,))

    backend_from_title = backend_from_name

    def backend_from_id(self, backend_id: str) -> Backend:
        """The backend with that id."""
        return self._backend(backend_id, ids=lambda backend: (backend.id,), names=lambda _: ())

    def backend_from_provider(self, provider: str) -> Backend:
        """The only backend of that provider; `aws` and the like are understood."""
        wanted = PROVIDER_ALIASES.get(provider.casefold(), provider)
        return self._backend(wanted, ids=lambda backend: (backend.provider,), names=lambda backend: (backend.provider,))

    def search_backend(self, wanted: Any) -> Backend:
        """The backend with that id, else of that name, else the only one of that provider."""
        try:
            return self._backend(wanted, ids=lambda backend: (backend.id,), names=lambda backend: (backend.name,))
        except NotFoundError:
            if not isinstance(wanted, str):
                raise
            provider = PROVIDER_ALIASES.get(wanted.casefold(), wanted.casefold())
            if provider not in {backend.provider for backend in self.backends.values()}:
                raise
            return self.backend_from_provider(provider)

    def _backend(
        self, wanted: Any, *, ids: Callable[[Backend], tuple[str, ...]], names: Callable[[Backend], tuple[str, ...]]
    ) -> Backend:
        return pick(
            wanted,
            list(self.backends.values()),
            what="backend",
            ids=ids,
            names=names,
            label=lambda backend: f"{backend.name} ({backend.id})",
        )


def _machines_of(backend: Backend) -> list[Machine]:
    return list(backend.machines.values())


def _key(machine: Machine, ids: list[str]) -> str:
    return machine.id if ids.count(machine.id) == 1 else f"{machine.backend_name}/{machine.id}"
