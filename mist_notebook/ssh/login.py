"""One SSH connection to a machine, at whichever of its addresses answers: one key, and its host key against the pin.

What asyncssh could read or offer on its own is switched off: configuration files, known_hosts, passwords, GSSAPI,
host-based login, forwarding, compression; the agent signs only where a login is by one of its keys. A dropped
connection is tried again (`Limits.drops`, with growing pauses, within `Limits.total_s`): a busy sshd drops new ones,
and that doesn't make a machine down. Nothing else is retried. Waiting for a slot costs none of a machine's time.
"""

from __future__ import annotations

import asyncio
import getpass
import ipaddress
import random
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import asyncssh

from mist_notebook.ground.errors import ProbeError

from . import reach
from .addresses import is_private
from .agent import LoginKey, key_pairs
from .host_keys import HostKeys
from .outcome import (
    AUTH,
    HUNG,
    KEY_CHANGED,
    NOT_SSH,
    OK,
    REFUSED,
    TIMEOUT,
    UNREACHABLE,
    DroppedError,
    OutcomeError,
)
from .race import NoneArrivedError, Race
from .reach import Place
from .refusal import Witness, changed, hung, translated
from .target import Limits, Target
from .turn import Turn

_HOST_KEY_ALGORITHMS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
)
_ALONE: dict[str, Any] = {
    "config": [],
    "agent_path": None,
    "agent_forwarding": False,
    "x11_forwarding": False,
    "client_certs": [],
    "client_host_keysign": False,
    "client_host_keys": None,
    "compression_algs": None,
    "encryption_algs": "^aes128-gcm@openssh.com",
    "gss_host": None,
    "gss_kex": False,
    "gss_auth": False,
    "host_based_auth": False,
    "kbdint_auth": True,  # to hear that it is asked for: the witness answers neither this nor a password
    "known_hosts": ([], [], []),
    "password_auth": True,
    "pkcs11_provider": None,
    "preferred_auth": "publickey,keyboard-interactive,password",
    "x509_trusted_certs": None,
}
_CLOSING_S = 1.0
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 3.0
_MOST_TELLING = (KEY_CHANGED, AUTH, HUNG, NOT_SSH, REFUSED, TIMEOUT, UNREACHABLE, OK)


@dataclass(frozen=True)
class Login:
    """A connection on which commands can be run, where it goes, and the milliseconds that TCP took.

    `tried` has a line for each other address that was tried before this one answered.
    """

    connection: asyncssh.SSHClientConnection
    connect_ms: float
    place: Place
    tried: tuple[str, ...] = ()


@asynccontextmanager
async def login(target: Target, key: LoginKey, pins: HostKeys, turn: Turn) -> AsyncIterator[Login]:
    """A logged-in connection, ended on the way out. Raises OutcomeError; ProbeError if this computer can't connect."""
    _require_local_user()
    async with turn.slot(turn.slots.sockets):
        made = await _insisting(target, key, pins, turn)
        try:
            yield made
        finally:
            await _end(made.connection)


async def _insisting(target: Target, key: LoginKey, pins: HostKeys, turn: Turn) -> Login:
    """The first attempt that isn't dropped. A shorter one at the end of the time can't tell more than a drop did."""
    pause_s = _FIRST_PAUSE_S
    dropped: DroppedError | None = None
    silent_left = turn.limits.silent_drops
    for left in range(turn.limits.drops, -1, -1):
        try:
            return await _attempt(target, key, pins, turn)
        except DroppedError as drop:
            dropped = drop
            silent_left -= not drop.is_busy
            if not left or silent_left < 0 or turn.left_s < 2 * pause_s:
                raise
        except OutcomeError:
            if dropped and not turn.left_s:
                raise dropped from None
            raise
        await turn.clock.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311 - to come apart, not to be secret
        pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
    raise AssertionError("the last attempt returns or raises")


async def _attempt(target: Target, key: LoginKey, pins: HostKeys, turn: Turn) -> Login:
    """A login at whichever address lets us in first; the key is offered at one after the other."""
    places, left_out = await reach.places(target, turn.limits, turn.slots.resolver)
    one_at_a_time = asyncio.Lock()
    race = Race([partial(_login_at, place, target, key, pins, turn, one_at_a_time) for place in places])
    try:
        made = await race.run(head_start_s=partial(_head_start_s, places, turn.limits), sleep=turn.clock.sleep)
    except NoneArrivedError as failed:
        raise _telling(failed.troubles, places, left_out) from None
    tried = {number: _in_short(trouble, places[number]) for number, trouble in race.troubles.items()}
    tried |= {number: f"{places[number].host}: no answer by then" for number in race.overtaken}
    return replace(made, tried=(*(line for _, line in sorted(tried.items())), *left_out))


def _head_start_s(places: Sequence[Place], limits: Limits, number: int) -> float:
    """What those before have: longer where they are public and this isn't, as it may be another's machine here, which
    would be shown our key, and could pose as the right one.
    """
    is_first_private = _is_private(places[number]) and not _is_private(places[number - 1])
    return limits.private_start_s if is_first_private else limits.head_start_s


async def _login_at(
    place: Place, target: Target, key: LoginKey, pins: HostKeys, turn: Turn, one_at_a_time: asyncio.Lock
) -> Login:
    async with turn.slot(turn.slots.door(place.door)):
        sock, connect_ms = await reach.tcp(place, turn.limits, turn.clock)
        witness = Witness(pins.known(target.machine_id))
        try:
            await reach.greeted(sock, turn.limits)
            async with one_at_a_time, turn.slot(turn.slots.handshakes):
                connection = await _handshake(sock, target, key, witness, turn.limits.handshake_s)
        except BaseException:
            if witness.connection is None:
                sock.close()
            raise
    if not pins.pin(target.machine_id, witness.offered):
        await _end(connection)
        raise changed(target, pins.known(target.machine_id) or "", witness.offered)
    return Login(connection, connect_ms, place)


async def _handshake(
    sock: socket.socket, target: Target, key: LoginKey, witness: Witness, timeout_s: float
) -> asyncssh.SSHClientConnection:
    try:
        async with asyncio.timeout(timeout_s), key_pairs(key) as pairs:
            if not pairs:
                raise OutcomeError(AUTH, "The SSH agent no longer holds the key.", "See: ssh-add -l", is_certain=True)
            options = {
                **_ALONE,
                "client_keys": [witness.watched(pair) for pair in pairs],
                "server_host_key_algs": _algorithms(witness.pinned),
            }
            return await asyncssh.connect(
                target.host, sock=sock, username=target.user, client_factory=lambda: witness, **options
            )
    except OutcomeError:
        raise
    except TimeoutError:
        raise hung(target, witness, timeout_s) from None
    except Exception as error:  # a hostile host can bring asyncssh to raise anything
        raise translated(error, target, key, witness) from None


def _algorithms(pinned: str | None) -> list[str]:
    """The host key algorithms, the pinned key's first: a host with several keys shows the one that is asked first."""
    kind = (pinned or "").partition(" ")[0]
    own = [name for name in _HOST_KEY_ALGORITHMS if name == kind or (kind == "ssh-rsa" and "rsa" in name)]
    return [*own, *(name for name in _HOST_KEY_ALGORITHMS if name not in own)]


def _telling(troubles: Sequence[OutcomeError], places: Sequence[Place], left_out: Sequence[str]) -> OutcomeError:
    """The trouble that tells most: a machine's own public address goes before a private one, which may be another's."""
    ranked = sorted(range(len(places)), key=lambda number: _rank(troubles[number], places[number]))
    first, *others = ranked
    trouble = troubles[first]
    trouble.host = places[first].host
    trouble.tried = (*(_in_short(troubles[number], places[number]) for number in others), *left_out)
    return trouble


def _rank(trouble: OutcomeError, place: Place) -> tuple[bool, bool, int]:
    return trouble.outcome == UNREACHABLE, _is_private(place), _MOST_TELLING.index(trouble.outcome)


def _is_private(place: Place) -> bool:
    return is_private(ipaddress.ip_address(place.host.partition("%")[0]))


def _in_short(trouble: OutcomeError, place: Place) -> str:
    return f"{place.host}: {trouble.outcome}"


async def _end(connection: asyncssh.SSHClientConnection) -> None:
    """Say goodbye, and don't wait for the answer of a machine that gives none."""
    connection.close()
    with suppress(Exception):
        async with asyncio.timeout(_CLOSING_S):
            await connection.wait_closed()
    connection.abort()


def _require_local_user() -> None:
    """asyncssh wants to know who runs it; a container may not know."""
    try:
        getpass.getuser()
    except (KeyError, OSError):
        raise ProbeError(
            "This computer doesn't know who you are.", "Set USER in the environment to any name."
        ) from None
