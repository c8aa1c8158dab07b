"""The SSH server of one machine: its own host key, exactly its own users' keys, and nothing but an emulated shell.

Imported when the first machine comes up, as asyncssh is large.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager

import asyncssh

from mist_notebook.sandbox.shell.session import Process, talk
from mist_notebook.sandbox.shell.shell import Shell

Admits = Callable[[str, str], bool]
# The shell of a user who came from an address, with a terminal or without.
OpenShell = Callable[[str, str, bool], AbstractContextManager[Shell]]
_LOGIN_TIMEOUT_S = 30
_MOST_GUESTS = 64


class Sshd:
    """Serves the connections of one machine until it is stopped."""

    def __init__(self, host_key: str, admits: Admits, open_shell: OpenShell) -> None:
        self._open_shell = open_shell
        self._guests: dict[asyncssh.SSHServerConnection, _Guest] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._options = asyncssh.SSHServerConnectionOptions(
            server_host_keys=[asyncssh.import_private_key(host_key)],
            server_factory=lambda: _Guest(admits, self._guests),
            process_factory=self._process,
            server_version="MistSandbox",
            password_auth=False,
            kbdint_auth=False,
            host_based_auth=False,
            gss_host=None,
            x11_forwarding=False,
            agent_forwarding=False,
            allow_scp=False,
            login_timeout=_LOGIN_TIMEOUT_S,
            encoding="utf-8",
            errors="replace",
        )

    def accept(self, connection: socket.socket) -> None:
        """Serve somebody who connected; where too many are there, in the place of who has not logged in for longest."""
        if len(self._tasks) >= _MOST_GUESTS and not self._put_out_a_stranger():
            connection.close()
            return
        connection.setblocking(False)
        task = asyncio.ensure_future(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> list[asyncio.Task[None]]:
        """Cut every connection; what is left to wait for."""
        for connection in list(self._guests):
            connection.abort()
        for task in self._tasks:
            task.cancel()
        return list(self._tasks)

    def _put_out_a_stranger(self) -> bool:
        """Whether there was one."""
        stranger = next((connection for connection, guest in self._guests.items() if not guest.is_in), None)
        if stranger is None:
            return False
        del self._guests[stranger]
        stranger.abort()
        return True

    async def _serve(self, connection: socket.socket) -> None:
        try:
            served = await asyncssh.run_server(connection, options=self._options)
        except (OSError, asyncssh.Error, TimeoutError, RuntimeError):  # the last: the interpreter takes no more work
            return
        await served.wait_closed()

    async def _process(self, process: Process) -> None:
        user = str(process.get_extra_info("username"))
        host, *_ = process.get_extra_info("peername")
        with self._open_shell(user, str(host), process.get_terminal_type() is not None) as shell:
            await talk(process, shell)


class _Guest(asyncssh.SSHServer):
    """Who is let in on one connection."""

    def __init__(self, admits: Admits, guests: dict[asyncssh.SSHServerConnection, _Guest]) -> None:
        self.is_in = False
        self._admits = admits
        self._guests = guests
        self._own: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember the connection, to be able to cut it."""
        self._own = conn
        self._guests[conn] = self

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 # asyncssh's signature
        """Forget it."""
        if self._own:
            self._guests.pop(self._own, None)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002
        """Nobody comes in without a key."""
        return True

    def auth_completed(self) -> None:
        """A guest, and no stranger any more."""
        self.is_in = True

    def public_key_auth_supported(self) -> bool:
        """Keys are the only way."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Ask the machine's associations."""
        algorithm, data, *_ = key.export_public_key().decode().split()
        return self._admits(username, f"{algorithm} {data}")
