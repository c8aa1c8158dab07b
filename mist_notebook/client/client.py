"""What a person holds in Python: the API that the Mist client's documentation teaches.

Every attribute that lists something asks the server again, as the documentation says; `%mist` keeps listings instead.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError, NotFoundError
from mist_notebook.ground.resolver import PROVIDER_ALIASES, pick
from mist_notebook.ground.secret import Secret
from mist_notebook.records.model import Key as KeyRecord
from mist_notebook.records.model import Provider
from mist_notebook.settings import settings

from . import runtime
from .backend import Backend

if TYPE_CHECKING:
    import pandas as pd

    from mist_notebook.backends.discovery import Opened
    from mist_notebook.backends.mist.adapter import MistServer
    from mist_notebook.provision.guard import Limits
    from mist_notebook.provision.journal import Journal
    from mist_notebook.records.model import Listing
    from mist_notebook.ssh.local_keys import LocalKeys

    from .prober import Prober


class MistClient:
    """A connection to a Mist server, or to the sandbox when nothing is configured.

    `url` and `api_token` default to the settings (`MIST_URL`, `MIST_API_TOKEN`, settings file); the url `sandbox`
    means the embedded one. `verify` may be the path of a file with certificates to trust. Nothing is sent before the
    first question. Raises SettingsError and BadValueError at once, AuthError, UnavailableError and ApiError later.
    """

    def __init__(self, url: str | None = None, *, api_token: str | Secret | None = None, verify: bool | str = True):
        if verify is False:
            raise BadValueError(
                "TLS certificates are always verified; there is no switch.", "Give verify= a file with your own CA."
            )
        token = Secret(api_token) if isinstance(api_token, str) else api_token
        ca_file = verify if isinstance(verify, str) else None
        self.settings = settings.load({"url": url, "api_token": token, "ca_file": ca_file})
        if self.settings.url is not None:
            from mist_notebook.net.http import check_url

            check_url(self.settings.url)
        self._runtime = runtime.acquire()
        self._release = weakref.finalize(self, runtime.release, self._runtime)
        self._opened: Opened | None = None
        self._backends: dict[str, Backend] = {}
        self._server: MistServer | None = None
        self._journal: Journal | None = None

    def __repr__(self) -> str:
        return f"<MistClient {self.settings.url or 'sandbox'}>"

    def __enter__(self) -> MistClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back connections, and the sandbox if nobody else uses it; more than once is fine."""
        self._forget_backends()
        if self._server is not None:
            self._server.close()
            self._server = None
        self._release()

    @property
    def backends(self) -> dict[str, Backend]:
        """The backends by id, as they were when they were last asked for; see `update_backends`."""
        if self._opened is None:
            self.update_backends()
        return self._backends

    def update_backends(self) -> dict[str, Backend]:
        """Ask for the backends again; a `Backend` that is still there stays the same object.

        If none could be opened and a server failed, its error is raised: a failure is never an empty answer.
        """
        opened = self._runtime.open(self.settings)
        if opened.problems and not opened.adapters:
            raise opened.problems[0]
        held = self._backends
        self._forget_backends()
        self._opened = opened
        for adapter in opened.adapters:
            backend = held.get(adapter.info.id) or Backend(self, adapter)
            backend.adapter = adapter
            self._backends[backend.id] = backend
        return self._backends

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be opened when the backends were last asked for, one line each."""
        return tuple(problem.message for problem in self._opened.problems) if self._opened else ()

    @property
    def known_backends(self) -> tuple[Backend, ...]:
        """The backends that were already asked for; never a request."""
        return tuple(self._backends.values())

    @property
    def is_sandbox(self) -> bool:
        """Whether the embedded sandbox answers, or a server that says it is a sandbox."""
        return self.settings.url is None or any(backend.record.sandbox for backend in self._backends.values())

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

    def compare(self, *, snapshot: str = "current", **asked: Any) -> pd.DataFrame:
        """What fits, cheapest first, of all providers and backends: `client.compare(cpus="4+", ram="16GB", limit=5)`.

        The words are those of `%mist compare`, with `_` for `-`; `per` is `size`, `offer` (every region), `provider`,
        `region` or `family`. `frame.attrs["mist"]["lines"]` says why. Asks every backend for its sizes.
        """
        from mist_notebook.prices.compare import compare_words

        more = () if snapshot == "current" else (f"--snapshot {snapshot}",)
        found = compare_words(self._offers(snapshot), asked, more=more, stale_days=self.settings["stale_days"])
        return found.frame

    def like(self, reference: Any, *, snapshot: str = "current", **asked: Any) -> pd.DataFrame:
        """The nearest sizes elsewhere, cheapest first: `client.like("EC2:m5.xlarge", region="eu")`, or like a row.

        Beside the conditions of `compare`: `tolerance`, `anywhere` (also at the same provider), `per` and `limit`.
        """
        from mist_notebook.prices.like import like_words

        return like_words(self._offers(snapshot), reference, asked).frame

    def _offers(self, snapshot: str) -> pd.DataFrame:

        def ask(backends: list[Backend]) -> list[Listing[Any]]:
            return [backend.listing("sizes") for backend in backends]

        from . import known_offers

        return known_offers.asked(self, ask, snapshot)[0].frame

    @property
    def supported_providers(self) -> list[dict[str, Any]]:
        """The kinds of backend that the server can add: `title`, `provider`, `aliases`, `regions`, `features`."""
        return [_provider_dict(provider) for provider in self.list_providers()]

    @property
    def user_info(self) -> dict[str, Any]:
        """Who the server says we are: `email`, and for a sandbox which one it is."""
        said = self.server().identity()
        return {"email": said.get("hello"), **{name: value for name, value in said.items() if name != "hello"}}

    def list_providers(self) -> list[Provider]:
        """The kinds of backend that the server can add, as records."""
        return self.server().providers()

    def list_keys(self) -> list[KeyRecord]:
        """The SSH keys that the server knows, as records; never their private halves."""
        return self.server().keys()

    @property
    def keys(self) -> dict[str, Key]:
        """The SSH keys that the server knows, by id."""
        return {record.id: Key(self, record) for record in self.list_keys()}

    def add_key(self, key_name: str, private: str | Secret) -> Key:
        """Give the server a private key, which it wants whole; sent once, and kept nowhere here."""
        self.server().add_key(key_name, private if isinstance(private, Secret) else Secret(private))
        return self.key(key_name)

    def generate_key(self) -> str:
        """The text of a new private key (RSA 3072, PEM), made on this computer and kept nowhere: for `add_key`.

        `make_key` is what a notebook wants: it never shows the key.
        """
        from mist_notebook.ssh.local_keys import new_key

        return new_key(rsa=True).decode("ascii")

    def make_key(self, name: str) -> Key:
        """A key of that name: its private half here, and given to the server, which wants it too.

        One that is here already is given again rather than replaced; one that is on both sides stays as it is.
        """
        path = self.local_keys.path_of(name)
        there = [key for key in self.keys.values() if key.name == name]
        if path is not None and there:
            return there[0]
        if there:
            raise BadValueError(
                f"The server has a key '{name}', and its private half is not on this computer.",
                f"Name its file with %mist add-key {name} --from FILE, or choose another name.",
            )
        path = path or self.local_keys.generate(name, rsa=True)
        return self.add_key(name, Secret(path.read_text(encoding="ascii")))

    def limits(self, sandbox: bool) -> Limits:
        """The guard's limits for this kind of server."""
        from mist_notebook.provision.guard import Limits

        kind = "sandbox_" if sandbox else ""
        return Limits(self.settings[f"{kind}max_usd_per_hour"], int(self.settings[f"{kind}max_count"]))

    def key(self, wanted: Any) -> Key:
        """The key with that id, else of that name."""
        keys = list(self.keys.values())
        return pick(wanted, keys, what="key", ids=lambda key: (key.id,), names=lambda key: (key.name,))

    @property
    def local_keys(self) -> LocalKeys:
        """The private keys that are on this computer."""
        return self._runtime.local_keys()

    @property
    def journal(self) -> Journal:
        """What was asked for from here, on this account; one request, the first time."""
        if self._journal is None:
            who = self.user_info
            self._journal = self._runtime.journal(self.settings, f"{who.get('email')} {who.get('instance', '')}")
        return self._journal

    @property
    def prober(self) -> Prober:
        """How machines are looked at."""
        return self._runtime.prober(self.settings)

    def add_backend(self, *, provider: str, title: str, **credentials: Any) -> Backend:
        """Add a backend to the Mist server, and return it.

        `credentials` are the provider's fields in Mist's words (`key=`, `secret=`, `region=`, …); the server checks
        them. They are sent once and not kept.
        """
        if not title.strip():
            raise BadValueError("The backend's title is empty.", "Give it a name, such as title='Test account'.")
        fields = {_CREDENTIAL_NAMES.get(name, name): _hidden(value) for name, value in credentials.items()}
        fields |= {"provider": PROVIDER_ALIASES.get(provider, provider), "title": title, "name": title}
        self.server().add_backend({name: value for name, value in fields.items() if value is not None})
        self.update_backends()
        return self.backend_from_name(title)

    def server(self) -> MistServer:
        """The server itself, for what isn't about one backend."""
        if self._server is None:
            from mist_notebook.backends.mist.adapter import MistServer

            self._server = MistServer(self._runtime.connected(self.settings))
        return self._server

    def _forget_backends(self) -> None:
        if self._opened is not None:
            self._opened.close()
        self._opened, self._backends = None, {}


class Key:
    """An SSH key that the server knows."""

    def __init__(self, client: MistClient, record: KeyRecord) -> None:
        self._client = client
        self.record = record

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def is_default(self) -> bool:
        return self.record.default is True

    @property
    def public(self) -> str:
        """Its public half; the private one is never asked for."""
        return self._client.server().public_key(self.record.mist_id)

    def __repr__(self) -> str:
        return f"<Key {self.name!r} ({self.id})>"

    def rename(self, new_name: str) -> None:
        """Give it another name on the server."""
        self._client.server().change_key(self.record.mist_id, "PUT", {"new_name": new_name})

    def set_default(self) -> None:
        """Have new machines take it when none is named."""
        self._client.server().change_key(self.record.mist_id, "POST")

    def delete(self) -> None:
        """Take it off the server; machines that know it go on knowing it."""
        self._client.server().change_key(self.record.mist_id, "DELETE")


_CREDENTIAL_NAMES = {"key": "apikey", "secret": "apisecret"}


def _hidden(value: Any) -> Any:
    """A text of the credentials as a Secret: whatever the server answers, no error repeats it."""
    return Secret(value) if isinstance(value, str) else value


def _provider_dict(provider: Provider) -> dict[str, Any]:
    return {
        "title": provider.name,
        "provider": provider.id,
        "aliases": list(provider.aliases),
        "regions": list(provider.regions),
        "features": provider.extra,
    }
