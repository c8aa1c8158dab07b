"""The way to a machine's SSH port: which addresses may be asked, the TCP connection, and whether SSH greets there.

Leaves the handshake to `login`. Whatever goes wrong is a `OutcomeError`; nothing here is retried.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from mist_notebook.ground.text import clean

from .addresses import forbidden
from .outcome import NOT_SSH, REFUSED, TIMEOUT, UNREACHABLE, DroppedError, OutcomeError
from .target import Clock, Limits, Target

_MOST_PLACES = 8
_MOST_BEFORE_GREETING = 8192


@dataclass(frozen=True)
class Place:
    """One socket address at which a machine may answer."""

    family: int
    address: Any

    @property
    def host(self) -> str:
        return str(self.address[0])

    @property
    def is_direct(self) -> bool:
        """Whether a socket of this computer's leads there."""
        return self.family != socket.AF_UNSPEC

    @property
    def door(self) -> tuple[str, int]:
        return self.host, int(self.address[1])


async def places(target: Target, limits: Limits, resolver: Executor | None = None) -> tuple[list[Place], list[str]]:
    """The socket addresses of the target's hosts in order, and a line for each host that has none that may be asked.

    What is checked is what is connected to. Raises the first trouble if none is left.
    """
    found: list[Place] = []
    left_out: list[OutcomeError] = []
    for host in target.hosts:
        try:
            found += [_allowed(place, target) for place in await _resolved(host, target.port, limits, resolver)]
        except OutcomeError as trouble:
            left_out.append(trouble)
    if not found:
        raise left_out[0] if left_out else OutcomeError(UNREACHABLE, f"No address for {target.host}.")
    return list(dict.fromkeys(found))[:_MOST_PLACES], [trouble.detail for trouble in left_out]


def _allowed(place: Place, target: Target) -> Place:
    if target.trust is not None:  # the person's own configuration names it, and no server
        return place
    why_not = forbidden(place.host, loopback_allowed=target.loopback_allowed)
    if why_not:
        raise OutcomeError(
            UNREACHABLE, f"{place.host} is {why_not}: not connected.", "Give a public or private address."
        )
    return place


async def tcp(place: Place, limits: Limits, clock: Clock) -> tuple[Any, float]:
    """A connected, non-blocking socket, and the milliseconds that connecting took."""
    return await _connected(place.family, place.address, limits.connect_s, clock)


async def _resolved(host: str, port: int, limits: Limits, resolver: Executor | None) -> list[Place]:
    with contextlib.suppress(OSError, UnicodeError):
        return _look_up(host, port, socket.AI_NUMERICHOST)
    work = asyncio.get_running_loop().run_in_executor(resolver, _look_up, host, port, 0)
    try:
        return await asyncio.wait_for(work, limits.connect_s)
    except TimeoutError:
        raise OutcomeError(UNREACHABLE, f"The name {host} was not resolved in {limits.connect_s:g} s.") from None
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "not a name"
        raise OutcomeError(UNREACHABLE, f"The name {host} has no address ({why}).") from None


def _look_up(host: str, port: int, flags: int) -> list[Place]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [Place(family, address) for family, _, _, _, address in found]


async def _connected(family: int, address: Any, timeout_s: float, clock: Clock) -> tuple[socket.socket, float]:
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _trouble(error, address) from None
    try:
        sock.setblocking(False)
        began = clock.seconds()
        async with asyncio.timeout(timeout_s):
            await asyncio.get_running_loop().sock_connect(sock, address)
        return sock, (clock.seconds() - began) * 1000
    except TimeoutError as error:
        sock.close()
        raise _trouble(error, address, timeout_s) from None
    except OSError as error:
        sock.close()
        raise _trouble(error, address) from None
    except BaseException:
        sock.close()
        raise


def _trouble(error: OSError, address: Any, timeout_s: float = 0.0) -> OutcomeError:
    where = f"{address[0]}:{address[1]}" if ":" not in address[0] else f"[{address[0]}]:{address[1]}"
    if isinstance(error, ConnectionRefusedError):
        return OutcomeError(REFUSED, f"{where} refused the connection.")
    if isinstance(error, TimeoutError):
        within = f" in {timeout_s:g} s" if timeout_s else ""
        return OutcomeError(TIMEOUT, f"{where} did not answer{within}.")
    if error.errno in (errno.EMFILE, errno.ENFILE, errno.ECONNRESET, errno.EADDRNOTAVAIL):
        is_ours = error.errno != errno.ECONNRESET
        return DroppedError(f"No connection to {where}: {error.strerror}.", is_busy=is_ours)
    return OutcomeError(UNREACHABLE, f"There is no way to {where}: {error.strerror or type(error).__name__}.")


async def greeted(sock: socket.socket, limits: Limits) -> None:
    """Return once SSH's greeting stands unread in the socket; lines that come before it are read away.

    So a silent machine costs a socket, and no handshake's slot.
    """
    said = bytearray()
    try:
        async with asyncio.timeout(limits.greeting_s):
            await _until_greeting(sock, said)
    except TimeoutError:
        if said:
            raise _not_ssh(said) from None
        raise await _nudged(sock, limits) from None


async def _until_greeting(sock: socket.socket, said: bytearray) -> None:
    while len(said) <= _MOST_BEFORE_GREETING:
        seen = await _peek(sock, limit=_MOST_BEFORE_GREETING)
        if not seen:
            raise _ended(said)
        at_line_start = not said or said.endswith(b"\n")
        if at_line_start and seen.startswith(b"SSH-"):
            return
        if at_line_start and b"SSH-".startswith(seen):
            await asyncio.sleep(0.02)
            continue
        said += sock.recv(seen.find(b"\n") + 1 or len(seen))
    raise _not_ssh(said)


async def _nudged(sock: socket.socket, limits: Limits) -> OutcomeError:
    """What silence was: most other services speak only when spoken to, and what they say isn't SSH."""
    try:
        async with asyncio.timeout(limits.nudge_s):
            await asyncio.get_running_loop().sock_sendall(sock, b"SSH-2.0-mist_notebook\r\n")
            answer = await _peek(sock, limit=80)
    except (TimeoutError, DroppedError, OSError):
        answer = b"SSH-"
    if answer.startswith(b"SSH-"):
        return OutcomeError(TIMEOUT, f"It took the connection and said nothing in {limits.greeting_s:g} s.")
    return _not_ssh(answer)


def _ended(said: bytes | bytearray) -> OutcomeError:
    """The connection ended before a greeting. sshd says why in a line when it is too busy, if it says anything."""
    if not said:
        return DroppedError("It took the connection and closed it without a word.")
    if said.startswith((b"Exceeded MaxStartups", b"Not allowed at this time")):
        return DroppedError(f"It dropped the connection. It said: {_excerpt(said)}.", is_busy=True)
    return _not_ssh(said)


def _not_ssh(said: bytes | bytearray) -> OutcomeError:
    return OutcomeError(
        NOT_SSH, f"What answers there isn't SSH. It said: {_excerpt(said)}." if said else "It hung up on SSH."
    )


def _excerpt(said: bytes | bytearray) -> str:
    return clean(bytes(said[:80]).decode("utf-8", "replace").strip())


async def _peek(sock: socket.socket, limit: int) -> bytes:
    """What stands in the socket, left there; waits until something does. Empty at the end of the stream."""
    while True:
        try:
            return sock.recv(limit, socket.MSG_PEEK)
        except BlockingIOError:
            await _readable(sock)
        except OSError as error:
            raise DroppedError(f"It took the connection and closed it ({error.strerror}).") from None


async def _readable(sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(sock, ready.set)
    except NotImplementedError:  # Windows' default loop has no readers
        await asyncio.sleep(0.02)
        return
    try:
        await ready.wait()
    finally:
        with contextlib.suppress(ValueError):
            loop.remove_reader(sock)
