"""What a person holds in Python: the API that the Mist client's documentation teaches.

Every attribute that lists something asks the server again, as the documentation says; `%mist` keeps listings instead.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import runtime, settings
from .errors import BadValueError, NotFoundError
from .model import BackendInfo, Image, Key, Listing, Location, Network, Provider, Size
from .resolver import PROVIDER_ALIASES, pick
from .secret import Secret

if TYPE_CHECKING:
    from .backends.base import Adapter
    from .backends.discovery import Opened
    from .backends.mist import MistServer


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
            from .http import check_url

            check_url(self.settings.url)
        self._runtime = runtime.acquire()
        self._release = weakref.finalize(self, runtime.release, self._runtime)
        self._opened: Opened | None = None
        self._backends: dict[str, Backend] = {}
        self._server: MistServer | None = None

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

    @property
    def supported_providers(self) -> list[dict[str, Any]]:
        """The kinds of backend that the server can add: `title`, `provider`, `aliases`, `regions`, `features`."""
        return [_provider_dict(provider) for provider in self.list_providers()]

    @property
    def user_info(self) -> dict[str, Any]:
        """Who the server says we are: `email`, and for a sandbox which one it is."""
        said = self._mist().identity()
        return {"email": said.get("hello"), **{name: value for name, value in said.items() if name != "hello"}}

    def list_providers(self) -> list[Provider]:
        """The kinds of backend that the server can add, as records."""
        return self._mist().providers()

    def list_keys(self) -> list[Key]:
        """The SSH keys that the server knows, as records; never their private halves."""
        return self._mist().keys()

    def add_backend(self, *, provider: str, title: str, **credentials: Any) -> Backend:
        """Add a backend to the Mist server, and return it.

        `credentials` are the provider's fields in Mist's words (`key=`, `secret=`, `region=`, …); the server checks
        them. They are sent once and not kept.
        """
        if not title.strip():
            raise BadValueError("The backend's title is empty.", "Give it a name, such as title='Test account'.")
        fields = {_CREDENTIAL_NAMES.get(name, name): _hidden(value) for name, value in credentials.items()}
        fields |= {"provider": PROVIDER_ALIASES.get(provider, provider), "title": title, "name": title}
        self._mist().add_backend({name: value for name, value in fields.items() if value is not None})
        self.update_backends()
        return self.backend_from_name(title)

    def _mist(self) -> MistServer:
        """The server itself, for what isn't about one backend."""
        if self._server is None:
            from .backends.mist import MistServer

            self._server = MistServer(self._runtime.connected(self.settings))
        return self._server

    def _forget_backends(self) -> None:
        if self._opened is not None:
            self._opened.close()
        self._opened, self._backends = None, {}


class Backend:
    """One account at one provider: what can be had there."""

    def __init__(self, client: MistClient, adapter: Adapter) -> None:
        self._client = client
        self.adapter = adapter

    @property
    def record(self) -> BackendInfo:
        """The record behind `info`."""
        return self.adapter.info

    @property
    def info(self) -> dict[str, Any]:
        """What the server says of this backend."""
        record = self.record
        return {
            "id": record.id,
            "title": record.name,
            "provider": record.provider,
            "enabled": record.enabled,
            "state": record.state,
            "region": record.region,
        }

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def name(self) -> str:
        return self.record.name

    title = name

    @property
    def provider(self) -> str:
        return self.record.provider

    @property
    def enabled(self) -> bool:
        return self.record.enabled

    def __repr__(self) -> str:
        mark = ", sandbox" if self.record.sandbox else ""
        return f"<Backend {self.name!r} ({self.provider}{mark})>"

    @property
    def images(self) -> list[dict[str, Any]]:
        """The images that the backend lists by itself: `id`, `name`, `star`, `extra`; one request."""
        return [_image_dict(image) for image in self.adapter.list_images().records]

    def search_image(self, term: str) -> list[dict[str, Any]]:
        """The images whose id or name holds `term`, community ones included where the provider has them."""
        return [_image_dict(image) for image in self.adapter.list_images(term).records]

    @property
    def sizes(self) -> list[dict[str, Any]]:
        """The sizes: `id`, `name`, `ram` (MB), `disk` (GB), `bandwidth`, `price`, `driver`; `cpus` where known."""
        return [_size_dict(size) for size in self.adapter.list_sizes().records]

    @property
    def locations(self) -> list[dict[str, Any]]:
        """The locations: `id`, `name`, `country`."""
        return [_location_dict(location) for location in self.adapter.list_locations().records]

    @property
    def networks(self) -> list[dict[str, Any]]:
        """The networks: `id`, `name`, `cidr`, `description`, `extra`."""
        return [_network_dict(network) for network in self.adapter.list_networks().records]

    def listing(self, kind: str, *, search: str = "", everything: bool = False) -> Listing[Any]:
        """The records behind `images`, `sizes`, `locations` or `networks`, with when they were read; one request."""
        if kind == "images":
            return self.adapter.list_images(search, everything=everything)
        listings: dict[str, Callable[[], Listing[Any]]] = {
            "sizes": self.adapter.list_sizes,
            "locations": self.adapter.list_locations,
            "networks": self.adapter.list_networks,
        }
        return listings[kind]()

    def rename(self, new_name: str) -> None:
        """Give the backend another name on the server."""
        if not new_name.strip():
            raise BadValueError("The new name is empty.", "Give the backend a name of at least one character.")
        self._change("PUT", {"new_name": new_name})

    def enable(self) -> None:
        """Let the server use this backend."""
        self._change("POST", {"new_state": "1"})

    def disable(self) -> None:
        """Keep the server from using this backend; nothing at the provider changes."""
        self._change("POST", {"new_state": "0"})

    def delete(self) -> None:
        """Remove the backend from the server; nothing at the provider changes."""
        self._change("DELETE")

    def _change(self, method: str, fields: dict[str, Any] | None = None) -> None:
        """Change the backend on the server, and read it again; after `delete` it keeps what it last knew."""
        self._client._mist().change_backend(self.record.mist_id, method, fields)
        self._client.update_backends()


_CREDENTIAL_NAMES = {"key": "apikey", "secret": "apisecret"}


def _hidden(value: Any) -> Any:
    """A text of the credentials as a Secret: whatever the server answers, no error repeats it."""
    return Secret(value) if isinstance(value, str) else value


def _image_dict(image: Image) -> dict[str, Any]:
    return {"id": image.id, "name": image.name, "star": image.starred, "extra": image.extra}


def _size_dict(size: Size) -> dict[str, Any]:
    shown = {
        "id": size.id,
        "name": size.name,
        "ram": _whole(size.ram_mb),
        "disk": _whole(size.disk_gb),
        "bandwidth": _whole(size.bandwidth),
        "price": size.wire_price,
        "driver": size.driver,
    }
    return shown | {"cpus": _whole(size.vcpus)} if size.spec_source == "api" else shown


def _location_dict(location: Location) -> dict[str, Any]:
    return {"id": location.id, "name": location.name, "country": location.country}


def _network_dict(network: Network) -> dict[str, Any]:
    shown = {"id": network.id, "name": network.name, "cidr": network.cidr, "description": network.description}
    return shown | {"extra": network.extra}


def _provider_dict(provider: Provider) -> dict[str, Any]:
    return {
        "title": provider.name,
        "provider": provider.id,
        "aliases": list(provider.aliases),
        "regions": list(provider.regions),
        "features": provider.extra,
    }


def _whole(number: float | None) -> float | None:
    """A figure as the wire had it: whole ones as `int`."""
    return int(number) if number is not None and number.is_integer() else number
