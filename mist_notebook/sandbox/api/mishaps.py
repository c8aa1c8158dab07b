"""What a fault makes of an answer, once the thing itself is done."""

from __future__ import annotations

import asyncio
import socket
import struct

from mist_notebook.sandbox.ground.refusals import RefusedError
from mist_notebook.sandbox.state import SandboxState

from .handler import ApiHandler

_AT_ONCE = struct.pack("ii", 1, 0)


class MishapHandler(ApiHandler):
    """A route whose answers faults can spoil."""

    def initialize(self, state: SandboxState, port: int) -> None:
        """Tornado's constructor for us."""
        super().initialize(state, port)
        self._given_up = asyncio.Event()

    def on_connection_close(self) -> None:
        """The client has gone."""
        self._given_up.set()

    def before_commit(self, on: str, name: str) -> None:
        """Refuse, with nothing done, if a fault says so."""
        fault = self.state.faults.take("error-before-commit", name, on)
        if fault:
            raise RefusedError(fault.status, "Internal Server Error")

    async def after_commit(self, on: str, name: str) -> bool:
        """Whether there is anybody left to answer; a fault may also answer with an error."""
        faults = self.state.faults
        error = faults.take("error-after-commit", name, on)
        hang = faults.take("hang-after-commit", name, on)
        reset = faults.take("reset-after-commit", name, on)
        if error:
            raise RefusedError(error.status, "Internal Server Error")
        if hang:
            await self._given_up.wait()
        elif reset:
            stream = self.detach()
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            stream.close()
        return not (hang or reset)
