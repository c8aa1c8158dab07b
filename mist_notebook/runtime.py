"""What one process shares between `%mist` and every client: the sandbox, started when it is first needed.

The only process-wide object. It counts its holders; the last one to let go stops what it started, and a forked child
starts without it.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from .backends import discovery
from .secret import Secret
from .settings import Settings

if TYPE_CHECKING:
    from .sandbox import Sandbox

_shared: Runtime | None = None
_lock = threading.Lock()


class Runtime:
    """The sandbox of this process, and its holders."""

    def __init__(self) -> None:
        self.holders = 0
        self._sandbox: Sandbox | None = None
        self._lock = threading.Lock()

    def connected(self, settings: Settings) -> Settings:
        """`settings` with a server to speak to: the configured one, or the sandbox, started now if need be."""
        if settings.url is not None:
            return settings
        sandbox = self.sandbox()
        return settings.with_server(sandbox.url, Secret(sandbox.token), source="sandbox", sandbox=True)

    def open(self, settings: Settings) -> discovery.Opened:
        """Every backend that these settings lead to."""
        return discovery.open_all(self.connected(settings))

    def sandbox(self) -> Sandbox:
        """The embedded sandbox; about 0.1 s the first time."""
        from .sandbox import Sandbox

        with self._lock:
            if self._sandbox is None:
                self._sandbox = Sandbox.start()
            return self._sandbox

    def close(self) -> None:
        """Stop what this runtime started."""
        with self._lock:
            sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.close()


def acquire() -> Runtime:
    """This process's runtime; whoever calls must `release` it once."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = Runtime()
        _shared.holders += 1
        return _shared


def release(runtime: Runtime) -> None:
    """Let go of the runtime; the last holder's release stops it."""
    global _shared
    with _lock:
        runtime.holders -= 1
        if runtime.holders > 0:
            return
        if _shared is runtime:
            _shared = None
    runtime.close()


def _drop_in_child() -> None:
    """The child has none of the parent's threads: its copy of the runtime is of no use, and not its to stop."""
    global _shared, _lock
    _shared = None
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_drop_in_child)
