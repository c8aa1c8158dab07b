"""What one process shares between `%mist` and every client: the sandbox, started when it is first needed.

The only process-wide object. It counts its holders; the last one to let go stops what it started, and a forked child
starts without it.
"""

from __future__ import annotations

import os
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from mist_notebook.backends import discovery
from mist_notebook.ground.errors import UnavailableError
from mist_notebook.ground.secret import Secret
from mist_notebook.settings.data_folder import data_folder
from mist_notebook.settings.options import BOOT_SECONDS, SANDBOX
from mist_notebook.settings.settings import Settings

from .waiting import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from mist_notebook.ground.loop import LoopThread
    from mist_notebook.provision.journal import Journal
    from mist_notebook.provision.shelf import MemoryShelf
    from mist_notebook.records.model import Account
    from mist_notebook.sandbox import Sandbox
    from mist_notebook.ssh.host_keys import HostKeys
    from mist_notebook.ssh.keys.local_keys import LocalKeys

    from .machines.prober import Prober

_shared: Runtime | None = None
_lock = threading.Lock()
_SETTLE_S = 5.0


class Runtime:
    """The sandbox of this process, and its holders."""

    def __init__(self) -> None:
        self.holders = 0
        self._sandbox: Sandbox | None = None
        self._embedded: set[str] = set()  # ids of the embedded sandbox's backends
        self._loop: LoopThread | None = None
        self._memory_shelf: MemoryShelf | None = None
        self._memory_pins: HostKeys | None = None
        self._taking: set[str] = set()
        self._lock = threading.RLock()
        self._is_closed = False
        self._is_borrowed = False  # the sandbox is the parent's

    def open(self, settings: Settings) -> discovery.Opened:
        """Every backend that these settings lead to: the live ones, and the embedded sandbox's where it is asked for.

        It is asked for by `sandbox = true`, and where nothing at all is configured.
        """
        if settings.only_sandbox:
            return self._open_sandbox(settings)
        opened = discovery.open_all(settings, said=partial(_say, settings.url))
        is_configured = bool(opened.adapters or opened.problems or settings.url)
        if is_configured and not settings["sandbox"]:
            return opened
        try:
            return opened.beside(self._open_sandbox(settings))
        except BaseException:
            opened.close()
            raise

    def _open_sandbox(self, settings: Settings) -> discovery.Opened:
        from mist_notebook.backends import mist

        adapters = tuple(mist.connect(self.connected(settings)))
        self._embedded |= {adapter.info.id for adapter in adapters}
        return discovery.Opened(adapters, ())

    def connected(self, settings: Settings) -> Settings:
        """`settings`, but speaking to the embedded sandbox, which is started now if need be."""
        sandbox = self.sandbox(boot_seconds=settings["sandbox_boot_seconds"])
        return settings.with_server(sandbox.url, Secret(sandbox.token), source="sandbox", sandbox=True)

    def sandbox(self, *, boot_seconds: float = BOOT_SECONDS) -> Sandbox:
        """The embedded sandbox; about 0.1 s the first time, and then `boot_seconds` is as it was."""
        from mist_notebook.sandbox import Sandbox

        with self._lock:
            self._check_open()
            if self._sandbox is None:
                self._sandbox = Sandbox.start(boot_seconds=boot_seconds)
            return self._sandbox

    def begin_anew(self, **world: Any) -> None:
        """Have the embedded sandbox begin anew (see `Sandbox.reset`), and forget what was known of its machines."""
        self.sandbox().reset(**world)
        with self._lock:
            shelf, pins = self._memory_shelf, self._memory_pins
        if shelf:
            shelf.thin(shelf.names())
        if pins:
            pins.clear()

    def is_embedded(self, servers: Iterable[str]) -> bool:
        """Whether the embedded sandbox is among these servers: all sandboxes have the same clouds' ids."""
        return self._sandbox is not None and self._sandbox.url in servers

    def journal(self, is_embedded: bool, account: Account, clock: Callable[[], datetime]) -> Journal:
        """The journal of an account: the embedded sandbox's in memory, as its machines are."""
        from mist_notebook.provision.journal import Journal, account_digest
        from mist_notebook.provision.shelf import FolderShelf, MemoryShelf

        if not is_embedded:
            digest = account_digest(account.place, account.id)
            return Journal(FolderShelf(data_folder() / "journal" / digest), digest, clock=clock)
        with self._lock:
            self._memory_shelf = self._memory_shelf or MemoryShelf()
            return Journal(self._memory_shelf, account_digest(SANDBOX, account.id), clock=clock)

    def kept_journals(self, backends: Collection[str]) -> list[Journal]:
        """The journals on this computer in which something of these backends is open, whosever account it was."""
        from mist_notebook.provision.journal import Journal
        from mist_notebook.provision.shelf import FolderShelf

        folders = [one for one in (data_folder() / "journal").glob("*") if one.is_dir()]
        every = [Journal(FolderShelf(folder), folder.name) for folder in sorted(folders)]
        return [one for one in every if any(record.backend in backends for record in one.opened())]

    def prober(self) -> Prober:
        """How machines are looked at: host keys pinned in one file, the embedded sandbox's in memory."""
        from mist_notebook.ground.loop import LoopThread
        from mist_notebook.ssh.host_keys import HostKeys

        from .machines.pins import Pins
        from .machines.prober import Prober

        with self._lock:
            self._check_open()
            self._loop = self._loop or LoopThread("mist-ssh")
            self._memory_pins = self._memory_pins or HostKeys()
            pins = Pins(data_folder() / "host-keys.json", self._memory_pins, self._embedded)
            return Prober(self._loop, pins, self.local_keys(), taking=self._taking)

    def local_keys(self) -> LocalKeys:
        """The private keys that are on this computer."""
        from mist_notebook.ssh.keys.local_keys import LocalKeys

        return LocalKeys(data_folder() / "keys")

    def _check_open(self) -> None:
        """Refuse to start anew what nobody would stop."""
        if self._is_closed:
            raise UnavailableError("This client is closed.", "Make another one: MistClient(…).")

    def in_child(self) -> None:
        """Begin without threads: after a fork there are none. The sandbox goes on in the parent, which ends it."""
        self._lock = threading.RLock()
        self._loop = None
        self._is_borrowed = True

    def close(self) -> None:
        """Stop what this runtime started."""
        with self._lock:
            self._is_closed = True
            sandbox, self._sandbox = self._sandbox, None
            if self._is_borrowed:
                sandbox = None
            loop, self._loop = self._loop, None
        discovery.end(_SETTLE_S)
        if loop is not None:
            loop.close()
        if sandbox is not None:
            sandbox.close()


def _say(url: str | None, kinds: Sequence[str]) -> None:
    """Of whom an answer is waited for."""
    say(f"Waiting for the backends of {', '.join(url if kind == 'mist' and url else kind for kind in kinds)} …")


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
    if _shared is not None:
        _shared.in_child()
    _shared = None
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_drop_in_child)
