"""Where a machine answers SSH and as whom, how long it may take, and the clock that says so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief, clean

if TYPE_CHECKING:
    from .config.known import Trust
    from .keys.agent import LoginKey

# What OpenSSH's own client takes: no option, nothing that a shell would read, no backslash at the end.
_USER = re.compile(r"(?!-)(?:[^\s'`\";&<>|(){}]|\s(?!-))+(?<!\\)")
_HOST = re.compile(r"(?![-.])(?!.*\.\.)[\w.:%-]{1,253}")
_LONGEST_PORT = 10
_LONGEST_USER = 256


@dataclass(frozen=True)
class Clock:
    """Time as a parameter: the date, a monotonic count of seconds, and waiting."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    seconds: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep


@dataclass(frozen=True)
class Limits:
    """How long each part may take, and how much a machine may say. The parts stay under `total_s` together.

    `connect_s`: TCP and the name's address · `head_start_s`: what each address has before the next is tried beside it,
    `private_start_s` what public ones have over a private one · `greeting_s`: until SSH speaks, and `nudge_s` more for
    something else to show itself · `handshake_s`: keys and login · `command_s`, `output_bytes`: the probe's script ·
    `drops`: how often a busy machine is tried again, `silent_drops` one that hangs up without a word · `round_trips`:
    TCP connects that are timed, with the first one.
    """

    connect_s: float = 10.0
    head_start_s: float = 0.25
    private_start_s: float = 3.0
    greeting_s: float = 10.0
    nudge_s: float = 1.0
    handshake_s: float = 15.0
    command_s: float = 20.0
    total_s: float = 60.0
    output_bytes: int = 64 << 10
    drops: int = 20
    silent_drops: int = 2
    round_trips: int = 3


@dataclass(frozen=True)
class Target:
    """Where a machine answers SSH, and as whom; `machine_id` is what its host key is pinned to, so it must be unique
    over all backends. `others` are further addresses of it, tried in their order beside `host`, and `other_users` as
    whom to try, with the same key, where `user` is refused. `loopback_allowed` is for the sandbox's machines alone.

    A host of this computer's own SSH configuration has `trust`, what its known_hosts say, and perhaps a way of its own:
    through a `hop`, or by a command that this computer runs.

    Raises BadValueError for what can't be a user, a port or a host.
    """

    machine_id: str
    host: str
    port: int = 22
    user: str = "root"
    name: str = ""
    others: tuple[str, ...] = field(default=(), kw_only=True)
    other_users: tuple[str, ...] = field(default=(), kw_only=True)
    loopback_allowed: bool = field(default=False, kw_only=True)
    trust: Trust | None = field(default=None, kw_only=True)
    hop: Hop | None = field(default=None, kw_only=True)
    proxy_command: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        for user in (self.user, *self.other_users):
            if _is_user(user):
                continue
            raise BadValueError(
                f"'{brief(user)}' can't be a user.",
                "A user is like root, john.doe or user@domain: without quotes and ; & < > | ( ) { }.",
            )
        if type(self.port) is not int or not 0 < self.port < 65536:
            raise BadValueError(f"'{clean(str(self.port), 60)}' can't be a port.", "A port is a number, 1 to 65535.")
        for host in self.hosts:
            if not _HOST.fullmatch(host):
                raise BadValueError(f"'{clean(host, 60)}' can't be a host.", "Give an address or a host's name.")

    @property
    def pin_name(self) -> str:
        """What its host key is pinned to: one of the SSH configuration by its name there, as known_hosts has it."""
        return f"ssh/{self.trust.name}" if self.trust is not None else self.machine_id

    @property
    def is_tunnelled(self) -> bool:
        """Whether no socket of ours leads there."""
        return self.hop is not None or bool(self.proxy_command)

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.name or self.host

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every address, each once, in the order in which they are tried."""
        return tuple(dict.fromkeys((self.host, *self.others)))


@dataclass(frozen=True)
class Hop:
    """A host through which another one is reached, and what opens it."""

    target: Target
    key: LoginKey = field(repr=False)


def user_name(text: str) -> str:
    """`text` as a user that one can log in as. Raises BadValueError for what can't be one."""
    return Target("", "localhost", user=text).user


def host_name(text: str) -> str:
    """`text` as an address or a host's name. Raises BadValueError for what can't be one."""
    return Target("", text).host


def port_number(text: str) -> int:
    """`text` as a TCP port. Raises BadValueError for what can't be one."""
    if not (text.isascii() and text.isdigit() and len(text) < _LONGEST_PORT):
        raise BadValueError(f"'{brief(text)}' can't be a port.", "A port is a number, 1 to 65535.")
    return Target("", "localhost", int(text)).port


def _is_user(text: str) -> bool:
    """Whether OpenSSH takes it for a user; what can't be seen is no part of a name here."""
    return len(text) <= _LONGEST_USER and clean(text) == text and _USER.fullmatch(text) is not None
