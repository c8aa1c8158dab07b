"""A machine that is to be part of a cluster: as it is named, and as it turns out once one is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mist_notebook.ground.text import clean
from mist_notebook.records.report import ProbeReport
from mist_notebook.ssh.keys.agent import LoginKey
from mist_notebook.ssh.target import Target

from .plan import Found, Share

if TYPE_CHECKING:
    import asyncssh

LOOPBACK = "127.0.0.1"
_NAME = 60


@dataclass(frozen=True)
class Member:
    """A machine as it is asked for: where it answers SSH, which key opens it, its own addresses as its cloud says them.

    `place` is its `BACKEND/ID`.
    """

    place: str
    target: Target
    key: LoginKey
    addresses: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return clean(self.target.label, _NAME)


@dataclass(frozen=True)
class Wish:
    """How a cluster is to be: `None` is what suits each machine."""

    threads: int | None = None
    memory: int | None = None
    python: str | None = None
    install: bool = False
    extra: tuple[str, ...] = ()
    idle_s: float = 3600.0


class Hand:
    """A member that one is logged in to, and what is known of it by now."""

    def __init__(self, member: Member, connection: asyncssh.SSHClientConnection) -> None:
        self.member = member
        self.connection = connection
        self.report: ProbeReport | None = None
        self.python: Found | None = None
        self.share = Share(1, 0)
        self.address = LOOPBACK

    @property
    def name(self) -> str:
        return self.member.name

    @property
    def host(self) -> str:
        """Its address as it stands before a port."""
        return f"[{self.address}]" if ":" in self.address else self.address


class LeftOutError(Exception):
    """Why this machine can't be part of it, in a few words; and what to do."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint
