"""One SSH connection to a machine, at whichever of its addresses answers: one key, and its host key against the pin.

A host of this computer's own SSH configuration may be reached through others, each logged in to in the same way. A
dropped connection is tried again (`Limits.drops`, with growing pauses, within `Limits.total_s`): a busy sshd drops new
ones, and that doesn't make a machine down. Nothing else is retried. Waiting for a slot costs none of a machine's time.
"""

from __future__ import annotations

import asyncio
import getpass
import ipaddress
import os
import random
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import asyncssh

from . import reach
from .addresses import is_private
from .config.said import local_user
from .handshake import handshake
from .host_keys import HostKeys
from .keys.agent import LoginKey
from .outcome import (
    AUTH,
    HUNG,
    KEY_CHANGED,
    KEY_UNKNOWN,
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
from .refusal import Witness, changed, not_let_through
from .target import Hop, Limits, Target
from .turn import Turn

_CLOSING_S = 1.0
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 3.0
_MOST_TELLING = (KEY_CHANGED, KEY_UNKNOWN, AUTH, HUNG, NOT_SSH, REFUSED, TIMEOUT, UNREACHABLE, OK)


@dataclass(frozen=True)
class Login:
    """A connection on which commands can be run, where it goes and as whom, and the milliseconds that TCP took.

    `tried` has a line for each other address that was tried before this one answered.
    """

    connection: asyncssh.SSHClientConnection
    connect_ms: float
    place: Place
    user: str
    tried: tuple[str, ...] = ()
    before: Login | None = None


@asynccontextmanager
async def login(target: Target, key: LoginKey, pins: HostKeys, turn: Turn) -> AsyncIterator[Login]:
    """A logged-in connection, ended on the way out. Raises OutcomeError; ProbeError if this computer can't connect."""
    _have_a_local_user()
    async with turn.slot(turn.slots.sockets):
        made = await _as_somebody(target, key, pins, turn)
        try:
            yield made
        finally:
            await _ended(made)


async def _as_somebody(target: Target, key: LoginKey, pins: HostKeys, turn: Turn) -> Login:
    """As its user, else as the first of the others whom the key opens; the first refusal where that is nobody."""
    try:
        return await _insisting(target, key, pins, turn)
    except OutcomeError as refused:
        if not (refused.is_users and target.other_users):
            raise
        first = refused
    for user in target.other_users:
        try:
            return await _insisting(replace(target, user=user), key, pins, turn)
        except OutcomeError as refused:
            if not refused.is_users:
                break
    first.detail += f" So it did, or something else went wrong, for {', '.join(target.other_users)}."
    raise first


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
    if target.is_tunnelled:
        return await _login_through(target, key, pins, turn)
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


async def _login_through(target: Target, key: LoginKey, pins: HostKeys, turn: Turn) -> Login:
    """A login by a way that is no socket of ours: through a host that is logged in to first, or by a command."""
    before: Login | None = None
    command = ["/bin/sh", "-c", f"exec {target.proxy_command}"]
    try:
        if target.hop is not None:
            before = await _before(target, target.hop, pins, turn)
        way: dict[str, Any] = {"tunnel": before.connection} if before else {"proxy_command": command}
        witness = Witness(pins.known(target.pin_name), target.trust)
        async with turn.slot(turn.slots.handshakes):
            connection = await handshake(target, key, witness, turn.limits.handshake_s, **way)
        await _kept(connection, target, pins, witness)
    except BaseException:
        if before is not None:
            await _ended(before)
        raise
    return Login(connection, 0.0, Place(socket.AF_UNSPEC, (target.host, target.port)), target.user, before=before)


async def _before(target: Target, hop: Hop, pins: HostKeys, turn: Turn) -> Login:
    try:
        return await _attempt(hop.target, hop.key, pins, turn)
    except OutcomeError as error:
        raise not_let_through(error, target, hop.target) from None


async def _login_at(
    place: Place, target: Target, key: LoginKey, pins: HostKeys, turn: Turn, one_at_a_time: asyncio.Lock
) -> Login:
    async with turn.slot(turn.slots.door(place.door)):
        sock, connect_ms = await reach.tcp(place, turn.limits, turn.clock)
        witness = Witness(pins.known(target.pin_name), target.trust)
        try:
            await reach.greeted(sock, turn.limits)
            async with one_at_a_time, turn.slot(turn.slots.handshakes):
                connection = await handshake(target, key, witness, turn.limits.handshake_s, sock=sock)
        except BaseException:
            if witness.connection is None:
                sock.close()
            raise
    await _kept(connection, target, pins, witness)
    return Login(connection, connect_ms, place, target.user)


async def _kept(connection: asyncssh.SSHClientConnection, target: Target, pins: HostKeys, witness: Witness) -> None:
    """Pin what it showed, unless the known hosts know it already."""
    if witness.is_known or pins.pin(target.pin_name, witness.offered):
        return
    await _end(connection)
    raise changed(target, pins.known(target.pin_name) or "", witness.offered)


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


async def _ended(made: Login) -> None:
    """End it, and then what it went through."""
    await _end(made.connection)
    if made.before is not None:
        await _ended(made.before)


async def _end(connection: asyncssh.SSHClientConnection) -> None:
    """Say goodbye, and don't wait for the answer of a machine that gives none."""
    connection.close()
    with suppress(Exception):
        async with asyncio.timeout(_CLOSING_S):
            await connection.wait_closed()
    connection.abort()


def _have_a_local_user() -> None:
    """asyncssh wants to know who runs it, for a configuration that it isn't given; a container may not know.

    It asks Python, which asks four variables before it asks the system: this one nobody else reads.
    """
    try:
        getpass.getuser()
    except (KeyError, OSError):
        os.environ["LNAME"] = local_user()
