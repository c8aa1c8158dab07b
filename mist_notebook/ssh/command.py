"""One command on a connection: what it says goes to a listener as it comes, nothing piles up, and how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import asyncssh

_WINDOW = 64 << 10

Hear = Callable[[bytes, bool], bool]


@dataclass(frozen=True)
class Ending:
    """How a command ended: its exit code, or the signal that ended it, or neither where the machine told neither."""

    exit_code: int | None = None
    signal: str | None = None


class _Session(asyncssh.SSHClientSession[bytes]):
    def __init__(self, hear: Hear) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.exit_code: int | None = None
        self.signal: str | None = None
        self._hear = hear
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self._channel = chan

    def data_received(self, data: bytes, datatype: int | None) -> None:
        if self.ended.done():
            return
        try:
            if self._hear(data, datatype is not None):
                self._end(None)
        except Exception as error:  # the listener's own, for its caller: asyncssh would take it for a broken protocol
            self._end(error)

    def exit_status_received(self, status: int) -> None:
        self.exit_code = status

    def exit_signal_received(self, signal: str, _core_dumped: bool, _msg: str, _lang: str) -> None:
        self.signal = signal

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc and _foreign(exc))

    def _end(self, error: Exception | None) -> None:
        if self._channel is not None:
            self._channel.pause_reading()
        if self.ended.done():
            return
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)


async def run_command(
    connection: asyncssh.SSHClientConnection, command: str, *, hear: Hear, stdin: bytes = b""
) -> Ending:
    """Run it until it ends, or until `hear(data, is_error)` has heard enough and says so.

    Raises asyncssh's errors, and OSError, when the machine refuses to run anything or the connection is lost. The
    time is the caller's to bound.
    """
    session = _Session(hear)
    try:
        channel, _ = await connection.create_session(
            lambda: session, command, encoding=None, window=_WINDOW, request_pty=False
        )
    except Exception as error:
        raise _foreign(error) from None
    try:
        if stdin:
            channel.write(stdin)
        channel.write_eof()
        await session.ended
    except BrokenPipeError:
        await session.ended
    finally:
        channel.abort()
    return Ending(session.exit_code, session.signal)


def _foreign(error: Exception) -> Exception:
    """An error of asyncssh's or the network's: a hostile host can bring asyncssh to raise anything."""
    return error if isinstance(error, (asyncssh.Error, OSError)) else asyncssh.ProtocolError(str(error))
