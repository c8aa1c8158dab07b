"""Whose a backend is, and which kind: accounts and what they may have, providers, and the backends of a server."""

from __future__ import annotations

import msgspec

from .said import Said


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Whose backend it is. `place` and `id` together tell it from every other account: journals go by them.

    `place` is the server or the provider, `label` what a person calls the account, `source` where its credentials came
    from, in words. None of them is a secret.
    """

    place: str
    id: str
    label: str = ""
    source: str = ""


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """How much of something an account may have, and has; `None` where the service doesn't say."""

    what: str
    most: float | None = None
    used: float | None = None

    @property
    def left(self) -> float | None:
        return None if self.most is None or self.used is None else max(self.most - self.used, 0.0)


class Provider(Said, frozen=True, kw_only=True, gc=False):
    """A kind of backend that the server can add; `extra` holds its features."""

    category: str | None = None
    credentials: str | None = None
    aliases: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


class BackendInfo(Said, frozen=True, kw_only=True, gc=False):
    """One account at one provider, as the server lists it."""

    provider: str = ""
    provider_name: str = ""
    enabled: bool = True
    state: str | None = None
    region: str | None = None
    sandbox: bool = False
    server: str = ""
