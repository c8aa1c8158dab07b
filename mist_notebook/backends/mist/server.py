"""One account on one Mist server: its backends, providers and keys, and what is changed there.

Leaves to `adapter` what is about one backend.
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from mist_notebook.ground.errors import ApiError, AuthError, MistError
from mist_notebook.ground.secret import Secret
from mist_notebook.net.http import Http, Limits, decode, decode_rows, quote_segment
from mist_notebook.net.origin import one_spelling
from mist_notebook.records.model import Account, BackendInfo, Key, Provider
from mist_notebook.settings.settings import Settings

from . import fields, refusals, wire

_MIB = 1 << 20


def check_reachable(url: str) -> None:
    """Nothing if a Mist server answers at `url`, whatever it says of our missing token; else the error why not."""
    door = Http(url)
    try:
        door.get("/api/v1/ping")
    except AuthError:
        return
    finally:
        door.close()


class MistServer:
    """One account on one Mist server: its backends, providers and keys."""

    def __init__(self, settings: Settings) -> None:
        assert settings.url is not None  # noqa: S101 - callers ask first
        limits = Limits(
            total_s=settings["answer_seconds"],
            catalogue_total_s=settings["catalogue_seconds"],
            max_bytes=int(settings["answer_mb"] * _MIB),
            max_catalogue_bytes=int(settings["catalogue_mb"] * _MIB),
        )
        self.http = Http(
            settings.url,
            token=settings.api_token,
            verify=settings["ca_file"] or True,
            limits=limits,
            reading=lambda refusal: refusals.read(refusal, self._names),
        )
        self._provider_rows: list[Provider] | None = None
        self._names: dict[str, str] = {}
        self._account: Account | None = None
        self._source = settings.source_of("api_token")

    def log_in(self, settings: Settings) -> None:
        """Go on with the token of these settings, where it is for this server."""
        if settings.url is None or one_spelling(settings.url) != one_spelling(self.http.url):
            return
        self._source = settings.source_of("api_token")
        self._account = None
        self.http.log_in(settings.api_token)

    def close(self) -> None:
        """Give back connections; more than once is fine."""
        self.http.close()

    def identity(self) -> dict[str, Any]:
        """Who the server says we are (`hello`), and whether it is a sandbox."""
        return decode(self.http.get("/api/v1/ping"), dict[str, Any], where="/api/v1/ping")

    def account(self) -> Account:
        """Whose account it is; asked once."""
        if self._account is None:
            said = self.identity()
            who = fields.text_of(said.get("hello")) or ""
            instance = said.get("instance", "")
            self._account = Account(
                place=one_spelling(self.http.url), id=f"{said.get('hello')} {instance}", label=who, source=self._source
            )
        return self._account

    def backends(self) -> list[BackendInfo]:
        """The backends of this account, in the server's order."""
        sandbox = _is_loopback(self.http.origin) and self.identity().get("sandbox") is True
        rows, _ = decode_rows(self.http.get("/api/v1/clouds"), wire.WireCloud, where="/api/v1/clouds")
        read = (wire.backend(row, server=self.http.origin, sandbox=sandbox) for row in rows)
        found = [info for info in read if info is not None]
        self._names |= {info.mist_id: info.name for info in found}
        return found

    def providers(self) -> list[Provider]:
        """The kinds of backend that the server can add."""
        path = "/api/v1/providers"
        table = decode(self.http.get(path), wire.WireProviders, where=path)
        return [wire.provider(row) for row in table.supported_providers]

    def provider_name(self, provider: str) -> str:
        """What the server calls `provider` in words, or its id where the server doesn't say."""
        try:
            row = self.provider(provider)
        except MistError:
            return provider
        return row.name if row else provider

    def provider(self, provider: str) -> Provider | None:
        """What the server says of `provider`; `None` if it doesn't list it. Asked once, unless it didn't answer."""
        if self._provider_rows is None:
            try:
                self._provider_rows = self.providers()
            except ApiError:  # an older server has no such list
                self._provider_rows = []
        return next((row for row in self._provider_rows if provider in (row.id, row.category, *row.aliases)), None)

    def keys(self) -> list[Key]:
        """The SSH keys of this account, without their private halves."""
        rows, _ = decode_rows(self.http.get("/api/v1/keys"), wire.WireKey, where="/api/v1/keys")
        found = (wire.key(row) for row in rows)
        return [key for key in found if key is not None]

    def add_key(self, name: str, private: Secret) -> None:
        """Give the server a key's private half, which it wants: the only call that sends one."""
        self.http.send("PUT", "/api/v1/keys", json={"name": name, "priv": private})

    def change_key(self, key_id: str, method: str, fields: dict[str, Any] | None = None) -> None:
        """Rename (PUT), make default (POST) or delete (DELETE) a key; sent once."""
        self.http.send(method, f"/api/v1/keys/{quote_segment(key_id)}", json=fields)

    def public_key(self, key_id: str) -> str:
        """A key's public half."""
        path = f"/api/v1/keys/{quote_segment(key_id)}/public"
        return decode(self.http.get(path), str, where=path)

    def add_backend(self, fields: dict[str, Any]) -> None:
        """Ask the server to add a backend; sent once."""
        self.http.send("POST", "/api/v1/clouds", json=fields)

    def change_backend(self, backend_id: str, method: str, fields: dict[str, Any] | None = None) -> None:
        """Rename (PUT), switch (POST) or delete (DELETE) a backend; sent once."""
        self.http.send(method, f"/api/v1/clouds/{quote_segment(backend_id)}", json=fields)


def _is_loopback(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
