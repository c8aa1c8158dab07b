"""Where a machine answers SSH and as whom, how long it may take, and the clock that says so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.text import brief, clean

_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_HOST = re.compile(r"(?!-)[\w.:%-]{1,253}")
_LONGEST_PORT = 10


@dataclass(frozen=True)
class Clock:
    """Time as a parameter: the date, a monotonic count of seconds, and waiting."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    seconds: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep


@dataclass(frozen=True)
class Limits:
    """How long each part may take, and how much a machine may say. The parts stay under `total_s` together.

    `connect_s`: TCP and the name's address · `greeting_s`: until SSH speaks, and `nudge_s` more for something else to
    show itself · `handshake_s`: keys and login · `command_s`, `output_bytes`: the probe's script · `drops`: how often
    a dropped connection is tried again · `round_trips`: TCP connects that are timed, the first one included.
    """

    connect_s: float = 10.0
    greeting_s: float = 10.0
    nudge_s: float = 1.0
    handshake_s: float = 15.0
    command_s: float = 20.0
    total_s: float = 60.0
    output_bytes: int = 64 << 10
    drops: int = 20
    round_trips: int = 3


@dataclass(frozen=True)
class Target:
    """Where a machine answers SSH, and as whom; `machine_id` is what its host key is pinned to, so it must be unique
    over all backends. `loopback_allowed` is for the sandbox's machines alone.

    Raises BadValueError for what can't be a user, a port or a host.
    """

    machine_id: str
    host: str
    port: int = 22
    user: str = "root"
    name: str = ""
    loopback_allowed: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        if not _USER.fullmatch(self.user):
            raise BadValueError(
                f"'{brief(self.user)}' can't be a user.", "A user is like root or ec2-user: a-z, 0-9, _ and -."
            )
        if type(self.port) is not int or not 0 < self.port < 65536:
            raise BadValueError(f"'{clean(str(self.port), 60)}' can't be a port.", "A port is a number, 1 to 65535.")
        if not _HOST.fullmatch(self.host):
            raise BadValueError(f"'{clean(self.host, 60)}' can't be a host.", "Give an address or a host's name.")

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.name or self.host


def user_name(text: str) -> str:
    """`text` as a user that one can log in as. Raises BadValueError for what can't be one."""
    return Target("", "localhost", user=text).user


def port_number(text: str) -> int:
    """`text` as a TCP port. Raises BadValueError for what can't be one."""
    if not (text.isascii() and text.isdigit() and len(text) < _LONGEST_PORT):
        raise BadValueError(f"'{brief(text)}' can't be a port.", "A port is a number, 1 to 65535.")
    return Target("", "localhost", int(text)).port
