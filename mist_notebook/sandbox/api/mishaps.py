"""What a fault makes of an answer, once the thing itself is done."""

from __future__ import annotations

import socket
import struct

from mist_notebook.sandbox.ground.refusals import RefusedError

from .patience import PatientHandler

_AT_ONCE = struct.pack("ii", 1, 0)


class MishapHandler(PatientHandler):
    """A route whose answers faults can spoil."""

    def before_commit(self, on: str, name: str) -> None:
        """Refuse, with nothing done, if a fault says so."""
        fault = self.state.faults.take("error-before-commit", name, on)
        if fault:
            raise RefusedError(fault.status, fault.says)

    async def after_commit(self, on: str, name: str) -> bool:
        """Whether there is anybody left to answer; a fault may also answer with an error."""
        faults = self.state.faults
        error = faults.take("error-after-commit", name, on)
        hang = faults.take("hang-after-commit", name, on)
        reset = faults.take("reset-after-commit", name, on)
        if error:
            raise RefusedError(error.status, error.says)
        if hang:
            await self.given_up.wait()
        elif reset:
            stream = self.detach()
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            stream.close()
        return not (hang or reset)
