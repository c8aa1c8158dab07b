"""What a person holds in Python: the API that the Mist client's documentation teaches.

Every attribute that lists something asks the server again, as the documentation says; `%mist` keeps listings instead.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError, SettingsError
from mist_notebook.ground.secret import Secret
from mist_notebook.records.model import Provider
from mist_notebook.settings import settings

from . import runtime
from .backend import Backend
from .comparing import Comparer
from .joining import clouds
from .joining.accounts import Accounts
from .joining.finding import Finder
from .joining.journals import Journals
from .keys import KeyHolder
from .machines.acts import Pace
from .old.as_dicts import provider_dict
from .old.left_out import LeftOut
from .old.named import Named
from .old.old_words import refuse_old_words
from .waiting import Waits

if TYPE_CHECKING:
    from mist_notebook.backends.base import Adapter
    from mist_notebook.backends.discovery import Opened
    from mist_notebook.backends.mist.server import MistServer
    from mist_notebook.provision.guard import Limits
    from mist_notebook.provision.journal import Journal, Record
    from mist_notebook.settings.settings import Settings
    from mist_notebook.ssh.keys.local_keys import LocalKeys

    from .machines.prober import Prober


class MistClient(Finder, Comparer, KeyHolder, LeftOut):
    """A connection to a Mist server, or to the sandbox when nothing is configured.

    `url` and `api_token` default to the settings (`MIST_URL`, `MIST_API_TOKEN`, settings file); the url `sandbox`
    means the embedded one. `verify` may be the path of a file with certificates to trust. Nothing is sent before the
    first question. Raises SettingsError and BadValueError at once, AuthError, UnavailableError and ApiError later.
    """

    def __init__(
        self,
        url: str | None = None,
        *old: Any,
        api_token: str | Secret | None = None,
        verify: bool | str = True,
        **more: Any,
    ):
        refuse_old_words(url, old, more)
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
        self._earlier: weakref.WeakSet[Adapter] = weakref.WeakSet()
        self._backends: Named[Backend] = Named({}, "backend")
        self._server: MistServer | None = None
        self.accounts = Accounts(self._runtime)
        self.waits = Waits(most_s=30.0)  # how long several backends are waited for
        self.pace = Pace()  # how an action is waited for

    def __repr__(self) -> str:
        live = [backend.name for backend in self.known_backends if not backend.record.sandbox]
        return f"<MistClient {self.settings.url or ', '.join(live) or 'sandbox'}>"

    def __enter__(self) -> MistClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back connections, and the sandbox if nobody else uses it; more than once is fine."""
        self.forget_backends()
        for adapter in list(self._earlier):
            adapter.close()
        if self._server is not None:
            self._server.close()
            self._server = None
        self._release()

    @property
    def backends(self) -> Named[Backend]:
        """The backends by id, or by name, as they were when they were last asked for; see `update_backends`."""
        if self._opened is None:
            self.update_backends()
        return self._backends

    def update_backends(self) -> Named[Backend]:
        """Ask for the backends again; a `Backend` that is still there stays the same object.

        If none could be opened and a server failed, its error is raised: a failure is never an empty answer.
        """
        self.accounts.forget()
        opened = self._runtime.open(self.settings)
        if opened.problems and not opened.adapters:
            raise opened.problems[0]
        held = self._backends
        self.forget_backends()
        self._opened = opened
        for adapter in opened.adapters:
            backend = held.get(adapter.info.id) or Backend(self, adapter)
            backend.adapter = adapter
            self._backends[backend.id] = backend
        return self._backends

    @property
    def runtime(self) -> runtime.Runtime:
        """What this process shares."""
        return self._runtime

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
        """Whether all that is connected is a sandbox: the embedded one, or a server that says it is one."""
        backends = self.backends.values()
        return all(backend.record.sandbox for backend in backends) if backends else self.settings.url is None

    @property
    def supported_providers(self) -> list[dict[str, Any]]:
        """The kinds of backend that the server can add: `title`, `provider`, `aliases`, `regions`, `features`."""
        return [provider_dict(provider) for provider in self.list_providers()]

    @property
    def user_details(self) -> dict[str, Any]:
        """The same as `user_info`, in the older word."""
        return self.user_info

    @property
    def user_info(self) -> dict[str, Any]:
        """Who the server says we are: `email`, and for a sandbox which one it is."""
        said = self.server().identity()
        return {"email": said.get("hello"), **{name: value for name, value in said.items() if name != "hello"}}

    def list_providers(self) -> list[Provider]:
        """The kinds of backend that the server can add, as records."""
        return self.server().providers()

    def limits(self, sandbox: bool) -> Limits:
        """The guard's limits for this kind of server."""
        from mist_notebook.provision.guard import Limits

        kind = "sandbox_" if sandbox else ""
        return Limits(self.settings[f"{kind}max_usd_per_hour"], int(self.settings[f"{kind}max_count"]))

    @property
    def local_keys(self) -> LocalKeys:
        """The private keys that are on this computer."""
        return self._runtime.local_keys()

    @property
    def journal(self) -> Journals:
        """What was asked for from here, on all accounts that are connected; one request for each, the first time.

        Of one that doesn't answer, what this computer has kept.
        """
        return self.accounts.journals(self.backends.values())

    def journal_of(self, backend: Backend) -> Journal:
        """The journal of a backend's account."""
        return self.accounts.journal_of(backend)

    def log_in(self, settings: Settings) -> None:
        """Go on with these settings, which have another token of the same account; what is under way does so too.

        A token never goes to another server than it was given for.
        """
        self.settings = settings
        self.accounts.forget()
        if self._server is not None:
            self._server.log_in(settings)
        for adapter in {*(self._opened.adapters if self._opened else ()), *self._earlier}:
            adapter.log_in(settings)

    def opened_like(self, sandbox: bool) -> list[Record]:
        """What is open on every live account, which one person pays for all; or on the sandbox, which nobody does.

        An account that doesn't answer counts as this computer's journal has it.
        """
        alike = [backend for backend in self.backends.values() if backend.record.sandbox == sandbox]
        return self.accounts.journals(alike).opened()

    @property
    def prober(self) -> Prober:
        """How machines are looked at."""
        return self._runtime.prober()

    def add_backend(
        self, title: str | None = None, provider: str | None = None, *, name: str | None = None, **credentials: Any
    ) -> Backend:
        """Add a backend to the Mist server, or a cloud that is asked directly (docs/clouds.md), and return it.

        `credentials` are the provider's own fields, or the documentation's `key=` and `secret=`; a region may stand in
        the provider's name (`rackspace:lon`). They are sent once and not kept. A word that the provider doesn't take
        is refused with the nearest.
        """
        from .joining import adding

        if not provider:
            raise BadValueError("Which provider?", "Such as provider='ec2'; see client.supported_providers.")
        called = name or title or ""
        if called:
            adding.check_name(called)
        named = {word: str(credentials[word]) for word in clouds.WORDS if credentials.get(word)}
        keep = credentials.get("keep")
        asked = credentials.get("direct") is True or keep is not None or bool(named.keys() & clouds.OURS)
        is_plain = not credentials.keys() - {*clouds.WORDS, "direct", "keep"}
        if is_plain and clouds.is_direct(provider, self.settings, asked=asked):
            return self.add_cloud(provider, called, keep=keep, **named)[0]
        server = adding.server_for(self, provider)
        server.add_backend(adding.fields(server, provider, called, credentials))
        self.update_backends()
        return self.backend_from_name(called.strip())

    def add_cloud(self, provider: str, name: str = "", *, keep: str | None = None, **given: str) -> tuple[Backend, str]:
        """Add a cloud that is asked directly, with the credentials that its own tools keep here; and where those are.

        `context=` is the account's name in the cloud's own tool, which some call `profile`, `project`, `cloud` or
        `subscription`; without one its variables count, then what that tool calls active. It is tried first, and no
        secret is kept. Where a cloud has a token and none is found, it is asked for unseen, and kept in the system's
        keyring if there is a real one; `keep=` is `keyring`, `file` or `memory`, and asks in any case.
        """
        self.settings.hub.refuse_elsewhere(provider)
        added, source = clouds.add(provider, name, given, self.settings, keep=keep)
        self.update_backends()
        return self._backends[added], source

    def server(self) -> MistServer:
        """The Mist server itself, for what isn't about one backend; the sandbox where that is what is connected."""
        if self._server is None:
            from mist_notebook.backends.mist.server import MistServer

            self._server = MistServer(self._settings_of_server())
        return self._server

    def _settings_of_server(self) -> Settings:
        if self.settings.url is not None:
            return self.settings
        if not any(backend.record.sandbox for backend in self.backends.values()):
            raise SettingsError(
                "No Mist server is connected.", "%mist connect URL connects one, %mist connect sandbox the sandbox."
            )
        return self._runtime.connected(self.settings)

    def forget_backends(self) -> None:
        """Ask for them anew when next needed; what is under way with those there were goes on until all is closed."""
        for adapter in self._opened.adapters if self._opened else ():
            adapter.rest()
            self._earlier.add(adapter)
        self._opened, self._backends = None, Named({}, "backend")
