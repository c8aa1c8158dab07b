"""One SSH connection to a machine: one key offered, its host key held against the pin, and every failure told apart.

What asyncssh could read or offer on its own is switched off: configuration files, the agent, known_hosts, passwords,
GSSAPI, host-based login, forwarding, compression. A dropped connection is tried again (`Limits.drops`, with growing
pauses, within `Limits.total_s`): a busy sshd drops new ones, and that doesn't make a machine down. Nothing else is
retried. Waiting for a slot costs none of a machine's time.
"""

from __future__ import annotations

import asyncio
import base64
import getpass
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import asyncssh

from mist_notebook.ground.errors import ProbeError
from mist_notebook.ground.text import clean, is_pasteable

from . import reach
from .host_keys import HostKeys, fingerprint
from .outcome import AUTH, HUNG, KEY_CHANGED, NOT_SSH, DroppedError, OutcomeError
from .target import Target
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
    "kbdint_auth": False,
    "known_hosts": ([], [], []),
    "password_auth": False,
    "pkcs11_provider": None,
    "preferred_auth": "publickey",
    "x509_trusted_certs": None,
}
_CLOSING_S = 1.0
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 3.0


@dataclass(frozen=True)
class Login:
    """A connection on which commands can be run, and the milliseconds that TCP took."""

    connection: asyncssh.SSHClientConnection
    connect_ms: float


class _Witness(asyncssh.SSHClient):
    """Holds the host's key against the pin, and remembers what the host showed."""

    def __init__(self, pinned: str | None) -> None:
        self.pinned = pinned
        self.offered = ""
        self.banner = ""
        self.connection: asyncssh.SSHClientConnection | None = None

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self.connection = conn

    def validate_host_public_key(self, _host: str, _addr: str, _port: int, key: asyncssh.SSHKey) -> bool:
        self.offered = f"{key.get_algorithm()} {base64.b64encode(key.public_data).decode()}"
        return self.pinned in (None, self.offered)

    def auth_banner_received(self, msg: str, _lang: str) -> None:
        self.banner = self.banner or msg[:200]


@asynccontextmanager
async def login(target: Target, key: asyncssh.SSHKey, pins: HostKeys, turn: Turn) -> AsyncIterator[Login]:
    """A logged-in connection, ended on the way out. Raises OutcomeError; ProbeError if this computer can't connect."""
    _require_local_user()
    async with turn.slot(turn.slots.sockets):
        made = await _insisting(target, key, pins, turn)
        try:
            yield made
        finally:
            await _end(made.connection)


async def _insisting(target: Target, key: asyncssh.SSHKey, pins: HostKeys, turn: Turn) -> Login:
    """The first attempt that isn't dropped. A shorter one at the end of the time can't tell more than a drop did."""
    pause_s = _FIRST_PAUSE_S
    dropped: DroppedError | None = None
    for left in range(turn.limits.drops, -1, -1):
        try:
            async with turn.slot(turn.slots.door(target)):
                return await _attempt(target, key, pins, turn)
        except DroppedError as drop:
            dropped = drop
            if not left or turn.left_s < 2 * pause_s:
                raise
        except OutcomeError:
            if dropped and not turn.left_s:
                raise dropped from None
            raise
        await turn.clock.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311 - to come apart, not to be secret
        pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
    raise AssertionError("the last attempt returns or raises")


async def _attempt(target: Target, key: asyncssh.SSHKey, pins: HostKeys, turn: Turn) -> Login:
    sock, connect_ms = await reach.tcp(target, turn.limits, turn.clock, turn.slots.resolver)
    witness = _Witness(pins.known(target.machine_id))
    try:
        await reach.greeted(sock, turn.limits)
        async with turn.slot(turn.slots.handshakes):
            connection = await _handshake(sock, target, key, witness, turn.limits.handshake_s)
    except BaseException:
        if witness.connection is None:
            sock.close()
        raise
    if not pins.pin(target.machine_id, witness.offered):
        await _end(connection)
        raise _changed(target, pins.known(target.machine_id) or "", witness.offered)
    return Login(connection, connect_ms)


async def _handshake(
    sock: socket.socket, target: Target, key: asyncssh.SSHKey, witness: _Witness, timeout_s: float
) -> asyncssh.SSHClientConnection:
    options = {**_ALONE, "client_keys": [key], "server_host_key_algs": _algorithms(witness.pinned)}
    try:
        async with asyncio.timeout(timeout_s):
            return await asyncssh.connect(
                target.host, sock=sock, username=target.user, client_factory=lambda: witness, **options
            )
    except TimeoutError:
        raise OutcomeError(HUNG, f"SSH greeted, and did not finish the handshake in {timeout_s:.3g} s.") from None
    except Exception as error:  # a hostile host can bring asyncssh to raise anything
        raise _translated(error, target, witness) from None


def _algorithms(pinned: str | None) -> list[str]:
    """The host key algorithms, the pinned key's first: a host with several keys shows the one that is asked first."""
    kind = (pinned or "").partition(" ")[0]
    own = [name for name in _HOST_KEY_ALGORITHMS if name == kind or (kind == "ssh-rsa" and "rsa" in name)]
    return [*own, *(name for name in _HOST_KEY_ALGORITHMS if name not in own)]


def _translated(error: Exception, target: Target, witness: _Witness) -> OutcomeError:
    """What asyncssh said, as one of the outcomes."""
    said = clean(getattr(error, "reason", "") or str(error) or type(error).__name__, 200)
    if isinstance(error, asyncssh.HostKeyNotVerifiable) and witness.pinned and witness.offered:
        return _changed(target, witness.pinned, witness.offered)
    if isinstance(error, asyncssh.PermissionDenied) or "authentication failures" in said:
        banner = f" It said: {clean(' '.join(witness.banner.split()), 160)}" if witness.banner else ""
        return OutcomeError(AUTH, f"{target.label} refused the key for user {target.user}.{banner}")
    if isinstance(error, (asyncssh.ConnectionLost, asyncssh.ServiceNotAvailable, OSError)) or "oo many conn" in said:
        return DroppedError(f"It dropped the connection in the handshake ({said}).")
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return OutcomeError(NOT_SSH, f"Its SSH has no algorithm in common with ours: {said}")
    return OutcomeError(NOT_SSH, f"Its SSH can't be understood: {said}.")


def _changed(target: Target, pinned: str, offered: str) -> OutcomeError:
    name = target.name if is_pasteable(target.name) else "NAME"
    return OutcomeError(
        KEY_CHANGED,
        f"The host key of {target.label} changed. Pinned {fingerprint(pinned)}, offered {fingerprint(offered)}. "
        "Not connected.",
        f"Rebuilt it yourself? %mist probe {name} --new-host-key. Otherwise another machine answers in its place.",
    )


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
