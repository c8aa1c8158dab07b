"""The cluster as Dask's own tools know one: `Client(cluster)` takes it, and it shows as people know it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from distributed import Client, Security
from distributed.core import rpc
from distributed.deploy.cluster import Cluster
from distributed.utils import format_dashboard_link

from mist_notebook.ground.errors import BadValueError
from mist_notebook.ground.loop import LoopThread
from mist_notebook.ground.text import counted

from .member import Hand
from .running import Running

if TYPE_CHECKING:
    from mist_notebook.client.machines.machine import Machine

_GROW = "Make another machine, then: %mist dask down, and up with all of them. Or start a second one beside it."


class MistCluster(Cluster):  # type: ignore[misc] # distributed is not typed
    """Machines as one Dask cluster; it lives as long as this notebook, and is of the size that it has."""

    _supports_scaling = False

    def __init__(
        self,
        running: Running,
        loop: LoopThread,
        security: Security,
        machines: Sequence[Machine],
        *,
        ended: Callable[[MistCluster], None] = lambda _cluster: None,
    ) -> None:
        self.running = running
        self.machines = tuple(machines)
        self.security = security
        self._ssh = loop
        self._ended = ended
        self._client: Client | None = None
        super().__init__(asynchronous=False, quiet=True, name=machines[0].name)
        self.scheduler_comm = rpc(running.address, connection_args=security.get_connection_args("client"))
        self._loop_runner.start()
        self.sync(self._start)

    @property
    def scheduler_address(self) -> str:
        """Where this notebook reaches the scheduler: a port of its own computer, at the end of the SSH connection."""
        return self.running.address

    @property
    def dashboard_link(self) -> str:
        """Where a browser on this computer finds the dashboard, in the form that `distributed.dashboard.link` gives."""
        port = self.running.dashboard_port
        return format_dashboard_link("127.0.0.1", port) if port else ""

    @property
    def hands(self) -> list[Hand]:
        """The machines that are in it."""
        return self.running.hands

    @property
    def is_over(self) -> bool:
        """Whether it has ended, whoever ended it."""
        return self.running.is_over

    def client(self) -> Client:
        """A client of it; the same one again while that is open."""
        if self._client is None or self._client.status != "running":
            self._client = Client(self)
        return self._client

    def scale(self, n: int = 0, **_: Any) -> NoReturn:
        """Refused: these are machines that a person chose."""
        count = counted(len(self.hands), "machine")
        raise BadValueError(f"This cluster has the {count} that it was made of, not {n}.", _GROW)

    def adapt(self, **_: Any) -> NoReturn:
        """Refused, as `scale` is."""
        raise BadValueError(f"This cluster keeps the {counted(len(self.hands), 'machine')} that it was made of.", _GROW)

    def go_on(self) -> None:
        """There is another login to the machines' account: what runs on them needs none."""

    def settle(self, seconds: float) -> None:
        """Nothing of it is left once it is closed."""

    def close(self, timeout: float | None = None) -> None:
        """End every process of it on every machine; the machines stay. Again is fine."""
        client, self._client = self._client, None
        try:
            if client is not None:
                client.close()
            super().close(timeout)
        finally:
            with suppress(RuntimeError):  # the loop has ended, and with it every connection
                self._ssh.run(self.running.close())
            self._loop_runner.stop()
            self._ended(self)
